import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { fail } from '../../problems/index.ts'
import {
  type ConnectorContext,
  type Detection,
  type OpenedSource,
  type SourceRuntime,
  unfitMarker,
} from '../../spec/index.ts'
import { and, identifier, join, literal, type Sql, sql } from '../../sql/index.ts'
import { endlessLineAt, type PlainFile, readHead, toPlainFile } from '../files/byte-source.ts'
import { conform } from '../files/conform.ts'
import { detectTypes } from '../files/detect-types.ts'
import { displayName } from '../files/located.ts'
import { type AgreedColumns, agreedColumns, rawNames } from '../files/source-columns.ts'
import { columnNames, type Dialect, dialectOf, splitRecords } from './dialect.ts'
import { endlessRecordAt } from './endless-record.ts'
import type { CsvSourceSettings, csv } from './spec.ts'

/** Bytes that one line may have; longer ones are rejected. */
const longestLine = 4 * 2 ** 20
/** Rows that detection looks at. */
const detectedRows = 100_000

interface Part {
  /** As the flow names it. */
  readonly name: string
  readonly plain: PlainFile
  readonly names: readonly string[]
  readonly dialect: Dialect
  readonly bytesPerRow: number
}

async function openPart(context: ConnectorContext, settings: CsvSourceSettings, file: string): Promise<Part> {
  const name = displayName(settings.path, file)
  const plain = await toPlainFile(context, file, name, settings.encoding)
  const text = (await readHead(plain.path)).toString('utf8').replace(/^\uFEFF/, '')
  const dialect = dialectOf(settings, text.slice(0, 2 ** 18))
  const endless = (await endlessLineAt(plain.path)) ?? (await endlessRecordAt(plain.path, dialect))
  if (endless !== undefined)
    fail(
      'file.unreadable',
      {
        path: name,
        detail: {
          en: `from byte ${endless} on, no row ends within 32 MiB`,
          zh: `从第 ${endless} 字节起，32 MiB 内没有行结束`,
        },
      },
      { nodeId: context.nodeId, field: 'path' },
    )
  const records = splitRecords(text, dialect.delimiter, dialect.quote, 100)
  const [first] = records
  if (!first) return fail('file.empty', { path: name }, { nodeId: context.nodeId, field: 'path' })
  const bytesPerRow = Math.max(1, Buffer.byteLength(text.slice(0, 65536)) / countLines(text.slice(0, 65536)))
  return { name, plain, names: columnNames(first, dialect.header), dialect, bytesPerRow }
}

const countLines = (text: string): number => Math.max(1, text.split('\n').length - 1)

const option = (value: string): Sql => literal(value)

/** The scan of one file: every column as text, faulty lines set aside in `rejectsTable`. */
function scan(part: Part, settings: CsvSourceSettings, rejectsTable: string | undefined): Sql {
  const { delimiter, quote, header } = part.dialect
  const columns = join(part.names.map((name) => sql`${option(name)}: 'VARCHAR'`))
  const rejects =
    rejectsTable === undefined
      ? sql`ignore_errors = true`
      : sql`store_rejects = true, rejects_table = ${rejectsTable}, rejects_scan = ${`${rejectsTable}_scans`}`
  return sql`read_csv(${part.plain.path}, auto_detect = false, header = ${header}, delim = ${delimiter}, quote = ${quote}, escape = ${quote}, nullstr = ${settings.nullMarkers}, max_line_size = ${longestLine}, ${rejects}, columns = {${columns}})`
}

class CsvSource {
  readonly #context: ConnectorContext
  readonly #settings: CsvSourceSettings
  readonly #parts: readonly Part[]
  readonly #agreed: AgreedColumns

  constructor(context: ConnectorContext, settings: CsvSourceSettings, parts: readonly Part[]) {
    this.#context = context
    this.#settings = settings
    this.#parts = parts
    const [first] = parts
    const { names, name: path } = first ?? { names: [], name: settings.path }
    this.#agreed = agreedColumns({ ...settings, context, names, path, byPlace: !settings.header })
  }

