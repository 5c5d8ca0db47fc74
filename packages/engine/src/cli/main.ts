/** `pnpm millrace run|check|plan|test FLOW.flow.json`: the engine without a server. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { parseFlow } from '../graph/flow-file.ts'
import { nodeKinds } from '../graph/kinds.ts'
import { wholeFlow } from '../graph/subflows.ts'
import type { Flow } from '../model/index.ts'
import { fail, type Problem, ProblemError } from '../problems/index.ts'
import { createEngine, type Engine, type RunResult } from '../runtime.ts'
import { readConnections } from './connections-file.ts'
import { readApproval, readEnvironment, readParameters } from './parameters.ts'
import { describeProblem, ledgerTable, progressLine } from './report.ts'
import { goldenFileOf, readGoldens, testReport } from './test-command.ts'

const usage = `Usage: pnpm millrace run|check|plan|test FLOW.flow.json [--environment FILE] [--param name=value …] [--files FOLDER] [--keys FOLDER] [--connections FILE] [--dry] [--approved DIGEST …] [--json]

  run    run the flow; exit code 0 for a balanced success, 1 for a failed run, 2 for a faulty flow
  check  report the columns and problems of the flow
  plan   print the SQL that a run would execute
  test   run the golden tests of the flow; exit code 0 when all pass, 1 when rows differ

  --environment FILE   values of parameters as JSON: {"values": {"since": "2026-01-31"}}
  --param name=value   value of a parameter of the flow; goes before that of the environment
  --golden FILE        the golden tests (default: FLOW.golden.json beside the flow)
  --files FOLDER       where the flow's files are (default: the folder of the flow)
  --keys FOLDER        where the keys are that values are encrypted by (default: MILLRACE_KEYS)
  --connections FILE   the connections that the flow names, as JSON: { "sales": { "connector": "postgres",
                       "settings": { …, "password": "\${env:SALES_PASSWORD}" } } }
  --dry                read everything, write nothing, and tell what would change
  --approved DIGEST    write only what a dry run has told by this digest (NODE=DIGEST with several targets)
  --clock INSTANT      what now() stands for, such as 2026-01-31T08:00:00Z (default: this moment)
  --json               print one JSON document`

/** Exit codes. */
const success = 0
const runFailed = 1
const flowFaulty = 2

interface Options {
  readonly json: boolean
  readonly parameters: Readonly<Record<string, string>>
  readonly dry: boolean
  readonly approved: readonly string[]
  readonly clock: Date
}

/** Throws an Error that a person at a terminal understands. */
function readClock(given: string | undefined): Date {
  const clock = given === undefined ? new Date() : new Date(given)
  if (Number.isNaN(clock.getTime())) throw new Error(`--clock takes an instant, not "${given}"`)
  return clock
}

const isFaulty = (problems: readonly Problem[]): boolean =>
  problems.some(({ severity }) => severity === 'error')

function report(document: unknown, options: Options, text: () => string): void {
  console.log(options.json ? JSON.stringify(document, null, 2) : text())
}

async function check(engine: Engine, flow: Flow, options: Options): Promise<number> {
  const { ports, problems } = await engine.infer(flow)
  report({ ports, problems }, options, () =>
    problems.length === 0 ? 'No problems.' : problems.map(describeProblem).join('\n'),
  )
  return isFaulty(problems) ? flowFaulty : success
}

async function plan(engine: Engine, flow: Flow, options: Options): Promise<number> {
  const planned = await engine.plan(flow)
  report(planned, options, () =>
    [...planned.problems.map(describeProblem), ...planned.stages.map(({ sql }) => `${sql};`)].join('\n\n'),
  )
  return isFaulty(planned.problems) ? flowFaulty : success
}

async function test(engine: Engine, flow: Flow, goldens: string, options: Options): Promise<number> {
  const outcomes = await engine.testGoldens(flow, await readGoldens(goldens))
  report({ tests: outcomes }, options, () => testReport(outcomes))
  return outcomes.every(({ passed }) => passed) ? success : runFailed
}

async function run(engine: Engine, flow: Flow, work: string, options: Options): Promise<number> {
  const { problems } = await engine.infer(flow)
  // A file that is missing or cannot be read is no fault of the flow: the run fails of it, and says so.
  if (isFaulty(problems.filter(({ code }) => !code.startsWith('file.')))) {
    report({ status: 'invalid', problems }, options, () => problems.map(describeProblem).join('\n'))
    return flowFaulty
  }
  const targets = wholeFlow(flow).nodes.flatMap(({ id, kind, disabled }) =>
    !disabled && nodeKinds.get(kind)?.role === 'target' ? [id] : [],
  )
  const approved = options.approved.length > 0 ? readApproval(options.approved, targets) : undefined
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort())
  const result: RunResult = await engine.run({
    flow,
    runId: randomUUID(),
    clock: options.clock.toISOString(),
    parameters: options.parameters,
    dry: options.dry,
    approved,
    resultFolder: path.join(work, 'result'),
    signal: controller.signal,
    onEvent(event) {
      const line = options.json ? undefined : progressLine(event)
      if (line !== undefined) console.error(line)
    },
    onPrepared: () => Promise.resolve(),
  })
  report(result, options, () => ledgerTable(flow, result))
  return result.status === 'succeeded' && result.balanced === true ? success : runFailed
}

const textOf = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: unknown) =>
    fail('flow.invalid', { detail: error instanceof Error ? error.message : String(error) }),
  )

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      environment: { type: 'string' },
      param: { type: 'string', multiple: true, default: [] },
      files: { type: 'string' },
      keys: { type: 'string' },
      connections: { type: 'string' },
      golden: { type: 'string' },
      dry: { type: 'boolean', default: false },
      approved: { type: 'string', multiple: true, default: [] },
      clock: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [command, file, ...rest] = positionals
  const commands = ['run', 'check', 'plan', 'test']
  if (
    values.help ||
    command === undefined ||
    file === undefined ||
    rest.length > 0 ||
    !commands.includes(command)
  ) {
    console.error(usage)
    return values.help ? success : flowFaulty
  }
  const environment = values.environment === undefined ? {} : await readEnvironment(values.environment)
  const options: Options = {
    json: values.json,
    dry: values.dry,
    approved: values.approved,
    clock: readClock(values.clock),
    parameters: { ...environment, ...readParameters(values.param) },
  }
  const connections = values.connections && readConnections(values.connections, process.env)
  const work = mkdtempSync(path.join(tmpdir(), 'millrace-'))
  const files = path.resolve(values.files ?? path.dirname(file))
  const keys = values.keys ?? process.env['MILLRACE_KEYS']
  const engine = createEngine({
    roots: { files, folders: {} },
    work: path.join(work, 'work'),
    ...(keys && { keys }),
    ...(connections && { connections }),
  })
  try {
    const flow = parseFlow(await textOf(file))
    if (command === 'check') return await check(engine, flow, options)
    if (command === 'plan') return await plan(engine, flow, options)
    if (command === 'test') return await test(engine, flow, values.golden ?? goldenFileOf(file), options)
    return await run(engine, flow, work, options)
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    report({ status: 'invalid', problems: [error.problem] }, options, () => describeProblem(error.problem))
    return flowFaulty
  } finally {
    await engine.close()
    rmSync(work, { recursive: true, force: true })
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = flowFaulty
}
