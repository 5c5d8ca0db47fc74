/** Starts the server alone, from the environment: for development, and behind a process supervisor. */
import { startServer } from './main.ts'

const server = await startServer()
console.log(`Millrace is at ${server.url}`)
const stop = () => void server.close().then(() => process.exit(0))
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
