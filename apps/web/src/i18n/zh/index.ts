export { files } from './files.ts'
export { home } from './home.ts'
export { runs } from './runs.ts'
export { shell } from './shell.ts'
