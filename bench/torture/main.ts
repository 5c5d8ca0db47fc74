/**
 * `pnpm torture`: lets faults happen at random instants of runs, and compares every target with what it has
 * to hold. `--kills N` and `--faults N` (every other kind), `--seed S`, `--only SCENARIO`, `--rows N` of each
 * run, `--history FILE`, `--report FILE` (what each scenario came to, as JSON).
 */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { startServices, stopServices } from '../../scripts/services/services.ts'
import { Course } from './course.ts'
import { connect, connectSqlite, reachDatabases } from './databases.ts'
import { Disk } from './disk.ts'
import { planTurns } from './plan.ts'
import { Random } from './random.ts'
import { scenariosFor } from './scenarios.ts'
import { Victim } from './server.ts'
import { Session } from './session.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    faults: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    only: { type: 'string', default: '' },
    rows: { type: 'string', default: '20000' },
    history: { type: 'string' },
    report: { type: 'string' },
  },
})
const seed = Number(values.seed)
const random = new Random(seed)
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-torture-'))
const history = values.history ?? path.join(tmpdir(), `millrace-torture-${seed}.jsonl`)
const home = path.join(folder, 'home')
console.log(`seed ${seed}, history ${history}`)

/** Ctrl+C ends it after the present turn, with everything that is checked at the end; once more ends it at once. */
let isStopped = false
process.once('SIGINT', () => {
  isStopped = true
  console.log('Ending after this turn …')
})

const services = await startServices()
for (const { name, reason } of services.leftOut)
  console.log(`The scenarios of ${name} were left out: ${reason}`)
const mounted = Disk.mount(home)
if (typeof mounted === 'string') console.log(`Full disks were left out: ${mounted}`)
const disk = typeof mounted === 'string' ? undefined : mounted
const databases = await reachDatabases(services)
const server = new Victim(home)
const session = new Session({ server, databases, disk }, (entry) =>
  appendFileSync(history, `${JSON.stringify(entry)}\n`),
)
try {
  await server.warmUp()
  await server.start()
  for (const [id, database] of databases) await connect(server, id, database)
  await connectSqlite(server)
  const courses = scenariosFor(databases)
    .filter(({ name }) => name.includes(values.only))
    .map((scenario) => new Course(scenario, server, Number(values.rows)))
  await session.begin(courses)
  const others = Number(values.faults)
  const kinds = ['cut', 'slow', 'restart', ...(disk ? (['full'] as const) : [])] as const
  const share = (index: number) => Math.floor((others + index) / kinds.length)
  const counts = Object.fromEntries(kinds.map((kind, index) => [kind, share(index)]))
  const killable = new Set([...databases].flatMap(([id, { process }]) => (process ? [id] : [])))
  const turns = planTurns(
    {
      scenarios: courses.map((course) => ({ course, databases: course.scenario.databases })),
      counts: { ...counts, kill: Number(values.kills) },
      killable,
    },
    random,
  )
  for (const [index, { scenarios, faults }] of turns.entries())
    if (!isStopped)
      await session.turn(
        index + 1,
        scenarios.map(({ course }) => course),
        faults,
      )
  await session.end(courses)
} finally {
  await server.kill()
  for (const { line, process } of databases.values()) {
    line.close()
    await process?.kill()
  }
  await stopServices(services)
  disk?.unmount()
  rmSync(folder, { recursive: true, force: true })
}
const { tally } = session
if (values.report !== undefined) writeFileSync(values.report, JSON.stringify(tally.tests))
tally.print()
console.log(`seed ${seed}: ${tally.faults} faults, ${tally.violations} violations`)
process.exitCode = tally.violations === 0 ? 0 : 1
