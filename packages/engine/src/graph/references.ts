import { type Column, type Flow, type FlowNode, sameName } from '../model/index.ts'
import { inputNames } from '../operators/sql/input-names.ts'
import type { Input } from '../spec/index.ts'
import {
  escapePlaceholders,
  type ParsableText,
  parsableExpression,
  parsableQuery,
  textColumns,
} from '../sql/column-references.ts'
import { statementOf, type Tree } from '../sql/parse-tree.ts'
import type { KnownTable } from '../sql/query-columns.ts'
import { Sql } from '../sql/sql.ts'
import { buildGraph, type GraphNode } from './graph.ts'
import { isGivenColumn, portRelation, type SettingText, textsOf } from './settings.ts'

/** The columns at every output port that inference found, by node, by port. */
export type PortColumns = Readonly<Record<string, Readonly<Record<string, readonly Column[]>>>>

/** A column at an output port. */
export interface PortColumn {
  readonly nodeId: string
  readonly port: string
  readonly column: string
}

/** An edge of a node with the columns that arrive by it. */
export interface Arrival {
  /** The input port. */
  readonly port: string
  readonly from: { readonly node: string; readonly port: string }
  readonly columns: readonly Column[]
}

/** A node with what inference knows about its inputs. */
export interface ConnectedNode extends GraphNode {
  readonly arrivals: readonly Arrival[]
}

/** A place in the settings of a node where a column that arrives is named. */
export interface SettingReference {
  readonly arrival: Arrival
  readonly column: string
  /** The path of the setting, e.g. `columns.2.expression`, and all of its text. */
  readonly field: string
  readonly text: string
  /** The part of the text that names the column, in UTF-16 units; undefined: all of it. */
  readonly place: { readonly start: number; readonly end: number } | undefined
}

export interface NodeReferences {
  readonly references: readonly SettingReference[]
  /** Columns that a setting names where they cannot be rewritten. */
  readonly fixed: readonly Omit<SettingReference, 'place'>[]
}

/** What the walks over columns ask of DuckDB: `json_serialize_sql` of many texts at once. */
export type ParseTexts = (texts: readonly string[]) => Promise<readonly string[]>

/** Parse trees by text, remembered from one walk to the next. */
export class ParseTrees {
  readonly #parse: ParseTexts
  readonly #serialized = new Map<string, string>()

  constructor(parse: ParseTexts) {
    this.#parse = parse
  }

