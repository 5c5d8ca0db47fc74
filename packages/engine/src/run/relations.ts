import type { InferredNode } from '../graph/infer.ts'
import { rejectColumns, relationOf, withRejectColumns } from '../graph/infer.ts'
import type { Column } from '../model/index.ts'
import type { Input, OpenedSource } from '../spec/index.ts'
import { empty, faultTexts, identifier, join, type Sql, sql, typeText } from '../sql/index.ts'

const carried = sql`, "__mr_file", "__mr_line"`
const position = sql`"__mr_file" AS file, "__mr_line" AS line`
const noPosition = sql`CAST(NULL AS VARCHAR) AS file, CAST(NULL AS BIGINT) AS line`

/** A relation, and whether it has the position columns. */
interface Positioned {
  readonly relation: Sql
  readonly hasPosition: boolean
}

/**
 * The SQL of every port of a flow, once its sources are open. Ports are views named `node.port`;
 * a landed port is a table, behind a view of the same name.
 */
export class Relations {
  readonly #nodes: ReadonlyMap<string, InferredNode>
  readonly #sources: ReadonlyMap<string, OpenedSource>
  readonly #landed: ReadonlySet<string>
  readonly #positioned: ReadonlySet<string>
  readonly #strict = new Set<string>()

  constructor(
    nodes: readonly InferredNode[],
    sources: ReadonlyMap<string, OpenedSource>,
    landed: ReadonlySet<string>,
    positioned: ReadonlySet<string>,
  ) {
    this.#nodes = new Map(nodes.map((node) => [node.node.id, node]))
    this.#sources = sources
    this.#landed = landed
    this.#positioned = positioned
  }

  /** Makes the views of these sources assert that every value fits, where they can. */
  assertFit(nodeIds: Iterable<string>): void {
    for (const id of nodeIds) if (this.#sources.get(id)?.strictSelect) this.#strict.add(id)
  }

  /** Takes the assertion back; the view must be made anew. */
  filterUnfit(nodeId: string): void {
    this.#strict.delete(nodeId)
  }

  /** The sources whose views assert. */
  get strict(): ReadonlySet<string> {
    return this.#strict
  }

  /** The statement that makes the view of a port (not of a source's rejects). */
  view(node: InferredNode, port: string): Sql {
    return sql`CREATE OR REPLACE TEMP VIEW ${relationOf(node.node.id, port)} AS ${this.#select(node, port)}`
  }

  #select(node: InferredNode, port: string): Sql {
    const source = this.#sources.get(node.node.id)
    if (source)
      return this.#strict.has(node.node.id) && source.strictSelect ? source.strictSelect : source.select
    if (port === 'rejects') return this.#rejectsPort(node)
    const select = node.compiled?.outputs[port]
    if (!select) throw new Error(`no statement for ${node.node.id}.${port}`)
    return select
  }