  async open(): Promise<OpenedSource> {
    const { fileColumn } = this.#settings
    for (const index of this.#parts.keys()) await this.#declareLines(index)
    const { wanted, notices } = this.#agreed
    const columns = wanted.map(({ name, type }) => ({ name, type }))
    if (fileColumn !== '') columns.push({ name: fileColumn, type: 'VARCHAR' })
    const each = (mode: 'assert' | 'guard') =>
      union(this.#parts.map((part, index) => this.#select(part, index, mode)))
    return {
      columns,
      notices,
      select: union(this.#parts.map((part, index) => this.#select(part, index, 'filter'))),
      strict: { select: each('assert'), guarded: each('guard') },
      selectWithPosition: union(this.#parts.map((part, index) => this.#select(part, index, 'position'))),
      line: this.#line,
      rejects: (provenFit) => this.#rejects(provenFit),
    }
  }

  #conformed(part: Part) {
    const columns = this.#agreed.wanted
    const raw = rawNames({
      context: this.#context,
      path: part.name,
      columns,
      newColumns: this.#settings.newColumns,
      names: part.names,
      byPlace: !this.#settings.header,
    })
    return conform(raw, columns, this.#settings)
  }

  /** Rows in which a byte could not be decoded carry U+FFFD; a file that was UTF-8 may hold one by right. */
  #decoded(part: Part): Sql | undefined {
    if (!part.plain.transcoded) return undefined
    return sql`NOT contains(concat_ws('', ${join(part.names.map(identifier))}), chr(65533))`
  }

  #fits(part: Part): Sql | undefined {
    const parts = [this.#conformed(part).fits, this.#decoded(part)].filter((fits) => fits !== undefined)
    return parts.length === 0 ? undefined : and(parts)
  }

  /** Makes the table of the lines that the reader set aside, without any as yet. */
  async #declareLines(index: number): Promise<Sql> {
    const table = identifier(`${this.#rejectsTable(index)}_lines`)
    await this.#context.execute(
      sql`CREATE OR REPLACE TEMP TABLE ${table} (position BIGINT, line BIGINT, skipped BIGINT)`,
    )
    return table
  }

  #rejectsTable(index: number): string {
    // The reader takes these names as bare identifiers; ids of nodes have no underscore, so none clash.
    return `rejects_${this.#context.nodeId.replaceAll('-', '_')}_${index}`
  }

  #select(part: Part, index: number, mode: 'filter' | 'assert' | 'guard' | 'position'): Sql {
    const { selectList } = this.#conformed(part)
    const fits = this.#fits(part)
    const { fileColumn } = this.#settings
    const file = fileColumn === '' ? sql`` : sql`, ${part.name} AS ${identifier(fileColumn)}`
    const list = sql`SELECT ${selectList}${file}`
    if (mode === 'position') {
      const condition = fits === undefined ? sql`` : sql` WHERE ${fits}`
      return sql`${list}, "__mr_file", "__mr_line" FROM ${this.#positioned(part, index)}${condition}`
    }
    const scanned = scan(part, this.#settings, this.#rejectsTable(index))
    if (fits === undefined) return sql`${list} FROM ${scanned}`
    if (mode === 'filter') return sql`${list} FROM ${scanned} WHERE ${fits}`
    const asserted = sql`FROM ${scanned} WHERE CASE WHEN ${fits} THEN true ELSE error(${unfitMarker}) END`
    if (mode === 'assert') return sql`${list} ${asserted}`
    // DuckDB takes no condition past a sample; this one lets every row through.
    return sql`${list} FROM (SELECT * ${asserted}) TABLESAMPLE SYSTEM (100 PERCENT)`
  }

