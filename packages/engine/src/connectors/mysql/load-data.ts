import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { sql } from '../../sql/index.ts'
import type { RowSender, SentRows } from './row-sender.ts'
import type { MysqlSession } from './session.ts'
import { quoteName } from './text.ts'
import { rowNumber, type WriteColumn } from './writing.ts'

/** `NULL` without quotes is NULL, with quotes it is a text; nothing is escaped but quotes, by doubling them. */
const format = sql`(FORMAT csv, HEADER false, DELIMITER ',', QUOTE '"', ESCAPE '"', NULLSTR 'NULL', FORCE_QUOTE *)`
const options = `CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"' ESCAPED BY '' LINES TERMINATED BY '\\n'`

/** Columns, and what is set, for cells in this order. */
function loadList(columns: readonly WriteColumn[]): string {
  const targets = columns.map(({ name, conversion }, place) => (conversion ? `@v${place}` : quoteName(name)))
  const set = columns.flatMap(({ name, conversion }, place) =>
    conversion ? [`${quoteName(name)} = ${conversion.join(`@v${place}`)}`] : [],
  )
  return `(${[rowNumber, ...targets].join(', ')})${set.length > 0 ? ` SET ${set.join(', ')}` : ''}`
}

/** Rows by LOAD DATA LOCAL: one statement for a file. */
export function loadData(session: MysqlSession, table: string, columns: readonly WriteColumn[]): RowSender {
  const statement = `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${table} ${options} ${loadList(columns)}`
  return {
    cells: columns.map(({ cell }) => cell),
    format,
    unsendable: [],
    async *send(file): AsyncGenerator<SentRows> {
      const { size } = await stat(file)
      if (size === 0) return
      const bytes = createReadStream(file, { highWaterMark: 2 ** 18 })
      const { warningStatus, info } = await session.load(statement, bytes)
      const skipped = /Skipped: (\d+)/.exec(info)?.[1]
      yield { bytes: size, warnings: warningStatus, skipped: Number(skipped) }
    },
  }
}
