import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import type { Column, Label } from '../../model/index.ts'
import { fail } from '../../problems/index.ts'
import type { ConnectorContext, TargetRuntime } from '../../spec/index.ts'
import { identifier, join, type Sql, sql } from '../../sql/index.ts'
import { fileCommit, openFileTarget } from '../files/file-target.ts'
import { columnLetters, mostColumns, mostRows } from './area.ts'
import { cellWriter, longestCell, textCell } from './cell-xml.ts'
import type { ExcelTargetSettings, excel } from './spec.ts'
import { sheetFrame, sheetPart, styleIds, workbookParts } from './workbook-parts.ts'

const batchCells = 100_000
/** Columns up to which widths are set by their contents, and the rows that are looked at. */
const [measuredColumns, measuredRows] = [500, 1000]

interface Job {
  readonly context: ConnectorContext
  readonly settings: ExcelTargetSettings
  readonly columns: readonly Column[]
  /** The rows as text: `c0` … and `__mr_order` from 1. */
  readonly staged: Sql
  readonly rows: number
}

function refuse({ context, settings }: Pick<Job, 'context' | 'settings'>, detail: Label): never {
  return fail('target.limit', { path: settings.path, detail }, { nodeId: context.nodeId, field: 'path' })
}

function checkSize(job: Job): void {
  if (job.rows >= mostRows)
    refuse(job, {
      en: `a sheet holds ${mostRows - 1} rows below its header, and there are ${job.rows}. Filter the rows, or write CSV or Parquet.`,
      zh: `一张工作表除表头外最多 ${mostRows - 1} 行，实际有 ${job.rows} 行。请先筛选，或改写为 CSV、Parquet。`,
    })
  if (job.columns.length > mostColumns)
    refuse(job, {
      en: `a sheet holds ${mostColumns} columns, and there are ${job.columns.length}. Choose fewer columns, or write CSV or Parquet.`,
      zh: `一张工作表最多 ${mostColumns} 列，实际有 ${job.columns.length} 列。请减少列，或改写为 CSV、Parquet。`,
    })
}

function checkLength(job: Job, text: string, column: string, row: number): void {
  if (text.length <= longestCell) return
  const start = text.slice(0, 40)
  refuse(job, {
    en: `a cell holds ${longestCell} characters, and “${column}” has ${text.length} in row ${row} (“${start}…”). Shorten the text, or write CSV or Parquet.`,
    zh: `一个单元格最多 ${longestCell} 个字符，第 ${row} 行的“${column}”有 ${text.length} 个（“${start}…”）。请缩短文本，或改写为 CSV、Parquet。`,
  })
}

/** Widths of the columns in characters, wide characters counted twice; none where there are too many. */
async function widthsOf({ context, columns, staged }: Job): Promise<number[]> {
  if (columns.length > measuredColumns) return []
  const widest = columns.map((_, at) => {
    const cell = identifier(`c${at}`)
    return sql`max(length(${cell}) + (strlen(${cell}) - length(${cell})) // 2) AS ${cell}`
  })
  const [row = {}] = await context.query(
    sql`SELECT ${join(widest)} FROM ${staged} WHERE "__mr_order" <= ${measuredRows}`,
  )
  return columns.map(({ name }, at) =>
    Math.min(60, Math.max(8, Number(row[`c${at}`] ?? 0) + 2, name.length + 3)),
  )
}

/** The XML of the sheet, some thousand cells at a time. */
async function* sheetXml(job: Job): AsyncGenerator<Buffer> {
  const { context, columns, staged, rows } = job
  const letters = columns.map((_, at) => columnLetters(at))
  const { start, end } = sheetFrame(`A1:${letters.at(-1) ?? 'A'}${rows + 1}`, await widthsOf(job))
  const header = columns.map(({ name }, at) => {
    checkLength(job, name, name, 1)
    return `<c r="${letters[at]}1" s="${styleIds.header}"${textCell(name)}`
  })
  yield Buffer.from(`${start}<row r="1">${header.join('')}</row>`)
  const writers = columns.map(cellWriter)
  const most = Math.max(1, Math.floor(batchCells / Math.max(1, columns.length)))
  for (let done = 0; done < rows; done += most) {
    context.signal.throwIfAborted()
    const batch = await context.query(
      sql`SELECT * EXCLUDE ("__mr_order") FROM ${staged} WHERE "__mr_order" > ${done} AND "__mr_order" <= ${done + most} ORDER BY "__mr_order"`,
    )
    let xml = ''
    batch.forEach((row, index) => {
      const line = done + index + 2
      xml += `<row r="${line}">`
      writers.forEach((write, at) => {
        const text = row[`c${at}`] ?? null
        if (text === null) return
        if (text.length > longestCell) checkLength(job, text, columns[at]?.name ?? '', line)
        xml += `<c r="${letters[at]}${line}"${write(text)}`
      })
      xml += '</row>'
    })
    yield Buffer.from(xml)
    context.progress(done + batch.length)
  }
  yield Buffer.from(end)
}

/** The same rows make the same file, to the byte. */
const packed = { mtime: new Date(Date.UTC(2000, 0, 1)), forceDosTimestamp: true, mode: 0o100644 }

async function writeWorkbook(job: Job, file: string): Promise<void> {
  const zip = new ZipFile()
  const failed = new AbortController()
  const stop = (error: unknown) => failed.abort(error)
  zip.on('error', stop)
  for (const [part, xml] of workbookParts(job.settings.sheet)) zip.addBuffer(Buffer.from(xml), part, packed)
  const sheet = Readable.from(sheetXml(job), { objectMode: false })
  sheet.on('error', stop)
  zip.addReadStream(sheet, sheetPart, packed)
  zip.end()
  try {
    await pipeline(zip.outputStream, createWriteStream(file), { signal: failed.signal })
  } catch (error) {
    sheet.destroy()
    throw failed.signal.aborted ? failed.signal.reason : error
  }
}

async function write(
  context: ConnectorContext,
  settings: ExcelTargetSettings,
  file: string,
  relation: Sql,
  columns: readonly Column[],
): Promise<number> {
  // One pass over the rows; the table keeps them in place while they are read in parts.
  const staged = identifier(`${context.nodeId} staged`)
  const cells = columns.map(
    ({ name }, at) => sql`CAST(${identifier(name)} AS VARCHAR) AS ${identifier(`c${at}`)}`,
  )
  const rows = await context.execute(
    sql`CREATE OR REPLACE TEMP TABLE ${staged} AS SELECT ${join(cells)}, row_number() OVER () AS "__mr_order" FROM ${relation}`,
  )
  try {
    const job: Job = { context, settings, columns, staged, rows }
    checkSize(job)
    await writeWorkbook(job, file)
    return rows
  } finally {
    await context.execute(sql`DROP TABLE IF EXISTS ${staged}`)
  }
}

export const excelTarget: TargetRuntime<typeof excel.target.settings> = {
  open: (context, settings) =>
    openFileTarget(context, settings.path, (file, { relation, columns }) =>
      write(context, settings, file, relation, columns),
    ),
  ...fileCommit,
}
