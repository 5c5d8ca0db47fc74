/** The program of an engine process: it loads DuckDB, does what it is told over IPC, and dies alone. */
import { flushCompileCache } from 'node:module'
import { performance } from 'node:perf_hooks'
import { nodeKinds } from '../graph/kinds.ts'
import { bindParameters, resolveSettings } from '../graph/settings.ts'
import { ProblemError } from '../problems/index.ts'
import { AskedConnections } from './asked-connections.ts'
import { connectorContext } from './connector-context.ts'
import { Design } from './design.ts'
import { Execution, type ExecutionOutcome } from './execution.ts'
import { FileArea } from './file-area.ts'
import { inputFiles } from './input-files.ts'
import type { FromProcess, ProcessOptions, ToProcess, Work } from './messages.ts'
import { Session } from './session.ts'
import { askedOf } from './source-state.ts'
import { problemOf } from './system-problems.ts'
import type { HoldDecision } from './volume.ts'

const send = (message: FromProcess) => void process.send?.(message)
const cancellation = new AbortController()
const connections = new AskedConnections(send)
let options: ProcessOptions | undefined
let design: Design | undefined
/** The run that this process has prepared. */
let prepared: Execution | undefined
/** Ends the hold that the run is in. */
let decide: ((decision: HoldDecision) => void) | undefined

async function run(...[request]: Work['run']): Promise<ExecutionOutcome> {
  if (!options) throw new Error('called before start')
  const {
    flow,
    runId,
    clock,
    parameters,
    resultFolder,
    workFolder,
    cursors,
    backfill,
    dry,
    approved,
    usualRows,
    resumes,
  } = request
  const files = new FileArea(options.roots)
  const bindings = bindParameters(flow, parameters, clock, runId)
  const inputs = await inputFiles(flow.nodes, files, (node) => {
    const kind = nodeKinds.get(node.kind)
    return kind ? resolveSettings(node, kind, bindings).settings : undefined
  }).catch((error: unknown) => {
    // The source itself reports it, at its node, when it is opened.
    if (error instanceof ProblemError) return []
    throw error
  })
  const memoryLimit = Math.floor(options.memoryLimit * 0.6)
  const session = await Session.open({
    workFolder,
    inputs,
    keys: options.keys,
    memoryLimit,
    spillLimit: options.spillLimit,
    clock,
  })
  const counted = new Map<string, number>()
  const execution: Execution = new Execution({
    flow,
    bindings,
    session,
    workFolder,
    resultFolder,
    dry,
    approved,
    replay: request.replay,
    usualRows,
    resumes,
    asked: (node, settings) => askedOf(node, settings, files),
    signal: cancellation.signal,
    onHold: (violations) => {
      const decided = new Promise<HoldDecision>((resolve) => {
        decide = resolve
      })
      send({ type: 'hold', violations })
      return decided
    },
    onEvent: (event) => send({ type: 'event', event }),
    context: (nodeId) =>
      connectorContext(nodeId, {
        session,
        files,
        connections,
        runId,
        cursors,
        backfill,
        workFolder,
        inputLimit: options?.inputLimit ?? 0,
        signal: cancellation.signal,
        sample: undefined,
        progress: (id, rows) => counted.set(id, rows),
      }),
  })
  cancellation.signal.addEventListener('abort', () => session.interrupt())
  const reporter = setInterval(() => reportProgress(execution, session, counted), 250)
  try {
    const outcome = await execution.run()
    // What was prepared may have to be gone on with; the process ends with its run.
    if (outcome.succeeded) prepared = execution
    else session.close()
    return outcome
  } finally {
    clearInterval(reporter)
  }
}

let last = { at: performance.now(), rows: 0 }

/**
 * Tells how far the running statement is: the fraction as DuckDB sees it, the rows of a source as
 * its connector counted or, where DuckDB scans it, about that fraction of the estimate.
 */
function reportProgress(execution: Execution, session: Session, counted: ReadonlyMap<string, number>): void {
  const fraction = session.progress
  const rowsOf = (nodeId: string): number | undefined => {
    const estimate = execution.estimatedRows(nodeId)
    return counted.get(nodeId) ?? (estimate && fraction ? Math.round(estimate * fraction) : undefined)
  }
  const counts = execution.running.map((nodeId) => [nodeId, rowsOf(nodeId)] as const)
  const total = counts.reduce((sum, [, count]) => sum + (count ?? 0), 0)
  const at = performance.now()
  const rowsPerSecond = Math.max(0, Math.round(((total - last.rows) * 1000) / Math.max(1, at - last.at)))
  last = { at, rows: total }
  for (const [nodeId, count] of counts) {
    const rows: Record<string, number> = count === undefined ? {} : { out: count }
    send({ type: 'event', event: { type: 'progress', nodeId, rows, rowsPerSecond, fraction } })
  }
}

async function perform(name: keyof Work, parameters: readonly unknown[]): Promise<unknown> {
  if (name === 'run') return run(...(parameters as Work['run']))
  if (name === 'commitOpen') return prepared?.commitOpen()
  if (name === 'keep') return prepared?.keep() ?? false
  if (!design) throw new Error('called before start')
  switch (name) {
    case 'infer':
      return design.infer(...(parameters as Work['infer']))
    case 'renameColumn':
      return design.renameColumn(...(parameters as Work['renameColumn']))
    case 'breakages':
      return design.breakages(...(parameters as Work['breakages']))
    case 'lineage':
      return design.lineage(...(parameters as Work['lineage']))
    case 'preview':
      return design.preview(...(parameters as Work['preview']))
    case 'captureGolden':
      return design.captureGolden(...(parameters as Work['captureGolden']))
    case 'testGoldens':
      return design.testGoldens(...(parameters as Work['testGoldens']))
    case 'compareRows':
      return design.compareRows(...(parameters as Work['compareRows']))
    case 'evaluate':
      return design.evaluate(...(parameters as Work['evaluate']))
    case 'detect':
      return design.detect(...(parameters as Work['detect']))
    case 'plan':
      return design.plan(...(parameters as Work['plan']))
    case 'readChanges':
      return design.results.readChanges(...(parameters as Work['readChanges']))
    case 'searchRejects':
      return design.results.searchRejects(...(parameters as Work['searchRejects']))
    case 'readRejects':
      return design.results.readRejects(...(parameters as Work['readRejects']))
  }
}

process.on('message', (message: ToProcess) => {
  if (message.type === 'start') {
    options = message.options
    design = new Design(message.options, connections)
    send({ type: 'ready' })
  } else if (message.type === 'cancel') {
    cancellation.abort()
    decide?.('discard')
  } else if (message.type === 'decision') {
    decide?.(message.decision)
  } else if (message.type !== 'call') {
    connections.receive(message)
  } else {
    const { id } = message
    perform(message.name, message.parameters)
      .then(
        (result) => send({ type: 'result', id, result }),
        (error: unknown) => {
          const problem = error instanceof ProblemError ? error.problem : problemOf(error, undefined)
          send({
            type: 'fault',
            id,
            problem,
            message: error instanceof Error ? (error.stack ?? error.message) : String(error),
          })
        },
      )
      // It is going to be killed, and would keep its compiled program only at an orderly end. Here it has
      // compiled what its work takes as well, drivers of databases among it.
      .finally(() => flushCompileCache())
  }
})

// A parent that is gone needs no answers. An orderly exit would wait for the statement that is running.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
