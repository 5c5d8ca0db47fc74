/** `node scripts/services.ts start|stop`: the database servers that tests and benchmarks need, and their addresses as shell commands. */
import { startByHand, stopByHand } from './services/services.ts'

const [command] = process.argv.slice(2)
if (command === 'start') {
  const { environment, leftOut } = await startByHand()
  for (const [name, value] of Object.entries(environment)) console.log(`export ${name}='${value}'`)
  for (const { name, reason } of leftOut) console.error(`${name} was left out: ${reason}`)
  process.exitCode = leftOut.length === 0 ? 0 : 1
} else if (command === 'stop') {
  console.error((await stopByHand()) ? 'stopped' : 'nothing was running')
} else {
  console.error('Usage: node scripts/services.ts start|stop')
  process.exitCode = 2
}
