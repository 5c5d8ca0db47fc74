/**
 * `pnpm torture [--kills N] [--seed S] [--only NAME] [--history FILE]`: kills server, engine processes and
 * databases at random instants of runs, and compares every target with what it has to hold.
 */
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startServices, stopServices } from '../../scripts/services/services.ts'
import { isRunning, Restartable } from './processes.ts'
import { Random } from './random.ts'
import { flowOf, type Scenario, scenariosFor, sourceText } from './scenarios.ts'
import { type RunState, Victim } from './server.ts'
import { type Database, leftovers, query, type Rows, sameRows } from './tables.ts'

/** How long after everything is back a run may take to end truthfully, in ms. */
const patience = 30_000

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    only: { type: 'string' },
    history: { type: 'string' },
  },
})
const seed = Number(values.seed)
const random = new Random(seed)
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-torture-'))
const history = values.history ?? path.join(tmpdir(), `millrace-torture-${seed}.jsonl`)
const note = (entry: unknown) => appendFileSync(history, `${JSON.stringify(entry)}\n`)

console.log(`seed ${seed}, history ${history}`)
const services = await startServices()
const server = new Victim(path.join(folder, 'home'))
const databases = new Map<string, Database>()
const processes = new Map<string, Restartable>()

/** Databases by the id of their connection; each with the process that can be killed. */
function register(id: string, connector: Database['connector'], variable: string): void {
  const url = services.environment[variable]
  if (url === undefined) return
  const place = new URL(url)
  databases.set(id, { connector, url: place })
  const found = services.processes.map((pid) => new Restartable(pid)).find(({ port }) => port === place.port)
  if (found) processes.set(id, found)
}

async function connect(id: string, { connector, url }: Database): Promise<void> {
  const settings = {
    host: url.hostname,
    port: Number(url.port),
    database: url.pathname.slice(1),
    user: url.username,
    tls: 'prefer',
  }
  const made = await server.ask<{ id: string }>('POST', '/connections', {
    connector,
    name: id,
    settings,
    secrets: { password: url.password },
  })
  if (made.id !== id) throw new Error(`the connection is called ${made.id}`)
}

/** Starts the database again until it answers: what is left of the old one may keep the first start from it. */
async function comeBack(id: string): Promise<void> {
  const database = databases.get(id)
  const restartable = processes.get(id)
  for (let waited = 0; database; waited += 50) {
    try {
      query(database, 'SELECT 1')
      return
    } catch (error) {
      if (waited > 60_000) throw error
      if (restartable && !isRunning(restartable.pid)) restartable.start()
      await setTimeout(50)
    }
  }
}

interface Course {
  readonly scenario: Scenario
  readonly flowId: string
  /** Median time of an undisturbed run, ms. */
  readonly duration: number
  /** What every target holds. */
  held: Rows[]
}

const violations: string[] = []
let generation = 0

async function begin(scenario: Scenario): Promise<Course> {
  const flowId = await server.createFlow(flowOf(scenario))
  const times: number[] = []
  let held: Rows[] = scenario.targets.map(() => new Map())
  for (let round = 0; round < 2; round++) {
    generation++
    await server.put(`${scenario.name}.csv`, sourceText(generation))
    const begun = Date.now()
    const run = await server.ended((await server.startRun(flowId)).id, 120_000)
    if (run.status !== 'succeeded') throw new Error(`${scenario.name}: ${run.problem?.message.en}`)
    times.push(Date.now() - begun)
    held = scenario.targets.map((target, index) => target.apply(held[index] ?? new Map(), generation))
  }
  const course = { scenario, flowId, duration: Math.min(...times), held }
  check(course, `${scenario.name} undisturbed`)
  return course
}

/** Compares targets with what they have to hold; returns whether all do. */
function check({ scenario, held }: Course, when: string): boolean {
  const wrong = scenario.targets.filter(
    (target, index) => !sameRows(target.read(server.home), held[index] ?? new Map()),
  )
  for (const { name } of wrong) violations.push(`${when}: ${name} does not hold what it should`)
  return wrong.length === 0
}

async function killOnce(turn: number, course: Course): Promise<void> {
  const { scenario, flowId } = course
  generation++
  await server.put(`${scenario.name}.csv`, sourceText(generation))
  const victims = ['server', 'engine', ...scenario.databases.filter((id) => processes.has(id))]
  const victim = random.pick(victims)
  const delay = Math.round(random.next() * course.duration * 1.3)
  const { id } = await server.startRun(flowId)
  await setTimeout(delay)
  const database = processes.get(victim)
  if (victim === 'server') await server.kill()
  else if (victim === 'engine') server.killEngines()
  else await database?.kill()
  if (victim === 'server') await server.start()
  if (database) await comeBack(victim)
  const back = Date.now()
  const when = `kill ${turn} (${scenario.name}, ${victim} after ${delay} ms, run ${id})`
  let run: RunState
  try {
    run = await server.ended(id, patience)
  } catch (error) {
    violations.push(`${when}: ${error instanceof Error ? error.message : error}`)
    return
  }
  const took = Date.now() - back
  if (run.status === 'succeeded')
    course.held = scenario.targets.map((target, index) =>
      target.apply(course.held[index] ?? new Map(), generation),
    )
  const isRight = check(course, `${when}, ${run.status}${run.problem ? ` ${run.problem.code}` : ''}`)
  note({
    turn,
    scenario: scenario.name,
    victim,
    delay,
    run: id,
    status: run.status,
    code: run.problem?.code,
    took,
    isRight,
  })
  console.log(
    `${String(turn).padStart(4)} ${scenario.name.padEnd(26)} ${victim.padEnd(16)} +${String(delay).padStart(5)} ms  ${run.status}${run.problem ? ` (${run.problem.code})` : ''}, ended ${took} ms later${isRight ? '' : '  WRONG'}`,
  )
}

try {
  register('postgres', 'postgres', 'MILLRACE_TEST_POSTGRES')
  register('postgres-plain', 'postgres', 'MILLRACE_TEST_POSTGRES_PLAIN')
  register('mysql', 'mysql', 'MILLRACE_TEST_MYSQL')
  for (const { name, reason } of services.leftOut) console.log(`${name} was left out: ${reason}`)
  await server.start()
  for (const [id, database] of databases) await connect(id, database)
  const courses: Course[] = []
  for (const scenario of scenariosFor(databases))
    if (scenario.name.includes(values.only ?? '')) courses.push(await begin(scenario))
  for (let turn = 1; turn <= Number(values.kills); turn++) await killOnce(turn, random.pick(courses))
  // An undisturbed run of each settles what the last kills left.
  for (const course of courses) {
    generation++
    await server.put(`${course.scenario.name}.csv`, sourceText(generation))
    const run = await server.ended((await server.startRun(course.flowId)).id, 120_000)
    if (run.status !== 'succeeded')
      violations.push(`${course.scenario.name} does not run any more: ${run.problem?.message.en}`)
    else
      course.held = course.scenario.targets.map((target, index) =>
        target.apply(course.held[index] ?? new Map(), generation),
      )
    check(course, `${course.scenario.name} at the end`)
  }
  for (const [id, database] of databases)
    for (const leftover of leftovers(database)) violations.push(`left over in ${id}: ${leftover}`)
} finally {
  await server.kill()
  for (const restartable of processes.values()) await restartable.kill()
  await stopServices(services)
  rmSync(folder, { recursive: true, force: true })
}
for (const violation of violations) console.error(violation)
console.log(`${values.kills} kills, ${violations.length} violations`)
process.exitCode = violations.length === 0 ? 0 : 1
