import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { type InferredGraph, type InferredNode, inferGraph, relationOf } from '../graph/infer.ts'
import { nodeKinds } from '../graph/kinds.ts'
import { bindParameters, resolveSettings } from '../graph/settings.ts'
import { type Column, emptyFlow, type Flow, type FlowNode } from '../model/index.ts'
import { planFlow } from '../plan/plan.ts'
import { fail, type Problem, ProblemError } from '../problems/index.ts'
import type { ConnectorContext, Detection, OpenedSource } from '../spec/index.ts'
import { identifier, join, sql } from '../sql/index.ts'
import { connectorContext } from './connector-context.ts'
import type { Inference, Preview, RejectRow } from './engine.ts'
import { FileArea, type FileRoots } from './file-area.ts'
import { inputFiles } from './input-files.ts'
import { Relations, sourceRejectsView } from './relations.ts'
import { sourceRuntime } from './runtimes.ts'
import { Session } from './session.ts'
import { problemOf } from './system-problems.ts'

export interface DesignOptions {
  readonly roots: FileRoots
  readonly work: string
  readonly keys?: string | undefined
  readonly memoryLimit: number
  readonly inputLimit: number
}

/** Rows of each source that a preview reads. */
const sampleRows = 10_000

type Settings = Readonly<Record<string, unknown>>

/** Design-time work of an engine process: inference, previews, detection. */
export class Design {
  readonly #options: DesignOptions
  readonly #files: FileArea
  readonly #columns = new Map<string, readonly Column[]>()
  #binder: Promise<Session> | undefined

  constructor(options: DesignOptions) {
    this.#options = options
    this.#files = new FileArea(options.roots)
  }

  async infer(flow: Flow): Promise<Inference> {
    const { nodes, problems } = await this.#infer(flow)
    return { ports: Object.fromEntries(nodes.map(({ node, columns }) => [node.id, columns])), problems }
  }

