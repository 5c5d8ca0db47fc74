export * from './catalogue.ts'
export * from './disk-full.ts'
export * from './problem.ts'
export * from './reasons.ts'
