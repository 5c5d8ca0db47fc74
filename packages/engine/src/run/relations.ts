import type { InferredNode } from '../graph/infer.ts'
import { rejectColumns, relationOf, sourceRejectColumns, withRejectColumns } from '../graph/infer.ts'
import type { Column } from '../model/index.ts'
import { type Input, laws, type OpenedSource } from '../spec/index.ts'
import {
  empty,
  faultTexts,
  hiddenPrefix,
  identifier,
  join,
  rowText as rowTextOf,
  type Sql,
  sql,
  typeText,
} from '../sql/index.ts'
import type { UsedColumns } from './used-columns.ts'

const carried = sql`, "__mr_file", "__mr_line"`
const positionIn = (line: Sql = sql`"__mr_line"`): Sql => sql`"__mr_file" AS file, ${line} AS line`
const noPosition = sql`CAST(NULL AS VARCHAR) AS file, CAST(NULL AS BIGINT) AS line`

/** A relation, and the source in which its position columns say where each row stands; undefined: it has none. */
interface Positioned {
  readonly relation: Sql
  readonly origin: OpenedSource | undefined
}

export interface Landing {
  readonly table: Sql
  readonly select: Sql
  /** Makes the view of the port over the table. */
  readonly expose: Sql
  /** Where the table holds more than the port: aggregates over it, of the rows that leave and of the law's terms. */
  readonly counts: { readonly leaving: Sql; readonly terms: Readonly<Record<string, Sql>> } | undefined
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
  #used: UsedColumns = new Map()

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
    for (const id of nodeIds) if (this.#sources.get(id)?.strict) this.#strict.add(id)
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

  /** Whether the statements that compute a node's rows may go on with a node that drops some. */
  #isFollowedByConditions(node: InferredNode): boolean {
    return [...node.outgoing].some(([port, edges]) => {
      if (port === 'rejects' || this.#landed.has(`${node.node.id}.${port}`)) return false
      return edges.some(({ to }) => {
        const next = this.#nodes.get(to.node)
        if (!next || next.kind.role === 'target' || next.compiled?.counted) return false
        const keepsRows = next.kind.role === 'operator' && next.kind.operator.spec.law === laws.preserve
        return !keepsRows || this.#isFollowedByConditions(next)
      })
    })
  }

  #select(node: InferredNode, port: string): Sql {
    const source = this.#sources.get(node.node.id)
    if (source) {
      if (!source.strict || !this.#strict.has(node.node.id)) return source.select
      return this.#isFollowedByConditions(node) ? source.strict.guarded : source.strict.select
    }
    if (port === 'rejects') {
      const input = node.inputs[node.kind.inputs(node.settings)[0]?.name ?? 'in']?.[0]
      return rejectsPortSelect(input?.columns ?? [], node.compiled?.rejects)
    }
    const select = node.compiled?.outputs[port]
    if (!select) throw new Error(`no statement for ${node.node.id}.${port}`)
    return select
  }

  /** Restricts what landed ports keep to these columns. */
  keepOnly(used: UsedColumns): void {
    this.#used = used
  }

  /** How a port becomes a table. */
  landing(node: InferredNode, port: string): Landing {
    const name = `${node.node.id}.${port}`
    const table = identifier(`${name}#`)
    const columns = node.columns[port] ?? []
    const used = this.#used.get(name)
    const isUsed = (column: Column) => used === undefined || used.has(column.name)
    const kept = columns.filter(isUsed).map((column) => identifier(column.name))
    // What is left out by mistake fails, it is never empty.
    const visible = columns.map((column) =>
      isUsed(column)
        ? identifier(column.name)
        : sql`CAST(error('millrace: this column was not kept') AS ${typeText(column.type)}) AS ${identifier(column.name)}`,
    )
    const counted = node.compiled?.counted?.port === port ? node.compiled.counted : undefined
    const { relation, origin } = this.#positioned.has(name)
      ? this.#compute(node, port)
      : { relation: sql`(${counted?.select ?? this.#select(node, port)})`, origin: undefined }
    const hidden = counted
      ? [sql`COLUMNS(lambda name: starts_with(name, ${hiddenPrefix}))`]
      : origin
        ? [sql`"__mr_file"`, sql`"__mr_line"`]
        : []
    const list = [...kept, ...hidden]
    const where = counted?.leaves ? sql` WHERE ${counted.leaves}` : empty
    return {
      table,
      select: sql`SELECT ${list.length > 0 ? join(list) : sql`true AS "__mr_row"`} FROM ${relation}`,
      expose: sql`CREATE OR REPLACE TEMP VIEW ${relationOf(node.node.id, port)} AS SELECT ${join(visible)} FROM ${table}${where}`,
      counts: counted && {
        leaving: counted.leaves ? sql`count(*) FILTER (${counted.leaves})` : sql`count(*)`,
        terms: counted.terms,
      },
    }
  }

  /** The rejected rows of an operator as a SELECT of `storedRejects`, with their place in the source where it can be told. */
  rejectsOf(node: InferredNode): Sql {
    const port = node.kind.inputs(node.settings)[0]?.name ?? 'in'
    const { compiled, origin } = this.#compileWithPosition(node)
    const columns = node.inputs[port]?.[0]?.columns ?? []
    return storedRejects(
      node.node.id,
      origin ? positionIn(origin.line) : noPosition,
      rowText(columns),
      compiled?.rejects ?? noRows(columns),
    )
  }

  #compileWithPosition(node: InferredNode) {
    const operator = node.kind.role === 'operator' ? node.kind.operator : undefined
    const port = node.kind.inputs(node.settings)[0]?.name ?? 'in'
    const first = node.inputs[port]?.[0]
    const upstream = node.incoming.get(port)?.[0]
    if (!operator || !first || !upstream || node.inputs[port]?.length !== 1)
      return { compiled: node.compiled, origin: undefined }
    const { relation, origin } = this.#positionedPort(upstream.from.node, upstream.from.port)
    const inputs: Record<string, readonly Input[]> = { ...node.inputs, [port]: [{ ...first, relation }] }
    const carry = origin ? carried : empty
    return {
      compiled: operator.compile({ settings: node.settings, inputs, carry, report: () => {} }),
      origin,
    }
  }

