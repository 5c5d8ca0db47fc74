import type { ConnectorContext } from '../../spec/index.ts'
import { identifier, sql, type Value } from '../../sql/index.ts'
import { columnNames } from '../csv/dialect.ts'
import { type Area, mostColumns } from './area.ts'
import type { SheetRow } from './sheet.ts'
import { ColumnSurvey } from './survey.ts'

/** The rows of one sheet in the database: cells as text by their place, without names yet. */
export interface LandedSheet {
  /** Tables one below the other; each has `c0` up to its width, and the columns of `bookkeeping`. */
  readonly tables: readonly { readonly table: string; readonly width: number }[]
  readonly names: readonly string[]
  /** For each name, the number of its `c` column and what was found in it. */
  readonly places: readonly number[]
  readonly surveys: readonly ColumnSurvey[]
  readonly rows: number
}

export interface LandingOptions {
  readonly context: ConnectorContext
  /** What the file is called in `__mr_file`. */
  readonly name: string
  /** Undefined: everything that is used. */
  readonly area: Area | undefined
  /** Counted from the area's first row; 0: none. */
  readonly headerRow: number
  readonly table: string
}

const bookkeeping = [
  { name: '__mr_file', type: 'VARCHAR' },
  { name: '__mr_line', type: 'BIGINT' },
  // JSON: a list of {at, value, rule, reason} of the cells that hold no value, or NULL.
  { name: '__mr_errors', type: 'VARCHAR' },
]

const batchCells = 100_000

/**
 * Puts the rows of a sheet into tables as they are read. How wide the sheet is shows only at its end:
 * where a row is wider than the table so far, a table of at least twice the width goes on.
 */
export class Landing {
  readonly #options: LandingOptions
  readonly #rows: AsyncIterator<readonly SheetRow[]>
  #waiting: readonly SheetRow[] = []
  #next = 0
  /** The row with the names; undefined until the first row is known. */
  #headerLine: number | undefined
  #header: string[] = []
  readonly #surveys: ColumnSurvey[] = []
  #first = mostColumns
  #landed = 0

  constructor(rows: AsyncIterable<readonly SheetRow[]>, options: LandingOptions) {
    this.#rows = rows[Symbol.asyncIterator]()
    this.#options = options
    const { area, headerRow } = options
    if (area) this.#headerLine = area.top + headerRow - 1
  }

  async run(): Promise<LandedSheet> {
    const { context, table } = this.#options
    const tables: { table: string; width: number }[] = []
    try {
      let row = await this.#peek()
      let width = Math.max(1, this.#wantedWidth())
      do {
        const needed = Math.max(this.#header.length, row ? this.#widthOf(row) : 0)
        width = Math.min(mostColumns, Math.max(width, needed))
        const name = `${table} ${tables.length}`
        const columns = Array.from({ length: width }, (_, at) => ({ name: `c${at}`, type: 'VARCHAR' }))
        await context.execute(sql`DROP TABLE IF EXISTS ${identifier(name)}`)
        await context.appendRows(name, [...columns, ...bookkeeping], this.#batches(width))
        tables.push({ table: name, width })
        width *= 2
        row = await this.#peek()
      } while (row)
    } finally {
      await this.#rows.return?.()
    }
    return { tables, ...this.#columns(), rows: this.#landed }
  }

  /** Names and places; columns to the left of everything that is used are left out. */
  #columns() {
    const wanted = this.#wantedWidth()
    const left = wanted > 0 ? 0 : this.#first
    const end = Math.max(this.#header.length, this.#surveys.length, wanted)
    const places = Array.from({ length: Math.max(0, end - left) }, (_, index) => left + index)
    const names = columnNames(
      places.map((place) => this.#header[place] ?? ''),
      this.#options.headerRow > 0,
    )
    return { names, places, surveys: places.map((place) => this.#surveys[place] ?? new ColumnSurvey()) }
  }

  /** The width of the range; 0 where all used columns are wanted. */
  #wantedWidth(): number {
    const { area } = this.#options
    return area && area.right < mostColumns - 1 ? area.right - area.left + 1 : 0
  }

  #widthOf(row: SheetRow): number {
    return (row.columns.at(-1) ?? 0) + 1
  }

  /** The next row of data, which stays the next one; undefined at the end. */
  async #peek(): Promise<SheetRow | undefined> {
    const { context } = this.#options
    for (;;) {
      if (context.sample !== undefined && this.#landed >= context.sample) return undefined
      const row = this.#waiting[this.#next]
      if (row && this.#isData(row)) return row
      if (row) this.#next++
      else {
        const { value, done } = await this.#rows.next()
        if (done === true) return undefined
        const rows: readonly SheetRow[] = value
        const { area } = this.#options
        this.#waiting = area ? within(rows, area) : rows
        if (area && this.#waiting.length === 0 && (rows.at(-1)?.line ?? 0) > area.bottom) return undefined
        this.#next = 0
      }
    }
  }

  #isData(row: SheetRow): boolean {
    this.#headerLine ??= row.line + this.#options.headerRow - 1
    if (row.line < this.#headerLine) return false
    if (this.#options.headerRow === 0 || row.line > this.#headerLine) return true
    row.columns.forEach((column, index) => {
      this.#header[column] = row.cells[index]?.text ?? ''
      this.#first = Math.min(this.#first, column)
    })
    return false
  }

  async *#batches(width: number): AsyncGenerator<Value[][]> {
    const { context } = this.#options
    const most = Math.max(1, Math.floor(batchCells / width))
    let batch: Value[][] = []
    for (;;) {
      const row = await this.#peek()
      if (!row || this.#widthOf(row) > width) break
      this.#next++
      this.#landed++
      batch.push(this.#landedRow(row, width))
      if (batch.length < most) continue
      context.signal.throwIfAborted()
      context.progress(this.#landed)
      yield batch
      batch = []
    }
    yield batch
  }

  #landedRow(row: SheetRow, width: number): Value[] {
    const cells: Value[] = new Array<Value>(width).fill(null)
    const errors: { at: number; value: string; rule: string; reason: string }[] = []
    this.#first = Math.min(this.#first, row.columns[0] ?? mostColumns)
    row.columns.forEach((column, index) => {
      const value = row.cells[index]
      if (!value) return
      cells[column] = value.text
      let survey = this.#surveys[column]
      if (!survey) {
        survey = new ColumnSurvey()
        this.#surveys[column] = survey
      }
      survey.add(value)
      if (value.kind === 'fault')
        errors.push({ at: column, value: value.text, rule: 'error', reason: value.reason ?? '' })
    })
    cells.push(this.#options.name, BigInt(row.line), errors.length === 0 ? null : JSON.stringify(errors))
    return cells
  }
}

/** The part of the rows that is in an area, its columns counted from the area's first. */
export function within(rows: readonly SheetRow[], area: Area): SheetRow[] {
  const found: SheetRow[] = []
  for (const row of rows) {
    if (row.line < area.top || row.line > area.bottom) continue
    const columns: number[] = []
    const cells = row.cells.filter((_, index) => {
      const column = row.columns[index] ?? -1
      const inside = column >= area.left && column <= area.right
      if (inside) columns.push(column - area.left)
      return inside
    })
    if (cells.length > 0) found.push({ line: row.line, columns, cells })
  }
  return found
}
