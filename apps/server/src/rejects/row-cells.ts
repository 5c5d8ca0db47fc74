import {
  type Flow,
  type FlowNode,
  nameInSource,
  nodeKinds,
  type SourceColumn,
  sourceColumn,
} from '@millrace/engine'
import type { Inference } from '@millrace/engine/runtime'
import { z } from 'zod'

type Cells = Readonly<Record<string, string | null>>

const declared = z.array(sourceColumn).nonempty()

/**
 * The columns of rows that a node rejects: of a source those of its settings, else what arrives at
 * its first input. Undefined while that cannot be told.
 */
export function rejectColumns(flow: Flow, node: FlowNode, { ports }: Inference): SourceColumn[] | undefined {
  const typed = (nodeId: string, port: string) =>
    ports[nodeId]?.[port]?.map(({ name, type }) => ({ name, type, format: '' }))
  const kind = nodeKinds.get(node.kind)
  const input = kind?.inputs(node.settings)[0]?.name
  if (input === undefined) {
    const columns = declared.safeParse(node.settings['columns'])
    return columns.success ? columns.data : typed(node.id, 'out')
  }
  const edge = flow.edges.find(({ to }) => to.node === node.id && to.port === input)
  return edge && typed(edge.from.node, edge.from.port)
}

const object = z.record(z.string(), z.unknown())

/**
 * The cells of a row as it was kept: a JSON object, or a line of a delimited text that could not be
 * split as it should; of that as many cells as there are.
 */
export function cellsOf(row: string, columns: readonly SourceColumn[], delimiter: string): Cells {
  const names = columns.map(nameInSource)
  const parsed = object.safeParse(parseJson(row))
  if (parsed.success) {
    const { data } = parsed
    return Object.fromEntries(names.map((name) => [name, textOf(data[name])]))
  }
  const texts = splitLine(row, delimiter)
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? null]))
}

/** The part of “JSON.parse source text access” that TypeScript does not know yet. */
interface ExactJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown
  rawJSON(text: string): object
}
const exact = JSON as unknown as ExactJson

/** Numbers stay as they are written: JavaScript's would lose the last digits of long ones. */
const keepDigits = (_: string, value: unknown, { source }: { source?: string }): unknown =>
  typeof value === 'number' && source !== undefined ? exact.rawJSON(source) : value

const textOf = (value: unknown): string | null =>
  value === null || value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value)

function parseJson(text: string): unknown {
  try {
    return exact.parse(text, keepDigits)
  } catch {
    return undefined
  }
}

/** Quotes are honoured where they are closed. */
function splitLine(line: string, delimiter: string): string[] {
  const separator = delimiter.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const field = new RegExp(`("(?:[^"]|"")*"|.*?)(${separator}|$)`, 'gs')
  const cells: string[] = []
  for (const [, text = '', end] of line.trimEnd().matchAll(field)) {
    cells.push(/^".*"$/s.test(text) && text.length > 1 ? text.slice(1, -1).replaceAll('""', '"') : text)
    if (end === '') break
  }
  return cells
}
