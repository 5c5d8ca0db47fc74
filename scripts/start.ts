import { enableCompileCache, flushCompileCache } from 'node:module'
import path from 'node:path'
import { repository } from './boundaries.ts'
import { prepare } from './prepare.ts'

/** An error as a person should read it who has just typed `pnpm start`. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    const port = 'port' in error ? error.port : process.env['PORT']
    return `Port ${port} is in use. Stop what uses it, or choose another: PORT=4690 pnpm start`
  }
  if (code === 'EACCES') return `${error.message}. Choose another port (PORT) or folder (MILLRACE_HOME).`
  return error.name === 'OptionError' ? error.message : (error.stack ?? error.message)
}

// That Node calls WebAssembly modules experimental is no news for the person who starts Millrace.
process.removeAllListeners('warning')
process.on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') console.error(`${warning.name}: ${warning.message}`)
})

// Every further start takes the compiled modules from there: a second less.
enableCompileCache(path.join(repository, 'node_modules/.cache/millrace'))

try {
  prepare()
  // Only now: it imports what has just been generated.
  const { startServer } = await import('../apps/server/src/main.ts')
  const server = await startServer()
  console.log(`Millrace is at ${server.url}`)
  flushCompileCache()
  let asked = false
  const stop = () => {
    // A second Ctrl+C is a person who does not want to wait.
    if (asked) process.exit(1)
    asked = true
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(explain(error))
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
} catch (error) {
  console.error(explain(error))
  process.exit(1)
}
