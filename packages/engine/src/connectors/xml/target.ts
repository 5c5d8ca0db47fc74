import { type FileHandle, open } from 'node:fs/promises'
import { type Column, kindOf } from '../../model/index.ts'
import { fail } from '../../problems/index.ts'
import type { ConnectorContext, TargetRuntime } from '../../spec/index.ts'
import { identifier, join, type Sql, sql } from '../../sql/index.ts'
import { fileCommit, openFileTarget } from '../files/file-target.ts'
import { encodeName } from './names.ts'
import type { XmlTargetSettings, xml } from './spec.ts'

/** Cells that are read from DuckDB at once. */
const batchCells = 50_000

/** What XML 1.0 cannot hold, not even as a character reference. */
const impossible = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u
const everyImpossible = new RegExp(impossible, 'gu')

const textEscapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // Parsers make a line break of a bare carriage return, and in attributes a space of all three.
  '\r': '&#xD;',
  '\n': '&#xA;',
  '\t': '&#x9;',
}
const escapeText = (text: string): string => text.replace(/[&<>\r]/g, (found) => textEscapes[found] ?? found)
const escapeAttribute = (text: string): string =>
  text.replace(/[&<>"\r\n\t]/g, (found) => textEscapes[found] ?? found)

/** How one column is written. */
interface Cell {
  readonly column: string
  /** The key of its text in a staged row. */
  readonly key: string
  readonly name: string
  readonly isAttribute: boolean
}

function cellOf({ name }: Column, index: number): Cell {
  const isAttribute = name.length > 1 && name.startsWith('@')
  const encoded = encodeName(isAttribute ? name.slice(1) : name)
  return {
    column: name,
    key: `c${index}`,
    // An attribute of this very name would declare a namespace.
    name: isAttribute && encoded === 'xmlns' ? '_x0078_mlns' : encoded,
    isAttribute,
  }
}

/** A column as text: structures as JSON, bytes as hexadecimal, all else as DuckDB prints it. */
function textOf({ name, type }: Column): Sql {
  const kind = kindOf(type)
  if (kind === 'binary') return sql`hex(${identifier(name)})`
  const isNested = kind === 'list' || kind === 'struct' || type.startsWith('MAP(')
  return isNested
    ? sql`CAST(to_json(${identifier(name)}) AS VARCHAR)`
    : sql`CAST(${identifier(name)} AS VARCHAR)`
}

class RowWriter {
  readonly #context: ConnectorContext
  readonly #settings: XmlTargetSettings
  readonly #attributes: readonly Cell[]
  readonly #elements: readonly Cell[]
  readonly #name: string

  constructor(context: ConnectorContext, settings: XmlTargetSettings, cells: readonly Cell[]) {
    this.#context = context
    this.#settings = settings
    this.#attributes = cells.filter(({ isAttribute }) => isAttribute)
    this.#elements = cells.filter(({ isAttribute }) => !isAttribute)
    this.#name = encodeName(settings.row)
  }

  /** One row as lines of XML; `number` is its place among the rows, for problems. */
  write(row: Readonly<Record<string, string | null>>, number: number): string {
    let attributes = ''
    for (const cell of this.#attributes) {
      const text = this.#checked(row[cell.key] ?? null, cell, number)
      if (text !== null) attributes += ` ${cell.name}="${escapeAttribute(text)}"`
    }
    let elements = ''
    for (const cell of this.#elements) {
      const text = this.#checked(row[cell.key] ?? null, cell, number)
      if (text !== null) elements += `    <${cell.name}>${escapeText(text)}</${cell.name}>\n`
      else if (this.#settings.missing === 'nil') elements += `    <${cell.name} xsi:nil="true"/>\n`
    }
    if (elements === '') return `  <${this.#name}${attributes}/>\n`
    return `  <${this.#name}${attributes}>\n${elements}  </${this.#name}>\n`
  }

  #checked(text: string | null, { column }: Cell, number: number): string | null {
    const found = text === null ? null : impossible.exec(text)
    if (text === null || found === null) return text
    if (this.#settings.impossible === 'replace') return text.replace(everyImpossible, '\uFFFD')
    const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    return fail(
      'target.failed',
      {
        path: this.#settings.path,
        detail: {
          en: `the column “${column}” has the character U+${code} in row ${number}, which XML cannot hold`,
          zh: `列“${column}”第 ${number} 行含有 XML 不允许的字符 U+${code}`,
        },
      },
      { nodeId: this.#context.nodeId, field: 'impossible' },
    )
  }
}

async function writeRows(
  context: ConnectorContext,
  settings: XmlTargetSettings,
  handle: FileHandle,
  relation: Sql,
  columns: readonly Column[],
): Promise<number> {
  const cells = columns.map(cellOf)
  // One pass over the rows; the table keeps them in place while they are read in parts.
  const staged = `${context.nodeId} staged`
  const texts = columns.map((column, index) => sql`${textOf(column)} AS ${identifier(`c${index}`)}`)
  const rows = await context.execute(
    sql`CREATE OR REPLACE TEMP TABLE ${identifier(staged)} AS SELECT ${join(texts)}, row_number() OVER () AS "__mr_order" FROM ${relation}`,
  )
  const root = encodeName(settings.root)
  const nil = settings.missing === 'nil' ? ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' : ''
  await handle.write(`<?xml version="1.0" encoding="UTF-8"?>\n<${root}${nil}>\n`)
  const writer = new RowWriter(context, settings, cells)
  const batchRows = Math.max(1, Math.floor(batchCells / columns.length))
  for (let start = 0; start < rows; start += batchRows) {
    context.signal.throwIfAborted()
    const batch = await context.query(
      sql`SELECT * FROM ${identifier(staged)} WHERE "__mr_order" > ${start} AND "__mr_order" <= ${start + batchRows} ORDER BY "__mr_order"`,
    )
    // `appendFile` goes on where the last piece ended, and writes all of it.
    await handle.appendFile(batch.map((row, index) => writer.write(row, start + index + 1)).join(''))
    context.progress(start + batch.length)
  }
  await handle.appendFile(`</${root}>\n`)
  await context.execute(sql`DROP TABLE ${identifier(staged)}`)
  return rows
}

export const xmlTarget: TargetRuntime<typeof xml.target.settings> = {
  open: (context, settings) =>
    openFileTarget(context, settings.path, async (file, { relation, columns }) => {
      const handle = await open(file, 'w')
      try {
        return await writeRows(context, settings, handle, relation, columns)
      } finally {
        await handle.close()
      }
    }),
  ...fileCommit,
}