  async #infer(flow: Flow): Promise<InferredGraph> {
    const found: Problem[] = []
    const inferred = await inferGraph(flow, await this.#binderSession(), {
      bindings: bindParameters(flow, {}, new Date().toISOString(), 'preview'),
      sourceColumns: (node, settings) => this.#sourceColumns(node, settings, found),
    })
    return { ...inferred, problems: [...inferred.problems, ...found] }
  }

  /** One locked session that never reads a file serves every inference. */
  #binderSession(): Promise<Session> {
    this.#binder ??= this.#workFolder().then((workFolder) => this.#session(workFolder, []))
    return this.#binder
  }

  /**
   * The columns of a source, read from the file once and remembered until its settings or its file
   * change. A file that cannot be read is a problem, but declared columns hold without it.
   */
  async #sourceColumns(node: FlowNode, settings: Settings, found: Problem[]): Promise<readonly Column[]> {
    try {
      const files = await inputFiles([node], this.#files, () => settings)
      const stamps = await Promise.all(
        files.map(async (file) => [file, (await stat(file)).size, (await stat(file)).mtimeMs]),
      )
      const key = JSON.stringify([node.kind, settings, stamps])
      const known = this.#columns.get(key)
      if (known) return known
      const columns = await this.#withSession(files, async (session, workFolder) => {
        const opened = await openSource(node, settings, this.#context(node.id, session, workFolder, 100))
        return opened.columns
      })
      if (this.#columns.size > 1000) this.#columns.clear()
      this.#columns.set(key, columns)
      return columns
    } catch (error) {
      const problem = problemOf(error, node.id)
      const declared = declaredColumns(settings)
      if (declared.length === 0) throw new ProblemError(problem)
      found.push(problem)
      return declared
    }
  }

  async preview(request: {
    flow: Flow
    nodeId: string
    port: string
    limit: number
    parameters: Readonly<Record<string, string>>
  }): Promise<Preview> {
    const flow = upstreamOf(request.flow, request.nodeId)
    const bindings = bindParameters(flow, request.parameters, new Date().toISOString(), 'preview')
    const settingsOf = (node: FlowNode) => {
      const kind = nodeKinds.get(node.kind)
      return kind ? resolveSettings(node, kind, bindings).settings : undefined
    }
    const files = await inputFiles(flow.nodes, this.#files, settingsOf).catch(() => [])
    return this.#withSession(files, async (session, workFolder) => {
      const sources = new Map<string, OpenedSource>()
      const { nodes, problems } = await inferGraph(flow, session, {
        bindings,
        isPart: true,
        sourceColumns: async (node, settings) => {
          const opened = await openSource(
            node,
            settings,
            this.#context(node.id, session, workFolder, sampleRows),
          ).catch((error: unknown) => {
            throw new ProblemError(problemOf(error, node.id))
          })
          sources.set(node.id, opened)
          return opened.columns
        },
      })
      const target = nodes.find(({ node }) => node.id === request.nodeId)
      const port = portToShow(target, request.port)
      if (!target || !port) return { columns: [], rows: [], sample: [], problems }
      try {
        const sample = await this.#sampleSources(nodes, sources, session)
        const relations = new Relations(nodes, sources, new Set(), new Set())
        for (const node of nodes)
          for (const name of Object.keys(node.columns)) {
            const opened = sources.get(node.node.id)
            if (!opened) await session.run(relations.view(node, name))
            else if (name === 'rejects' && opened.rejects)
              await session.run(sourceRejectsView(node.node.id, await opened.rejects(false)))
          }
        const columns = nodes.find(({ node }) => node.id === port.node)?.columns[port.port] ?? []
        const rows = await session.texts(relationOf(port.node, port.port), columns, request.limit)
        return { columns, rows, sample, problems }
      } catch (error) {
        return {
          columns: [],
          rows: [],
          sample: [],
          problems: [...problems, problemOf(error, request.nodeId)],
        }
      }
    })
  }

  /** Reads each source's sample into a table, so that every node of the preview sees the same rows. */
  async #sampleSources(
    nodes: readonly InferredNode[],
    sources: ReadonlyMap<string, OpenedSource>,
    session: Session,
  ): Promise<Preview['sample']> {
    const sample: { nodeId: string; rows: number; whole: boolean }[] = []
    for (const { node } of nodes) {
      const opened = sources.get(node.id)
      if (!opened) continue
      const table = identifier(`${node.id}.out#`)
      const visible = join(opened.columns.map((column) => identifier(column.name)))
      const rows = await session.execute(
        sql`CREATE TEMP TABLE ${table} AS SELECT * FROM (${opened.select}) LIMIT ${sampleRows}`,
      )
      await session.run(
        sql`CREATE OR REPLACE TEMP VIEW ${relationOf(node.id, 'out')} AS SELECT ${visible} FROM ${table}`,
      )
      sample.push({ nodeId: node.id, rows, whole: rows < sampleRows })
    }
    return sample
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
      sourceRuntime(kindName).detect(this.#context(node.id, session, workFolder, sampleRows), parsed),
    )
  }

  async plan(flow: Flow) {
    const { nodes, problems } = await this.#infer(flow)
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

  async readRejects(
    resultFolder: string,
    { nodeId, offset, limit }: { nodeId?: string; offset: number; limit: number },
  ): Promise<{ rows: RejectRow[]; total: number }> {
    const file = path.join(resultFolder, 'rejects.parquet')
    const exists = await stat(file).then(
      () => true,
      () => false,
    )
    if (!exists) return { rows: [], total: 0 }
    return this.#withSession([file], async (session) => {
      const relation = sql`(SELECT * FROM read_parquet(${file}) WHERE ${nodeId === undefined ? sql`true` : sql`node = ${nodeId}`})`
      const rows = await session.query(sql`SELECT * FROM ${relation} LIMIT ${limit} OFFSET ${offset}`)
      return {
        total: await session.count(sql`SELECT count(*) FROM ${relation}`),
        rows: rows.map((row) => ({
          nodeId: row['node'] ?? '',
          column: row['column'] ?? '',
          value: row['value'] ?? null,
          rule: row['rule'] ?? '',
          reason: row['reason'] ?? '',
          file: row['file'] ?? null,
          line: row['line'] === null || row['line'] === undefined ? null : Number(row['line']),
          row: row['row'] ?? '',
        })),
      }
    })
  }

  #context(nodeId: string, session: Session, workFolder: string, sample: number): ConnectorContext {
    return connectorContext(nodeId, {
      session,
      files: this.#files,
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

  #session(workFolder: string, inputs: readonly string[]): Promise<Session> {
    const memoryLimit = Math.floor(this.#options.memoryLimit / 2)
    const clock = new Date().toISOString()
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
  ): Promise<T> {
    const workFolder = await this.#workFolder()
    const session = await this.#session(workFolder, inputs)
    try {
      return await work(session, workFolder)
    } finally {
      session.close()
      await rm(workFolder, { recursive: true, force: true })
    }
  }
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

function openSource(node: FlowNode, settings: Settings, context: ConnectorContext): Promise<OpenedSource> {
  return sourceRuntime(node.kind).open(context, settings)
}

/** The columns that a file source was given, without the file. */
function declaredColumns(settings: Settings): Column[] {
  const columns = settings['columns']
  if (!Array.isArray(columns)) return []
  return columns.flatMap((column: { name?: unknown; type?: unknown }) =>
    typeof column.name === 'string' && typeof column.type === 'string'
      ? [{ name: column.name, type: column.type }]
      : [],
  )
}

/** The part of a flow that a node's rows depend on, the node included. */
function upstreamOf(flow: Flow, nodeId: string): Flow {
  const wanted = new Set([nodeId])
  for (let size = 0; size !== wanted.size; ) {
    size = wanted.size
    for (const edge of flow.edges) if (wanted.has(edge.to.node)) wanted.add(edge.from.node)
  }
  return {
    ...flow,
    nodes: flow.nodes.filter((node) => wanted.has(node.id)),
    edges: flow.edges.filter((edge) => wanted.has(edge.from.node) && wanted.has(edge.to.node)),
  }
}

/** A target shows what it would be given: the output port at the other end of its edge. */
function portToShow(
  node: InferredNode | undefined,
  port: string,
): { node: string; port: string } | undefined {
  if (!node) return undefined
  const incoming = node.incoming.get(port)?.[0]
  return Object.hasOwn(node.columns, port) ? { node: node.node.id, port } : incoming?.from
}
