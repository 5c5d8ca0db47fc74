import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { prepareClient } from './prepare.ts'

const repository = path.resolve(import.meta.dirname, '..')
const bin = path.join(repository, 'node_modules/.bin')

prepareClient()

/** The server, started anew at every change, and Vite, which passes `/api` on to it. */
const children: ChildProcess[] = [
  spawn(
    process.execPath,
    ['--watch', '--disable-warning=ExperimentalWarning', path.join(repository, 'apps/server/src/serve.ts')],
    {
      stdio: 'inherit',
    },
  ),
  spawn(path.join(bin, 'vite'), [], { cwd: path.join(repository, 'apps/web'), stdio: 'inherit' }),
]

const stop = () => {
  for (const child of children) child.kill('SIGTERM')
}
for (const child of children) child.once('exit', stop)
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
