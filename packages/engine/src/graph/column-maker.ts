import { type Column, type FlowNode, sameName } from '../model/index.ts'
import { fieldsOf } from '../spec/index.ts'
import { escapePlaceholders } from '../sql/column-references.ts'
import { queryColumns } from '../sql/query-columns.ts'
import { type ColumnContext, compileNode, isInferred, tablesOf } from './column-context.ts'
import { type SettingChange, withText } from './column-walk.ts'
import { type NamingSetting, namingSettings } from './naming-settings.ts'
import { type ConnectedNode, columnsAt, inputsOfArrivals, type PortColumn } from './references.ts'

type Settings = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** How a node gives a column another name. */
export interface Renaming {
  readonly node: FlowNode
  readonly changes: readonly SettingChange[]
}

/**
 * Follows a column upstream, to and with the place where a node gives it its name. A node that could
 * give it another one (a conversion with an empty “New name”) counts as that node.
 */
export async function wayToMaker(
  nodes: readonly ConnectedNode[],
  here: PortColumn,
  context: ColumnContext,
): Promise<PortColumn[]> {
  const { nodeId, port, column } = here
  const node = nodes.find((candidate) => candidate.node.id === nodeId)
  if (!node || (port !== 'rejects' && settingThatNames(node, column))) return [here]
  const before = await copiedFrom(node, here, context)
  if (!before || !sameName(before.column, column)) return [here]
  return [here, ...(await wayToMaker(nodes, before, context))]
}

/** The arriving column of which a column is an unchanged copy. */
async function copiedFrom(
  node: ConnectedNode,
  { port, column }: PortColumn,
  context: ColumnContext,
): Promise<PortColumn | undefined> {
  if (node.kind.role !== 'operator' || !isInferred(node, context)) return undefined
  if (port === 'rejects') {
    const [first] = node.kind.inputs(node.node.settings)
    const arrival = node.arrivals.find((candidate) => candidate.port === first?.name)
    const found = arrival?.columns.find(({ name }) => sameName(name, column))
    return arrival && found && { nodeId: arrival.from.node, port: arrival.from.port, column: found.name }
  }
  const text = compileNode(node, node.node.settings, inputsOfArrivals(node), context)?.outputs[port]
  if (text === undefined) return undefined
  await context.trees.load([text])
  const statement = context.trees.statement(text)
  const outputs = statement ? queryColumns(statement, tablesOf(node), undefined).outputs : []
  const index = columnsAt(context.ports, node.node.id, port).findIndex(({ name }) => sameName(name, column))
  const copy = outputs[index]?.copyOf
  const arrival = copy && node.arrivals.find(({ from }) => `${from.node}.${from.port}` === copy.table)
  return arrival && { nodeId: arrival.from.node, port: arrival.from.port, column: copy.column }
}

const settingThatNames = (node: ConnectedNode, column: string): NamingSetting | undefined =>
  namingSettings(node).find(({ text, fallback }) =>
    sameName(text.trim() || fallback, escapePlaceholders(column)),
  )

/** Gives a column that a node makes another name; undefined where no setting says how it is called. */
export function renameAtMaker(
  node: ConnectedNode,
  from: string,
  to: string,
  columns: readonly Column[],
): Renaming | undefined {
  const renaming = renameBySetting(node, from, to) ?? renameSourceColumn(node, from, to, columns)
  return renaming && withPinned(renaming, from, to)
}

function renameBySetting(node: ConnectedNode, from: string, to: string): Renaming | undefined {
  const setting = settingThatNames(node, from)
  if (!setting) return undefined
  const text = escapePlaceholders(to)
  // Under its old name the column needs no new one.
  const after = setting.text !== '' && text === setting.fallback ? '' : text
  const settings = { ...withText(node.node.settings, setting.field, after) }
  const change = { nodeId: node.node.id, field: setting.field, before: setting.text, after }
  return { node: { ...node.node, settings }, changes: [change] }
}

function renameSourceColumn(
  connected: ConnectedNode,
  from: string,
  to: string,
  columns: readonly Column[],
): Renaming | undefined {
  const { node, kind } = connected
  const list = fieldsOf(kind.settings).find(({ meta }) => meta.widget === 'sourceColumns')
  if (!list) return undefined
  const given = Object.hasOwn(node.settings, list.name) ? node.settings[list.name] : undefined
  const declared = Array.isArray(given) && given.length > 0 ? given.filter(isRecord) : undefined
  // What was found at each reading until now is written down, so that one of them can be renamed.
  const made = namingSettings(connected)
  const rows: readonly Settings[] =
    declared ??
    columns
      .filter(({ name }) => !made.some(({ text }) => sameName(text, name)))
      .map(({ name, type }) => ({ name: escapePlaceholders(name), type, format: '' }))
  const index = rows.findIndex((row) => sameName(textOf(row['name']), escapePlaceholders(from)))
  const row = rows[index]
  if (!row) return undefined
  const before = textOf(row['name'])
  const after = escapePlaceholders(to)
  const value = rows.map((other) => (other === row ? renamedRow(row, after) : other))
  return {
    node: { ...node, settings: { ...node.settings, [list.name]: value } },
    changes: [{ nodeId: node.id, field: `${list.name}.${index}.name`, before, after }],
  }
}

/** Pinned rows have columns of their own, which stand for those of the source. */
function withPinned({ node, changes }: Renaming, from: string, to: string): Renaming {
  const { pinned } = node
  const at = pinned?.columns.findIndex(({ name }) => sameName(name, from)) ?? -1
  if (!pinned || at < 0) return { node, changes }
  const columns = pinned.columns.map((column, index) => (index === at ? { ...column, name: to } : column))
  const change = { nodeId: node.id, field: `pinned.columns.${at}.name`, before: from, after: to }
  return { node: { ...node, pinned: { ...pinned, columns } }, changes: [...changes, change] }
}

/** The row of a source’s column under another name, which remembers the one in the file. */
function renamedRow(row: Settings, to: string): Settings {
  const original = textOf(row['original']) || textOf(row['name'])
  const { original: _, ...rest } = row
  return original === to ? { ...rest, name: to } : { ...rest, name: to, original }
}