  #positionedPort(nodeId: string, port: string): Positioned {
    const name = `${nodeId}.${port}`
    const node = this.#nodes.get(nodeId)
    const plain = { relation: identifier(name), origin: undefined }
    if (!node || port === 'rejects') return plain
    if (!this.#landed.has(name)) return this.#compute(node, port)
    if (!this.#positioned.has(name)) return plain
    const { origin } = this.#compute(node, port)
    return origin ? { relation: identifier(`${name}#`), origin } : plain
  }

  /** The rows of a port computed anew, with positions where its node keeps rows. */
  #compute(node: InferredNode, port: string): Positioned {
    const source = this.#sources.get(node.node.id)
    if (source) return { relation: sql`(${source.selectWithPosition})`, origin: source }
    const plain = { relation: relationOf(node.node.id, port), origin: undefined }
    if (node.kind.role !== 'operator' || node.kind.operator.spec.provenance !== 'keep') return plain
    const { compiled, origin } = this.#compileWithPosition(node)
    const select = compiled?.outputs[port]
    return select && origin ? { relation: sql`(${select})`, origin } : plain
  }
}

const faultColumns = [
  sql`${faultTexts('column')} AS reject_column`,
  sql`${faultTexts('value')} AS reject_value`,
  sql`${faultTexts('rule')} AS reject_rule`,
  sql`${faultTexts('reason')} AS reject_reason`,
] as const

/** What the rejects port of an operator gives: the rejected rows of its input, and why. */
export function rejectsPortSelect(
  input: readonly Column[],
  rejects: Sql | undefined,
  carry: Sql = empty,
): Sql {
  const columns = withRejectColumns(input)
  if (!rejects) return noRows(columns)
  const kept = columns
    .slice(0, columns.length - rejectColumns.length)
    .map((column) => identifier(column.name))
  return sql`SELECT ${join([...kept, ...faultColumns.slice(0, 2), faultColumns[3]])}${carry} FROM (${rejects})`
}

/** A row as a JSON object, in the order of its columns. */
const rowText = (columns: readonly Column[]): Sql =>
  rowTextOf(columns.map(({ name }) => [name, identifier(name)]))

const noRows = (columns: readonly Column[]): Sql =>
  sql`SELECT ${join(columns.map((column) => sql`CAST(NULL AS ${typeText(column.type)}) AS ${identifier(column.name)}`))} WHERE false`

/** One row per rejected row, in the shape in which rejects are kept with a run. */
function storedRejects(nodeId: string, place: Sql, row: Sql, rejects: Sql): Sql {
  return sql`SELECT ${nodeId} AS node, ${faultTexts('column')} AS "column", ${faultTexts('value')} AS "value", ${faultTexts('rule')} AS "rule", ${faultTexts('reason')} AS reason, ${place}, ${row} AS "row" FROM (${rejects})`
}

/** The same for a source, whose rows stand as they were found. */
export const storedSourceRejects = (nodeId: string, rejects: Sql): Sql =>
  storedRejects(nodeId, positionIn(), sql`"__mr_row"`, rejects)

/** The same for a target: rows of its input that the system refused. */
export function storedTargetRejects(node: InferredNode, rejects: Sql): Sql {
  const columns = node.inputs['in']?.[0]?.columns ?? []
  return storedRejects(node.node.id, noPosition, rowText(columns), rejects)
}

/** What the rejects port of a source gives. */
export const sourceRejectsSelect = (rejects: Sql | undefined): Sql =>
  rejects
    ? sql`SELECT "__mr_file" AS file, "__mr_line" AS line, "__mr_row" AS row, ${join([faultColumns[0], faultColumns[1], faultColumns[3]])} FROM (${rejects})`
    : noRows([...sourceRejectColumns, ...rejectColumns])

export const sourceRejectsView = (nodeId: string, rejects: Sql): Sql =>
  sql`CREATE OR REPLACE TEMP VIEW ${relationOf(nodeId, 'rejects')} AS ${sourceRejectsSelect(rejects)}`