  /**
   * The scan with each row's place: the line it would stand on if the reader had not skipped any.
   * The reader counts records, so line breaks inside earlier rows are added.
   */
  #positioned(part: Part, index: number): Sql {
    const breaks = join(
      part.names.map((name) => {
        const text = identifier(name)
        return sql`CASE WHEN contains(${text}, chr(10)) THEN strlen(${text}) - strlen(replace(${text}, chr(10), '')) ELSE 0 END`
      }),
      ' + ',
    )
    const raw = sql`SELECT *, row_number() OVER () AS "__mr_row", coalesce(sum(${breaks}) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS "__mr_breaks" FROM ${scan(part, this.#settings, this.#rejectsTable(index))}`
    const header = part.dialect.header ? 1 : 0
    return sql`(SELECT * EXCLUDE ("__mr_row", "__mr_breaks"), ${part.name} AS "__mr_file", CAST("__mr_row" + "__mr_breaks" + ${header} AS BIGINT) AS "__mr_line" FROM (${raw}))`
  }

  /** A place with the lines before it that the reader set aside or that were blank. */
  get #line(): Sql {
    const cases = this.#parts.map(({ name }, index) => {
      const skipped = sql`(SELECT list(skipped) FROM ${identifier(`${this.#rejectsTable(index)}_lines`)})`
      return sql`WHEN ${name} THEN "__mr_line" + coalesce(len(list_filter(${skipped}, lambda line: line <= "__mr_line")), 0)`
    })
    return sql`CASE "__mr_file" ${join(cases, ' ')} END`
  }

  async #rejects(provenFit: boolean): Promise<Sql> {
    const selects: Sql[] = []
    for (const [index, part] of this.#parts.entries()) {
      const structural = await this.#structural(part, index)
      selects.push(structural)
      const fits = this.#fits(part)
      if (provenFit || fits === undefined) continue
      const { faults } = this.#conformed(part)
      const undecoded = this.#decoded(part)
      const all = undecoded
        ? sql`list_concat(${faults}, CASE WHEN ${undecoded} THEN [] ELSE [{'column': '', 'value': NULL, 'rule': 'encoding', 'reason': ${`bytes that are not ${part.plain.encoding}`}}] END)`
        : faults
      const row = sql`CAST(json_object(${join(part.names.map((name) => sql`${name}, ${identifier(name)}`))}) AS VARCHAR)`
      selects.push(
        sql`SELECT "__mr_file", ${this.#line} AS "__mr_line", ${row} AS "__mr_row", ${all} AS "__mr_faults" FROM ${this.#positioned(part, index)} WHERE NOT (${fits})`,
      )
    }
    return sql`SELECT "__mr_file", "__mr_line", "__mr_row", "__mr_faults" FROM (${union(selects)})`
  }

  /** The lines that the reader set aside, one row each, with their physical line numbers. */
  async #structural(part: Part, index: number): Promise<Sql> {
    const found = identifier(this.#rejectsTable(index))
    // A join with an empty side may never have begun to read this one; then nobody has looked for faults.
    const [scanned] = await this.#context.query(
      sql`SELECT count(*) AS n FROM duckdb_tables() WHERE table_name = ${this.#rejectsTable(index)}`,
    )
    if (scanned?.['n'] === '0')
      await this.#context.query(
        sql`SELECT count(*) FROM ${scan(part, this.#settings, this.#rejectsTable(index))}`,
      )
    const offsets = await this.#context.query(
      sql`SELECT DISTINCT line_byte_position AS position FROM ${found} ORDER BY position`,
    )
    const lines = await linesAt(
      part.plain.path,
      offsets.map((row) => Number(row['position'])),
    )
    const table = await this.#declareLines(index)
    const values = lines.map(([position, line], order) => sql`(${position}, ${line}, ${line - order})`)
    if (values.length > 0) await this.#context.execute(sql`INSERT INTO ${table} VALUES ${join(values)}`)
    const fault = sql`{'column': coalesce(column_name, ''), 'value': CAST(NULL AS VARCHAR), 'rule': 'malformed', 'reason': error_message}`
    return sql`SELECT ${part.name} AS "__mr_file", any_value(line_table.line) AS "__mr_line", any_value(csv_line) AS "__mr_row", list_sort(list(DISTINCT ${fault})) AS "__mr_faults" FROM ${found} JOIN ${table} AS line_table ON line_byte_position = position GROUP BY line_byte_position`
  }
}

const union = (selects: readonly Sql[]): Sql => join(selects, ' UNION ALL ')

/** The 1-based line on which each byte position stands, by one pass over the file. */
async function linesAt(
  file: string,
  positions: readonly number[],
): Promise<[position: number, line: number][]> {
  const found: [number, number][] = []
  const last = positions.at(-1)
  if (last === undefined) return found
  let offset = 0
  let line = 1
  let next = 0
  for await (const chunk of createReadStream(file, { end: Math.max(0, last) })) {
    const bytes: Buffer = chunk
    let from = 0
    while (next < positions.length && (positions[next] ?? 0) < offset + bytes.length) {
      const to = (positions[next] ?? 0) - offset
      line += countBreaks(bytes.subarray(from, to))
      found.push([positions[next] ?? 0, line])
      from = to
      next++
    }
    line += countBreaks(bytes.subarray(from))
    offset += bytes.length
  }
  for (; next < positions.length; next++) found.push([positions[next] ?? 0, line])
  return found
}

function countBreaks(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count++
  return count
}

async function openParts(context: ConnectorContext, settings: CsvSourceSettings): Promise<Part[]> {
  const parts: Part[] = []
  for (const file of await context.resolvePattern(settings.path))
    parts.push(await openPart(context, settings, file))
  return parts
}

export const csvSource: SourceRuntime<typeof csv.source.settings> = {
  async open(context, settings) {
    const parts = await openParts(context, settings)
    const rows = await Promise.all(
      parts.map(async ({ plain, bytesPerRow }) => (await stat(plain.path)).size / bytesPerRow),
    )
    const estimatedRows = Math.round(rows.reduce((sum, count) => sum + count, 0))
    return { ...(await new CsvSource(context, settings, parts).open()), estimatedRows }
  },

  async detect(context, settings): Promise<Detection> {
    const parts = await openParts(context, { ...settings, columns: [] })
    const [first] = parts
    if (!first)
      return fail('file.noMatch', { pattern: settings.path }, { nodeId: context.nodeId, field: 'path' })
    const all = join(
      parts.map(
        (part) =>
          sql`(SELECT ${join(part.names.map(identifier))} FROM ${scan(part, settings, undefined)} LIMIT ${detectedRows})`,
      ),
      ' UNION ALL BY NAME ',
    )
    const { columns, evidence, sampled } = await detectTypes(
      context,
      sql`(${all})`,
      first.names,
      settings.decimalComma,
    )
    const { delimiter } = first.dialect
    return { settings: { delimiter, encoding: first.plain.encoding, columns }, evidence, sampled }
  },
}
