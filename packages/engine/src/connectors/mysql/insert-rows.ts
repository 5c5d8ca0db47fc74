import { open } from 'node:fs/promises'
import { type Fault, join, type Sql, sql } from '../../sql/index.ts'
import type { RowSender, SentRows } from './row-sender.ts'
import type { MysqlSession } from './session.ts'
import { quoteName } from './text.ts'
import { rowNumber, type WriteColumn } from './writing.ts'

const lineFeed = 10
/** Bytes of a statement, unless a single row is longer. */
const usualStatement = 2 ** 20
/** More than a number, a date or a time is printed with, its quotes and comma included. */
const shortCell = 64

/** The driver cuts longer statements into packets of this many bytes, and sends one too many where the last lacks up to a few. */
const packetBytes = 2 ** 24 - 1
const spare = 16

/** The literals stand as they are. */
const format = sql`(FORMAT csv, HEADER false, DELIMITER ',', QUOTE '', ESCAPE '', NULLSTR 'NULL')`
/** What stands between two rows of a statement, with the end of their line. */
const between = '),(\n'

/** As a literal in one line, in sessions whose `sql_mode` lets a backslash escape; NULL for NULL. */
function literalOf({ cell, isText, conversion: [before, after] = ['', ''] }: WriteColumn): Sql {
  const escaped = isText
    ? sql`replace(replace(replace(${cell}, ${'\\'}, ${'\\\\'}), '''', ${"\\'"}), chr(10), ${'\\n'})`
    : sql`CAST(${cell} AS VARCHAR)`
  return sql`${`${before}'`} || ${escaped} || ${`'${after}`}`
}

/** Rows for which one statement, of at most `room` bytes after its beginning, has no place. */
function tooLong(columns: readonly WriteColumn[], room: number): Fault[] {
  const texts = columns.filter(({ isText }) => isText)
  if (texts.length === 0) return []
  const left = room - (columns.length + 1 - texts.length) * shortCell
  const sum = (lengths: readonly Sql[]) => sql`(${join(lengths, ' + ')})`
  const atMost = sum(texts.map(({ cell }) => sql`coalesce(strlen(${cell}) * 2 + ${shortCell}, 4)`))
  const exactly = sum(texts.map((column) => sql`coalesce(strlen(${literalOf(column)}) + 1, 5)`))
  return [
    {
      // Most rows are short, and need not be written out for it.
      fails: sql`CASE WHEN ${atMost} > ${left} THEN ${exactly} > ${left} ELSE false END`,
      column: '',
      value: sql`CAST(NULL AS VARCHAR)`,
      rule: 'type',
      reason: sql`${`the row is longer than a statement may be: max_allowed_packet leaves ${left} bytes`}`,
    },
  ]
}

interface Piece {
  /** Good until the next piece. */
  readonly lines: Buffer
  readonly rows: number
}

/** The first lines of what was read, at most `mostRows`; the last of them whole. */
function firstLines(read: Buffer, mostRows: number): Piece {
  let end = 0
  let rows = 0
  while (rows < mostRows) {
    const next = read.indexOf(lineFeed, end)
    if (next < 0) break
    end = next + 1
    rows++
  }
  return { lines: read.subarray(0, end), rows }
}

/** Cuts the lines of a file into pieces of at most `mostBytes`, or of one line that is longer, and at most `mostRows`. */
async function* piecesOf(file: string, mostBytes: number, mostRows: number): AsyncGenerator<Piece> {
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    const usual = Buffer.allocUnsafe(Math.min(mostBytes, size))
    let buffer = usual
    for (let from = 0; from < size; ) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, from)
      const piece = firstLines(buffer.subarray(0, bytesRead), buffer === usual ? mostRows : 1)
      if (piece.rows > 0) {
        yield piece
        from += piece.lines.length
        buffer = usual
      } else if (bytesRead < buffer.length) throw new Error(`${file} ends within a line`)
      else buffer = Buffer.allocUnsafe(buffer.length * 2)
    }
  } finally {
    await handle.close()
  }
}

/**
 * Rows as the VALUES of INSERT statements, for servers that take no files. IGNORE makes of errors the same
 * warnings that LOAD DATA LOCAL gives.
 * @param longest bytes that the server takes as one statement: its `max_allowed_packet`
 * @param mostRows rows of a statement
 */
export function insertRows(
  session: MysqlSession,
  table: string,
  columns: readonly WriteColumn[],
  longest: number,
  mostRows: number,
): RowSender {
  const names = [rowNumber, ...columns.map(({ name }) => quoteName(name))].join(', ')
  const start = `INSERT IGNORE INTO ${table} (${names}) VALUES (`
  const room = longest - Buffer.byteLength(start) - 2 * spare
  const literals = columns.map(literalOf)
  // Each line ends as the middle of a statement does.
  const cells = literals.map((literal, place) =>
    place < literals.length - 1 ? literal : sql`coalesce(${literal}, 'NULL') || '),('`,
  )
  return {
    cells,
    format,
    unsendable: tooLong(columns, room),
    async *send(file): AsyncGenerator<SentRows> {
      for await (const { lines, rows } of piecesOf(file, Math.min(room, usualStatement), mostRows)) {
        const values = lines.toString('utf8', 0, lines.length - between.length)
        const bytes = Buffer.byteLength(start) + lines.length - between.length + 1
        const padding = ' '.repeat(bytes % packetBytes > packetBytes - spare ? spare : 0)
        const { affectedRows, warningStatus } = await session.run(`${start}${values})${padding}`)
        yield {
          bytes: lines.length,
          warnings: warningStatus,
          skipped: rows - affectedRows,
        }
      }
    },
  }
}