  #rejectsPort(node: InferredNode): Sql {
    const input = node.inputs[node.kind.inputs[0]?.name ?? 'in']?.[0]
    const columns = withRejectColumns(input?.columns ?? [])
    const kept = columns
      .slice(0, columns.length - rejectColumns.length)
      .map((column) => identifier(column.name))
    const rejects = node.compiled?.rejects
    if (!rejects) return noRows(columns)
    return sql`SELECT ${join([...kept, ...faultColumns.slice(0, 2), faultColumns[3]])} FROM (${rejects})`
  }

  /** The statements that turn a port into a table; the count of the first is the port's row count. */
  land(node: InferredNode, port: string): readonly Sql[] {
    const name = `${node.node.id}.${port}`
    const table = identifier(`${name}#`)
    const columns = node.columns[port] ?? []
    const { relation, hasPosition } = this.#positioned.has(name)
      ? this.#compute(node, port)
      : { relation: sql`(${this.#select(node, port)})`, hasPosition: false }
    const visible = join(columns.map((column) => identifier(column.name)))
    const all = hasPosition ? sql`${visible}${carried}` : visible
    return [
      sql`CREATE TEMP TABLE ${table} AS SELECT ${all} FROM ${relation}`,
      sql`CREATE OR REPLACE TEMP VIEW ${relationOf(node.node.id, port)} AS SELECT ${visible} FROM ${table}`,
    ]
  }

  /** The rejected rows of an operator as a SELECT of `storedRejects`, with their place in the source where it can be told. */
  rejectsOf(node: InferredNode): Sql {
    const port = node.kind.inputs[0]?.name ?? 'in'
    const { compiled, hasPosition } = this.#compileWithPosition(node)
    const columns = node.inputs[port]?.[0]?.columns ?? []
    const row = sql`CAST(json_object(${join(columns.map((column) => sql`${column.name}, ${identifier(column.name)}`))}) AS VARCHAR)`
    return storedRejects(
      node.node.id,
      hasPosition ? position : noPosition,
      row,
      compiled?.rejects ?? noRows(columns),
    )
  }

  #compileWithPosition(node: InferredNode) {
    const operator = node.kind.role === 'operator' ? node.kind.operator : undefined
    const port = node.kind.inputs[0]?.name ?? 'in'
    const first = node.inputs[port]?.[0]
    const upstream = node.incoming.get(port)?.[0]
    if (!operator || !first || !upstream || node.inputs[port]?.length !== 1)
      return { compiled: node.compiled, hasPosition: false }
    const { relation, hasPosition } = this.#positionedPort(upstream.from.node, upstream.from.port)
    const inputs: Record<string, readonly Input[]> = { ...node.inputs, [port]: [{ ...first, relation }] }
    const carry = hasPosition ? carried : empty
    return {
      compiled: operator.compile({ settings: node.settings, inputs, carry, report: () => {} }),
      hasPosition,
    }
  }

  #positionedPort(nodeId: string, port: string): Positioned {
    const name = `${nodeId}.${port}`
    const node = this.#nodes.get(nodeId)
    if (this.#landed.has(name)) {
      const hasPosition =
        this.#positioned.has(name) && node !== undefined && this.#compute(node, port).hasPosition
      return hasPosition
        ? { relation: identifier(`${name}#`), hasPosition }
        : { relation: identifier(name), hasPosition }
    }
    return node && port !== 'rejects'
      ? this.#compute(node, port)
      : { relation: identifier(name), hasPosition: false }
  }

  /** The rows of a port computed anew, with positions where its node keeps rows. */
  #compute(node: InferredNode, port: string): Positioned {
    const source = this.#sources.get(node.node.id)
    if (source) return { relation: sql`(${source.selectWithPosition})`, hasPosition: true }
    const plain = { relation: relationOf(node.node.id, port), hasPosition: false }
    if (node.kind.role !== 'operator' || node.kind.operator.spec.provenance !== 'keep') return plain
    const { compiled, hasPosition } = this.#compileWithPosition(node)
    const select = compiled?.outputs[port]
    return select && hasPosition ? { relation: sql`(${select})`, hasPosition } : plain
  }
}

const faultColumns = [
  sql`${faultTexts('column')} AS reject_column`,
  sql`${faultTexts('value')} AS reject_value`,
  sql`${faultTexts('rule')} AS reject_rule`,
  sql`${faultTexts('reason')} AS reject_reason`,
] as const

const noRows = (columns: readonly Column[]): Sql =>
  sql`SELECT ${join(columns.map((column) => sql`CAST(NULL AS ${typeText(column.type)}) AS ${identifier(column.name)}`))} WHERE false`

/** One row per rejected row, in the shape in which rejects are kept with a run. */
function storedRejects(nodeId: string, place: Sql, row: Sql, rejects: Sql): Sql {
  return sql`SELECT ${nodeId} AS node, ${faultTexts('column')} AS "column", ${faultTexts('value')} AS "value", ${faultTexts('rule')} AS "rule", ${faultTexts('reason')} AS reason, ${place}, ${row} AS "row" FROM (${rejects})`
}

/** The same for a source, whose rows stand as they were found. */
export const storedSourceRejects = (nodeId: string, rejects: Sql): Sql =>
  storedRejects(nodeId, position, sql`"__mr_row"`, rejects)

/** What the rejects port of a source gives. */
export const sourceRejectsView = (nodeId: string, rejects: Sql): Sql =>
  sql`CREATE OR REPLACE TEMP VIEW ${relationOf(nodeId, 'rejects')} AS SELECT "__mr_file" AS file, "__mr_line" AS line, "__mr_row" AS row, ${join([faultColumns[0], faultColumns[1], faultColumns[3]])} FROM (${rejects})`
