import { sameName } from '../../model/column.ts'
import { fail } from '../../problems/index.ts'
import {
  type ConnectorContext,
  nameInSource,
  type SourceColumn,
  type SourceRuntime,
} from '../../spec/index.ts'
import { identifier, join, sql, type Value } from '../../sql/index.ts'
import { detectLanded, type Landed, landedColumns, openLanded } from '../files/landed-source.ts'
import { openXml, parseXml, type XmlHandler, type XmlInput } from './reader.ts'
import { findRows, matchRows } from './row-path.ts'
import { RowBuilder, withinRows } from './rows.ts'
import { layColumns, type Shape, ShapeRecorder } from './shape.ts'
import type { XmlSourceSettings, xml } from './spec.ts'

/** Cells that are handed to DuckDB at once. */
const batchCells = 50_000
/**
 * Columns that a table of its own may have. DuckDB reserves some 60 KiB for each column that is
 * appended to; rows of more cells are landed as one list each, with a view over it.
 */
const mostAppended = 1000
/** Rows of each file from which the columns are learnt first; all are, where a later row differs. */
const learnedRows = 10_000

async function parseWhole(context: ConnectorContext, input: XmlInput, handler: XmlHandler): Promise<void> {
  for await (const _ of parseXml(context, input, handler)) if (handler.done) return
}

/** The row element as the setting has it, or as the first file that tells shows it. */
async function rowPathOf(
  context: ConnectorContext,
  settings: XmlSourceSettings,
  inputs: readonly XmlInput[],
): Promise<string> {
  const wanted = settings.rowPath.trim()
  if (wanted !== '') return wanted
  let single: string | undefined
  for (const input of inputs) {
    const finder = findRows()
    await parseWhole(context, input, finder)
    if (finder.repeating !== undefined) return finder.repeating
    single ??= finder.single
  }
  if (single !== undefined) return single
  // A document with a root element alone is a list of no rows, for which the columns must be known.
  if (settings.columns.length === 0)
    fail('file.empty', { path: settings.path }, { nodeId: context.nodeId, field: 'path' })
  return '/*/*'
}

/** Rows that may still be read, where only a sample is wanted. */
const remaining = (context: ConnectorContext, rows: number): number =>
  context.sample === undefined ? Number.POSITIVE_INFINITY : Math.max(0, context.sample - rows)

/** What was learnt of the rows of all files. */
interface Learned {
  readonly shape: Shape
  readonly found: readonly { readonly name: string; readonly type: string }[]
  readonly rows: number
}

/** Learns the columns, from `most` rows of each file or from all. */
async function learn(
  context: ConnectorContext,
  settings: XmlSourceSettings,
  inputs: readonly XmlInput[],
  rowPath: string,
  most: number,
): Promise<Learned> {
  const recorder = new ShapeRecorder()
  let rows = 0
  let parentSeen = false
  for (const input of inputs) {
    const matcher = matchRows(rowPath)
    const handler = withinRows(matcher, Math.min(most, remaining(context, rows)), recorder)
    await parseWhole(context, input, handler)
    rows += handler.rows
    parentSeen ||= matcher.parentSeen
  }
  // With known columns a document without rows is an answer, unless the place of the rows is not there either.
  if (rows === 0 && !(parentSeen && settings.columns.length > 0))
    fail(
      'file.unreadable',
      {
        path: settings.path,
        detail: { en: `it has no element “${rowPath}”`, zh: `其中没有元素“${rowPath}”` },
      },
      { nodeId: context.nodeId, field: 'rowPath' },
    )
  return { shape: recorder.root, found: rows === 0 ? [] : layColumns(recorder.root), rows }
}

/** The rows of all files in batches; ends early where a row has not the shape that was learnt. */
class RowReading {
  readonly #context: ConnectorContext
  readonly #inputs: readonly XmlInput[]
  readonly #rowPath: string
  readonly #learned: Learned
  rows = 0
  strange = false

  constructor(context: ConnectorContext, inputs: readonly XmlInput[], rowPath: string, learned: Learned) {
    this.#context = context
    this.#inputs = inputs
    this.#rowPath = rowPath
    this.#learned = learned
  }