  /** Has the texts parsed that are not known yet, all in one statement. */
  async load(texts: Iterable<string>): Promise<void> {
    const unknown = [...new Set(texts)].filter((text) => !this.#serialized.has(text))
    if (unknown.length === 0) return
    if (this.#serialized.size > 5000) this.#serialized.clear()
    const parsed = await this.#parse(unknown)
    unknown.forEach((text, index) => {
      this.#serialized.set(text, parsed[index] ?? '{}')
    })
  }

  /** Of a text that was loaded. */
  serialized(text: string): string {
    const found = this.#serialized.get(text)
    if (found === undefined) throw new Error('a text was not loaded')
    return found
  }

  statement(text: string): Tree | undefined {
    return statementOf(this.serialized(text))
  }
}

/**
 * The nodes of a flow in topological order with the columns that arrive at them. Disabled nodes are
 * there too: their settings must keep up with the flow.
 */
export function connectedNodes(flow: Flow, ports: PortColumns): ConnectedNode[] {
  const enabled = { ...flow, nodes: flow.nodes.map((node): FlowNode => ({ ...node, disabled: false })) }
  const originals = new Map(flow.nodes.map((node) => [node.id, node]))
  return buildGraph(enabled).nodes.map((graphNode) => ({
    ...graphNode,
    node: originals.get(graphNode.node.id) ?? graphNode.node,
    arrivals: [...graphNode.incoming].flatMap(([port, edges]) =>
      edges.map(({ from }) => ({ port, from, columns: columnsAt(ports, from.node, from.port) })),
    ),
  }))
}

export function columnsAt(ports: PortColumns, nodeId: string, port: string): readonly Column[] {
  const node = Object.hasOwn(ports, nodeId) ? ports[nodeId] : undefined
  return (node && Object.hasOwn(node, port) ? node[port] : undefined) ?? []
}

/** The inputs of a node as its operator compiles them. */
export function inputsOfArrivals({ node, kind, arrivals }: ConnectedNode): Record<string, readonly Input[]> {
  return Object.fromEntries(
    kind
      .inputs(node.settings)
      .map(({ name }) => [
        name,
        arrivals
          .filter(({ port }) => port === name)
          .map(({ from, columns }) => ({ relation: Sql.make(portRelation(from.node, from.port)), columns })),
      ]),
  )
}

const naming = ['column', 'columns', 'conditions', 'expression', 'sql', 'text'] as const

function parsableOf({ text, meta }: SettingText): ParsableText | undefined {
  if (meta.widget === 'expression' && text.trim() !== '') return parsableExpression(text)
  return meta.widget === 'sql' ? parsableQuery(text) : undefined
}

const settingTexts = ({ node, kind }: ConnectedNode) =>
  textsOf(kind.settings, node.settings, naming).filter(
    ({ meta }) => meta.widget !== 'text' || isGivenColumn(meta, node.settings),
  )

/** The texts that `nodeReferences` needs parsed. */
export const textsToParse = (node: ConnectedNode): string[] =>
  settingTexts(node).flatMap((setting) => parsableOf(setting)?.statement ?? [])

/** Every place in a node's settings that names a column which arrives at it, told by the settings’ metadata. */
export function nodeReferences(node: ConnectedNode, trees: ParseTrees): NodeReferences {
  const references: SettingReference[] = []
  const fixed: Omit<SettingReference, 'place'>[] = []
  for (const setting of settingTexts(node)) {
    const { path: field, text, meta } = setting
    const parsable = parsableOf(setting)
    if (!parsable) {
      if (meta.widget === 'conditions' && !field.endsWith('.column')) continue
      const arrival = arrivalFor(node, setting)
      const column = arrival?.columns.find(({ name }) => sameName(escapePlaceholders(name), text))
      if (arrival && column) references.push({ arrival, column: column.name, field, text, place: undefined })
      continue
    }
    const { arrivals, tables, row } = tablesFor(node, setting)
    const found = textColumns(parsable, trees.serialized(parsable.statement), tables, row)
    if (!found) continue
    for (const { column, start, end } of found.references) {
      const arrival = arrivals.get(column.table)
      if (arrival) references.push({ arrival, column: column.column, field, text, place: { start, end } })
    }
    for (const { table, column } of [...found.unplaced, ...found.hidden]) {
      const arrival = arrivals.get(table)
      if (arrival) fixed.push({ arrival, column, field, text })
    }
  }
  return { references, fixed }
}

/** The edge whose columns a setting speaks of: of the port it names, else of the first. */
function arrivalFor({ node, kind, arrivals }: ConnectedNode, { meta }: SettingText): Arrival | undefined {
  const wanted = ('input' in meta ? meta.input : undefined) ?? kind.inputs(node.settings)[0]?.name
  return arrivals.find(({ port }) => port === wanted)
}

interface TextTables {
  /** By the name that the text has for them. */
  readonly arrivals: ReadonlyMap<string, Arrival>
  readonly tables: readonly KnownTable[]
  readonly row: KnownTable | undefined
}

function tablesFor(node: ConnectedNode, setting: SettingText): TextTables {
  const known = (name: string, { columns }: Arrival): KnownTable => ({
    name,
    columns: columns.map((column) => column.name),
  })
  if (setting.meta.widget === 'expression') {
    const arrival = arrivalFor(node, setting)
    // Its columns belong to a relation whose name nobody writes.
    const row = arrival && known(`${arrival.from.node}.${arrival.from.port}`, arrival)
    return { arrivals: new Map(arrival && row ? [[row.name, arrival]] : []), tables: [], row }
  }
  const { names } = node.node.settings
  const all = inputNames(Array.isArray(names) ? names.map(String) : [], node.arrivals.length)
  return {
    arrivals: new Map(node.arrivals.map((arrival, index) => [all[index] ?? '', arrival])),
    tables: node.arrivals.map((arrival, index) => known(all[index] ?? '', arrival)),
    row: undefined,
  }
}
