import { mkdirSync, mkdtempSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import type { GoldenTest } from '../golden/golden.ts'
import { breakagesOf } from '../graph/breakages.ts'
import type { ColumnContext } from '../graph/column-context.ts'
import { drawnLineage } from '../graph/drawn-lineage.ts'
import { bindExpression, formProblems } from '../graph/expression-problems.ts'
import { buildGraph } from '../graph/graph.ts'
import { type InferredGraph, inferGraph, relationOf } from '../graph/infer.ts'
import { InferenceMemo } from '../graph/inference-memo.ts'
import { nodeKinds } from '../graph/kinds.ts'
import { lineageOf } from '../graph/lineage.ts'
import { ParseTrees } from '../graph/references.ts'
import { renameColumn } from '../graph/rename.ts'
import {
  type Bindings,
  bindParameters,
  bindText,
  resolveSettings,
  unknownParameter,
} from '../graph/settings.ts'
import { drawnProblems, pathOfId, placeOfPort } from '../graph/subflows.ts'
import { emptyFlow, type Flow, type FlowNode } from '../model/index.ts'
import { inputSpec } from '../operators/input/spec.ts'
import { outputSpec } from '../operators/output/spec.ts'
import { planFlow } from '../plan/plan.ts'
import { fail, type Problem, ProblemError } from '../problems/index.ts'
import type { ConnectorContext, Detection } from '../spec/index.ts'
import { expression } from '../sql/index.ts'
import type { Connections } from './connections.ts'
import { connectorContext } from './connector-context.ts'
import {
  drawnPorts,
  expanded,
  expandedThroughout,
  pinnedAs,
  portToShow,
  upstreamOf,
  withPinsOf,
} from './drawn-flow.ts'
import type {
  Engine,
  Evaluation,
  GoldenOutcome,
  GoldenRequest,
  Inference,
  Preview,
  PreviewRequest,
  Sample,
  SidedProblem,
} from './engine.ts'
import { FileArea, type FileRoots } from './file-area.ts'
import {
  boundValues,
  expectedRows,
  keptRows,
  outcomeOf,
  sourcesWithoutRows,
  type TestedPort,
  withRowsOf,
} from './golden-run.ts'
import { inputFiles } from './input-files.ts'
import { KeptResults } from './kept-results.ts'
import type { RowComparison } from './row-comparison.ts'
import { sourceRuntime } from './runtimes.ts'
import { Samples, type Settings, sampleRows } from './samples.ts'
import { Session } from './session.ts'
import { SourceColumns } from './source-columns.ts'
import { problemOf } from './system-problems.ts'
import { TargetChecks } from './target-checks.ts'
import { nowhere, type SourceRows, Workbench } from './workbench.ts'

export interface DesignOptions {
  readonly roots: FileRoots
  readonly work: string
  readonly keys?: string | undefined
  readonly memoryLimit: number
  readonly inputLimit: number
}

const noPreview: Preview = {
  columns: [],
  rows: [],
  total: 0,
  matching: 0,
  changed: null,
  profile: [],
  sample: [],
  problems: [],
}

const noComparison: RowComparison = {
  columns: [],
  pairedBy: { by: 'row' },
  counts: { before: 0, after: 0, added: 0, removed: 0, changed: 0 },
  rows: [],
}

const sampleOf = (nodeId: string, source: SourceRows): Sample =>
  'pinned' in source
    ? {
        nodeId: pathOfId(nodeId)[0] ?? nodeId,
        rows: source.pinned.rows.length,
        whole: true,
        pinned: true,
        takenAt: '',
      }
    : {
        nodeId: pathOfId(nodeId)[0] ?? nodeId,
        rows: source.sample.rows,
        whole: source.sample.whole,
        pinned: false,
        takenAt: source.sample.takenAt,
      }

/** Rows that a source is asked for when only its columns are wanted. */
const columnsSample = 100

/** Design-time work of an engine process: inference, previews, detection. */
export class Design {
  readonly #options: DesignOptions
  readonly #connections: Connections
  readonly #files: FileArea
  /** What runs have kept is read in sessions like those of design. */
  readonly results = new KeptResults((inputs, work) => this.#withSession(inputs, work))
  readonly #sourceColumns: SourceColumns
  readonly #targetChecks: TargetChecks
  readonly #samples: Samples
  readonly #samplesFolder: string
  readonly #memo = new InferenceMemo()
  readonly #trees = new ParseTrees((texts) => this.#bind((binder) => binder.parseAll(texts)))
  #binder: Promise<Session> | undefined
  #binding: Promise<unknown> = Promise.resolve()
  #workbench: { readonly day: string; readonly workbench: Workbench } | undefined
  #working: Promise<unknown> = Promise.resolve()

  constructor(options: DesignOptions, connections: Connections) {
    this.#options = options
    this.#connections = connections
    this.#files = new FileArea(options.roots)
    mkdirSync(options.work, { recursive: true })
    this.#samplesFolder = mkdtempSync(path.join(options.work, 'samples-'))
    this.#sourceColumns = new SourceColumns({
      files: this.#files,
      connections,
      withContext: (node, inputs, work) =>
        this.#withSession(inputs, (session, folder) =>
          work(this.#context(node.id, session, folder, columnsSample)),
        ),
    })
    this.#targetChecks = new TargetChecks(connections, (node, work) =>
      this.#withSession([], (session, folder) =>
        work(this.#context(node.id, session, folder, columnsSample)),
      ),
    )
    this.#samples = new Samples({
      folder: this.#samplesFolder,
      files: this.#files,
      connections,
      withSession: (inputs, work) =>
        this.#withSession(inputs, (session, folder) =>
          work(session, (nodeId) => this.#context(nodeId, session, folder, sampleRows), folder),
        ),
    })
  }

  async infer(flow: Flow): Promise<Inference> {
    const expansion = expanded(flow)
    const { nodes, problems } = await this.#infer(expansion.flow)
    const columns = Object.fromEntries(nodes.map((node) => [node.node.id, node.columns]))
    return {
      ports: drawnPorts(flow, expansion.flow, columns),
      problems: drawnProblems([...expansion.problems, ...problems], flow, expansion.flow),
    }
  }

  /** Of a flow that is expanded. */
  async #infer(flow: Flow): Promise<InferredGraph> {
    const bindings = bindParameters(flow, {}, new Date().toISOString(), 'preview')
    const sources = await this.#sourceColumns.read(flow, bindings)
    const found: Problem[] = []
    const inferred = await this.#bind((binder) =>
      inferGraph(flow, binder, {
        bindings,
        // What other flows use may leave its rows to them.
        isPart: flow.nodes.some(({ kind, disabled }) => kind === outputSpec.kind && !disabled),
        memo: this.#memo,
        sourceColumns: async ({ id }) => {
          const known = sources.get(id)
          if (!known) throw new Error(`the source ${id} was not read`)
          if (known instanceof ProblemError) throw known
          found.push(...known.problems)
          return known.columns
        },
      }),
    )
    const atTargets = await this.#targetChecks.check(inferred.nodes)
    return { ...inferred, problems: [...inferred.problems, ...found, ...atTargets] }
  }

  renameColumn: Engine['renameColumn'] = async ({ flow, ...request }) => {
    const { flow: whole } = expandedThroughout(flow)
    return renameColumn({ drawn: flow, whole }, request, await this.#columnContext(whole))
  }

  breakages: Engine['breakages'] = async ({ flow, ...request }) => {
    const { flow: whole } = expandedThroughout(flow)
    return (
      (await breakagesOf({ drawn: flow, whole }, request, await this.#columnContext(whole))) ??
      fail('column.unknown', { column: request.column }, { nodeId: request.nodeId, port: request.port })
    )
  }

  lineage: Engine['lineage'] = async ({ flow, nodeId, port, column }) => {
    const { flow: whole } = expanded(flow)
    const at = placeOfPort(flow, whole, { node: nodeId, port }) ?? { node: nodeId, port }
    const asked = { nodeId: at.node, port: at.port, column }
    const found = await lineageOf(whole, asked, await this.#columnContext(whole))
    if (!found) return fail('column.unknown', { column }, { nodeId, port })
    return drawnLineage(found, whole)
  }

  /** Of a flow that is expanded. */
  async #columnContext(flow: Flow): Promise<ColumnContext> {
    const { nodes } = await this.#infer(flow)
    return {
      ports: Object.fromEntries(nodes.map((node) => [node.node.id, node.columns])),
      trees: this.#trees,
      bindings: bindParameters(flow, {}, new Date().toISOString(), 'preview'),
      keys: (await this.#binderSession()).keyNames?.(),
    }
  }

  /** One locked session that never reads a file serves every inference. */
  #binderSession(): Promise<Session> {
    this.#binder ??= this.#workFolder().then((workFolder) => this.#session(workFolder, []))
    return this.#binder
  }

  /** Rows of a port over samples of the sources that it depends on. */
  async preview(request: PreviewRequest): Promise<Preview> {
    const { byId, sources, problems, at, drawn } = await this.#prepare(request)
    const node = at && byId.get(at.node)
    if (!node || !at) return { ...noPreview, problems }
    try {
      const found = await this.#work(async (workbench) => {
        const port = await workbench.port(node, at.port, byId, sources)
        return { port, profile: await workbench.profile(port), page: await workbench.page(port, request) }
      })
      const { port, profile, page } = found
      const sample = [...sources].map(([nodeId, source]) => sampleOf(nodeId, source))
      return { columns: port.columns, total: port.rows, profile, ...page, sample, problems }
    } catch (error) {
      return { ...noPreview, problems: [...problems, drawn(problemOf(error, request.nodeId))] }
    }
  }

  /** The rows of a port before and after an edit, over the same samples. */
  compareRows: Engine['compareRows'] = async ({ before, after, ...request }) => {
    const [old, young] = [
      await this.#prepare({ ...request, flow: withPinsOf(before, after) }),
      await this.#prepare({ ...request, flow: after }),
    ]
    const problems: SidedProblem[] = []
    const note = (side: SidedProblem['side'], found: readonly Problem[]) =>
      problems.push(...found.map((problem) => ({ side, problem })))
    if (!old.at) note('before', old.problems)
    if (!young.at) note('after', young.problems)
    const sample = [...new Map([...old.sources, ...young.sources])].map(([nodeId, source]) =>
      sampleOf(nodeId, source),
    )
    if (problems.length > 0) return { ...noComparison, sample, problems }
    return this.#work(async (workbench) => {
      const table = async (side: SidedProblem['side'], { at, byId, sources, drawn }: PreparedPort) => {
        const node = at && byId.get(at.node)
        if (!node) return nowhere
        return workbench.port(node, at.port, byId, sources).catch((error: unknown) => {
          note(side, [drawn(problemOf(error, request.nodeId))])
          return nowhere
        })
      }
      const tables = [await table('before', old), await table('after', young)] as const
      if (problems.length > 0) return { ...noComparison, sample, problems }
      return { ...(await workbench.compare(...tables, request)), sample, problems }
    })
  }

  /** An expression over the first rows that arrive at an input, whatever else is wrong with the node. */
  evaluate: Engine['evaluate'] = async ({ flow, nodeId, port, parameters, ...request }) => {
    const none: Evaluation = { columns: [], type: null, rows: [], problems: [] }
    const from = flow.edges.find(({ to }) => to.node === nodeId && to.port === port)?.from
    if (!from) return none
    const bindings = bindParameters(flow, parameters, new Date().toISOString(), 'preview')
    const bound = bindText(request.expression, bindings, true)
    const unknown = bound.unknown.map((name) => unknownParameter(name, bindings, { nodeId }))
    if (unknown.length > 0) return { ...none, problems: unknown }
    const before = await this.#prepare({ flow, nodeId: from.node, port: from.port, parameters })
    const { at } = before
    const node = at && before.byId.get(at.node)
    const columns = node?.columns[at?.port ?? '']
    if (!at || !node || !columns) return { ...none, problems: before.problems }
    const input = { relation: relationOf(at.node, at.port), columns }
    const checked = { text: bound.text, input, expects: request.expects, location: { nodeId } }
    const { type, problems: found } = await this.#bind(async (binder) => {
      const problems = await formProblems(bound.text, columns, (text) => binder.parse(text), { nodeId })
      if (problems.length > 0) return { type: undefined, problems }
      return bindExpression(checked, binder)
    })
    const problems = found.map((problem) => {
      const { position } = problem.location
      return position === undefined
        ? problem
        : { ...problem, location: { ...problem.location, position: bound.origin(position) } }
    })
    if (type === undefined) return { ...none, columns, problems }
    try {
      const rows = await this.#work(async (workbench) => {
        const table = await workbench.port(node, at.port, before.byId, before.sources)
        return workbench.values(table, expression(bound.text), request.limit)
      })
      return { columns, type, rows, problems }
    } catch (error) {
      return { ...none, columns, problems: [...problems, before.drawn(problemOf(error, from.node))] }
    }
  }

  captureGolden: Engine['captureGolden'] = async ({ basis, ...request }) => {
    const clock = basis?.clock ?? new Date().toISOString()
    const sources = basis ? basis.sources : await this.#keptRows(request)
    const { name, nodeId, port, ordered } = request
    const parameters = boundValues(request.flow, request.parameters)
    const { flow } = request
    const tested = await this.#prepare({ flow, nodeId, port, parameters, clock, rows: sources })
    const expected = await this.#atClock(clock, (workbench) => expectedRows(workbench, tested))
    return { name, nodeId, port, parameters, clock, sources, expected, ...(ordered && { ordered }) }
  }

  async #keptRows(request: Omit<GoldenRequest, 'basis'>): Promise<GoldenTest['sources']> {
    const port = await this.#prepare(request)
    return this.#work((workbench) => keptRows(workbench, port))
  }

  testGoldens: Engine['testGoldens'] = async (flow, tests) => {
    const outcomes = new Map<GoldenTest, GoldenOutcome>()
    for (const [clock, group] of Map.groupBy(tests, (test) => test.clock))
      await this.#atClock(clock, async (workbench) => {
        for (const test of group) outcomes.set(test, await this.#testGolden(flow, test, workbench))
      })
    return tests.flatMap((test) => outcomes.get(test) ?? [])
  }

  async #testGolden(flow: Flow, test: GoldenTest, workbench: Workbench): Promise<GoldenOutcome> {
    const { name, nodeId, port, ordered = false } = test
    const whole = expanded(flow, test.parameters).flow
    const tested = placeOfPort(flow, whole, { node: nodeId, port })?.node ?? nodeId
    const without = sourcesWithoutRows(upstreamOf(whole, tested), test)
    const failed = (problems: readonly Problem[]) => ({
      ...{ name, nodeId, port, ordered, passed: false, comparison: null },
      problems,
    })
    if (without.length > 0) return failed(drawnProblems(without, flow, whole))
    try {
      const parameters = boundValues(flow, test.parameters)
      const port = await this.#prepare({ ...test, parameters, flow, rows: test.sources })
      return await outcomeOf(workbench, test, port)
    } catch (error) {
      return failed([problemOf(error, nodeId)])
    }
  }

  /** A workbench of its own, for which it is another moment and which reads no file. */
  #atClock<T>(clock: string, work: (workbench: Workbench) => Promise<T>): Promise<T> {
    return this.#withSession([], (session) => work(new Workbench(session)), clock)
  }

  /** Infers what lies before a port, and has the samples of its sources taken. */
  async #prepare(
    request: Pick<PreviewRequest, 'flow' | 'nodeId' | 'port' | 'parameters' | 'refresh'> & {
      readonly clock?: string
      /** Rows in place of those of sources. */
      readonly rows?: GoldenTest['sources']
    },
  ): Promise<PreparedPort> {
    const clock = request.clock ?? new Date().toISOString()
    const expansion = expanded(request.flow, request.parameters, clock)
    const whole = withRowsOf(expansion.flow, request.rows ?? {})
    const end = placeOfPort(request.flow, whole, { node: request.nodeId, port: request.port })
    const flow = upstreamOf(whole, end?.node ?? request.nodeId)
    const bindings = bindParameters(flow, request.parameters, clock, 'preview')
    const taken = await this.#takeSamples(flow, bindings, request.refresh ?? false)
    const { nodes, problems } = await this.#bind((binder) =>
      inferGraph(flow, binder, {
        bindings,
        isPart: true,
        memo: this.#memo,
        sourceColumns: async ({ id }) => {
          const rows = taken.get(id)
          if (!rows) throw new Error(`no sample of ${id} was taken`)
          if (rows instanceof ProblemError) throw rows
          return 'pinned' in rows ? rows.pinned.columns : rows.sample.columns
        },
      }),
    )
    const sources = new Map(
      [...taken].flatMap(([id, rows]) => (rows instanceof ProblemError ? [] : [[id, rows] as const])),
    )
    const byId = new Map(nodes.map((node) => [node.node.id, node]))
    const drawn = (found: readonly Problem[]) => drawnProblems(found, request.flow, whole)
    const before = new Set(flow.nodes.map(({ id }) => id))
    const obstacles = expansion.problems.filter(({ location }) => before.has(location.nodeId ?? ''))
    return {
      byId,
      sources,
      problems: drawn([...obstacles, ...problems]),
      at: end && portToShow(byId.get(end.node), end.port),
      drawn: (problem) => drawn([problem])[0] ?? problem,
    }
  }

  /** Samples of all sources of a flow, or what keeps one from being taken. */
  async #takeSamples(
    flow: Flow,
    bindings: Bindings,
    refresh: boolean,
  ): Promise<Map<string, SourceRows | ProblemError>> {
    const sources = buildGraph(flow).nodes.filter(
      ({ kind, node }) => kind.role === 'source' || (kind.kind === inputSpec.kind && node.pinned),
    )
    const taken = await Promise.all(
      sources.map(async ({ node, kind }): Promise<[string, SourceRows | ProblemError][]> => {
        const { settings } = resolveSettings(node, kind, bindings)
        if (node.pinned) return [[node.id, { pinned: pinnedAs(node.pinned, node.kind, settings) }]]
        if (!settings) return []
        const rows = await this.#samples.take(node, settings, refresh).then(
          (sample) => ({ sample }),
          (error: unknown) => new ProblemError(problemOf(error, node.id)),
        )
        return [[node.id, rows]]
      }),
    )
    return new Map(taken.flat())
  }

  /** One binder serves everybody: one inference at a time, so that its relations are those of one flow. */
  #bind<T>(work: (binder: Session) => Promise<T>): Promise<T> {
    const turn = this.#binding.then(async () => work(await this.#binderSession()))
    this.#binding = turn.catch(() => {})
    return turn
  }

  /** The same for the workbench, which is laid out anew when its clock is out of date. */
  #work<T>(work: (workbench: Workbench) => Promise<T>): Promise<T> {
    const turn = this.#working.then(async () => work(await this.#openWorkbench()))
    this.#working = turn.catch(() => {})
    return turn
  }

  async #openWorkbench(): Promise<Workbench> {
    const today = new Date().toISOString().slice(0, 10)
    if (this.#workbench?.day === today) return this.#workbench.workbench
    this.#workbench?.workbench.close()
    const session = await this.#session(this.#samplesFolder, [])
    const workbench = new Workbench(session)
    this.#workbench = { day: today, workbench }
    return workbench
  }

  async detect(kindName: string, settings: Settings): Promise<Detection> {
    const kind = nodeKinds.get(kindName)
    if (kind?.role !== 'source') return fail('node.unknownKind', { kind: kindName })
    const node: FlowNode = { ...emptyNode, kind: kindName, settings: { ...settings } }
    const resolved = resolveSettings(
      node,
      kind,
      bindParameters(emptyFlow('detect'), {}, new Date().toISOString(), 'detect'),
    )
    const parsed = resolved.settings
    if (!parsed) throw new ProblemError(resolved.problems[0] ?? missingSettings())
    const files = await inputFiles([node], this.#files, () => parsed)
    return this.#withSession(files, (session, workFolder) =>
      sourceRuntime(kindName).detect(
        this.#context(node.id, session, workFolder, sampleRows),
        parsed,
        new Set(Object.keys(settings)),
      ),
    )
  }

  async plan(flow: Flow) {
    const expansion = expanded(flow)
    const { nodes, problems: found } = await this.#infer(expansion.flow)
    const problems = drawnProblems([...expansion.problems, ...found], flow, expansion.flow)
    const plan = planFlow(nodes)
    const views = nodes.flatMap(({ node, compiled }) =>
      Object.entries(compiled?.outputs ?? {}).map(([port, select]) => ({
        nodeIds: [node.id],
        sql: `${plan.landed.has(`${node.id}.${port}`) ? 'CREATE TABLE' : 'CREATE VIEW'} "${node.id}.${port}" AS\n${select.text}`,
      })),
    )
    const writes = plan.stages
      .filter((stage) => stage.type === 'write')
      .map((stage) => ({ nodeIds: stage.nodeIds, sql: `WRITE "${stage.nodeId}"` }))
    return { stages: [...views, ...writes], problems }
  }

  #context(nodeId: string, session: Session, workFolder: string, sample: number): ConnectorContext {
    return connectorContext(nodeId, {
      session,
      files: this.#files,
      connections: this.#connections,
      runId: 'preview',
      cursors: {},
      workFolder,
      inputLimit: this.#options.inputLimit,
      signal: new AbortController().signal,
      sample,
      progress: () => {},
    })
  }

  async #workFolder(): Promise<string> {
    await mkdir(this.#options.work, { recursive: true })
    return mkdtemp(path.join(this.#options.work, 'design-'))
  }

  #session(
    workFolder: string,
    inputs: readonly string[],
    clock = new Date().toISOString(),
  ): Promise<Session> {
    const memoryLimit = Math.floor(this.#options.memoryLimit / 2)
    return Session.open({
      workFolder,
      inputs,
      keys: this.#options.keys,
      memoryLimit,
      spillLimit: 2 ** 30,
      clock,
    })
  }

  async #withSession<T>(
    inputs: readonly string[],
    work: (session: Session, workFolder: string) => Promise<T>,
    clock?: string,
  ): Promise<T> {
    const workFolder = await this.#workFolder()
    const session = await this.#session(workFolder, inputs, clock)
    try {
      return await work(session, workFolder)
    } finally {
      session.close()
      await rm(workFolder, { recursive: true, force: true })
    }
  }
}

/** A port whose rows are looked at, in the flow with the flows that it uses put in their places. */
interface PreparedPort extends TestedPort {
  /** A problem where a person who draws sees it. */
  drawn(problem: Problem): Problem
}

const emptyNode: FlowNode = {
  id: 'source',
  kind: '',
  label: '',
  position: { x: 0, y: 0 },
  settings: {},
  disabled: false,
  note: '',
}

const missingSettings = (): Problem => problemOf(new Error('the settings are not complete'), undefined)