  /** Rows with `missing` empty cells before those that were found. */
  async *batches(missing: number): AsyncGenerator<Value[][]> {
    const { shape, found } = this.#learned
    const batchRows = Math.max(1, Math.floor(batchCells / (found.length + missing + 2)))
    const absent: null[] = new Array<null>(missing).fill(null)
    const padded = (rows: Value[][]) => (missing === 0 ? rows : rows.map((row) => [...absent, ...row]))
    for (const input of this.#inputs) {
      const builder = new RowBuilder(shape, found.length, input.name)
      const most = remaining(this.#context, this.rows)
      const handler = withinRows(matchRows(this.#rowPath), most, builder)
      for await (const _ of parseXml(this.#context, input, handler)) {
        this.strange = builder.strange
        if (this.strange) return
        if (builder.gathered < batchRows && !handler.done) continue
        this.#context.progress(this.rows + handler.rows)
        yield padded(builder.take())
        if (handler.done) break
      }
      yield padded(builder.take())
      this.rows += handler.rows
    }
  }
}

/** Names of the landed columns, and those of them that the user has but no row does. */
function alignNames(found: readonly string[], wanted: readonly SourceColumn[]) {
  const byName = new Map(found.map((name, index) => [name.toLowerCase(), index]))
  const names = [...found]
  const missing: string[] = []
  const matched = new Set(wanted.flatMap((column) => byName.get(nameInSource(column).toLowerCase()) ?? []))
  for (const [index, column] of wanted.entries()) {
    const name = nameInSource(column)
    const at = byName.get(name.toLowerCase())
    // As in every file source a column that was renamed is found by its place; here only where there
    // are as many as before, as elements may be left out of a file.
    const isPart = name.startsWith(`${found[index]}.`)
    const renamed = at === undefined && wanted.length === found.length && !matched.has(index) && !isPart
    if (at !== undefined || renamed) names[at ?? index] = name
    else if (!missing.some((other) => sameName(other, name))) missing.push(name)
  }
  return { names, missing }
}

/** Lands rows with the columns of `names`, `__mr_file` and `__mr_line`; returns the table or view to read. */
async function append(
  context: ConnectorContext,
  table: string,
  names: readonly string[],
  batches: AsyncIterable<Value[][]>,
): Promise<string> {
  if (names.length <= mostAppended) {
    await context.appendRows(table, landedColumns(names), batches)
    return table
  }
  const texts = `${context.nodeId} texts`
  const lists = `${context.nodeId} lists`
  const view = `${context.nodeId} wide rows`
  await context.execute(sql`DROP TABLE IF EXISTS ${identifier(texts)}`)
  await context.appendRows(texts, landedColumns(['cells']), packed(batches, names.length))
  await context.execute(
    sql`CREATE OR REPLACE TEMP TABLE ${identifier(lists)} AS SELECT from_json(cells, '["VARCHAR"]') AS cells, "__mr_file", "__mr_line" FROM ${identifier(texts)}`,
  )
  await context.execute(sql`DROP TABLE ${identifier(texts)}`)
  const cells = names.map((name, index) => sql`cells[${index + 1}] AS ${identifier(name)}`)
  await context.execute(
    sql`CREATE OR REPLACE TEMP VIEW ${identifier(view)} AS SELECT ${join(cells)}, "__mr_file", "__mr_line" FROM ${identifier(lists)}`,
  )
  return view
}

/** Rows with their first `width` cells as one JSON list. */
async function* packed(batches: AsyncIterable<Value[][]>, width: number): AsyncGenerator<Value[][]> {
  for await (const batch of batches)
    yield batch.map((row) => [JSON.stringify(row.slice(0, width)), ...row.slice(width)])
}

async function land(
  context: ConnectorContext,
  settings: XmlSourceSettings,
): Promise<Landed & { found: SourceColumn[]; rowPath: string; rows: number }> {
  const inputs: XmlInput[] = []
  for (const file of await context.resolvePattern(settings.path))
    inputs.push(await openXml(context, settings, file))
  const rowPath = await rowPathOf(context, settings, inputs)
  for (const most of [learnedRows, Number.POSITIVE_INFINITY]) {
    const learned = await learn(context, settings, inputs, rowPath, most)
    const { names, missing } = alignNames(
      learned.found.map(({ name }) => name),
      settings.columns,
    )
    checkLists(context, learned, missing)
    const reading = new RowReading(context, inputs, rowPath, learned)
    const table = `${context.nodeId} rows`
    await context.execute(sql`DROP TABLE IF EXISTS ${identifier(table)}`)
    const all = [...missing, ...names]
    const landed = await append(context, table, all, reading.batches(missing.length))
    if (reading.strange) continue
    const found = learned.found.map(({ type }, index) => ({ name: names[index] ?? '', type, format: '' }))
    return { table: landed, names: all, found, rowPath, rows: reading.rows }
  }
  return fail(
    'file.unreadable',
    {
      path: settings.path,
      detail: { en: 'it was changed while it was being read', zh: '读取期间文件被改动，请重试' },
    },
    { nodeId: context.nodeId, field: 'path' },
  )
}

/** A column inside an element that turns out to repeat would be empty in silence. */
function checkLists(context: ConnectorContext, { found }: Learned, missing: readonly string[]): void {
  for (const { name, type } of found) {
    const inside = type === 'JSON' && missing.find((other) => other.startsWith(`${name}.`))
    if (inside)
      fail(
        'file.unreadable',
        {
          path: name,
          detail: {
            en: `the element repeats, so “${inside}” is in a list; find the columns again`,
            zh: `该元素重复出现，“${inside}”在列表中，请重新识别列`,
          },
        },
        { nodeId: context.nodeId, field: 'columns' },
      )
  }
}

export const xmlSource: SourceRuntime<typeof xml.source.settings> = {
  async open(context, settings) {
    const landed = await land(context, settings)
    return {
      ...openLanded(context, landed, { ...settings, found: landed.found }),
      estimatedRows: landed.rows,
    }
  },
  async detect(context, settings) {
    const landed = await land(context, { ...settings, columns: [] })
    const detection = await detectLanded(context, landed)
    const lists = new Set(landed.found.filter(({ type }) => type === 'JSON').map(({ name }) => name))
    const typed = <Item extends { name: string; type: string; format: string }>(item: Item): Item =>
      lists.has(item.name) ? { ...item, type: 'JSON', format: '' } : item
    const evidence = detection.evidence.map(typed)
    const columns = evidence.map(({ name, type, format }) => ({ name, type, format }))
    return { settings: { rowPath: landed.rowPath, columns }, evidence, sampled: detection.sampled }
  },
}
