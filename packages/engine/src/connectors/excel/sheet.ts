import { columnOf, mostColumns, mostRows } from './area.ts'
import { type CellValue, cellValue } from './cells.ts'
import type { WorkbookPackage } from './package.ts'
import { TextGatherer } from './shared-strings.ts'
import type { Workbook } from './workbook.ts'
import { parseXml } from './xml.ts'

/** A row with at least one filled cell; `cells` are in pairs with `columns` (from 0, ascending). */
export interface SheetRow {
  /** The sheet's own row number, from 1. */
  readonly line: number
  readonly columns: readonly number[]
  readonly cells: readonly CellValue[]
}

/** Follows the XML of a sheet and gathers its rows. */
class SheetReader {
  rows: SheetRow[] = []
  #workbook: Workbook
  #line = 0
  #column = -1
  #columns: number[] = []
  #cells: CellValue[] = []
  #type = ''
  #style = 0
  #hasFormula = false
  #inValue = false
  #value = ''
  #inline = new TextGatherer()

  constructor(workbook: Workbook) {
    this.#workbook = workbook
  }

  readonly open = (name: string, attributes: Readonly<Record<string, string>>): void => {
    if (name === 'c') {
      const reference = attributes['r']
      const column = reference === undefined ? this.#column + 1 : columnOf(reference)
      if (column <= this.#column || column >= mostColumns)
        throw new Error(`its cell ${reference ?? ''} in row ${this.#line} is out of place`)
      this.#column = column
      this.#type = attributes['t'] ?? ''
      this.#style = Number(attributes['s'] ?? 0)
      this.#hasFormula = false
      this.#value = ''
      this.#inline.text = ''
    } else if (name === 'v') this.#inValue = true
    else if (name === 'f') this.#hasFormula = true
    else if (name === 'row') {
      const line = attributes['r'] === undefined ? this.#line + 1 : Number(attributes['r'])
      if (!(line > this.#line && line <= mostRows))
        throw new Error(`its row ${attributes['r'] ?? line} is out of place`)
      this.#line = line
      this.#column = -1
      this.#columns = []
      this.#cells = []
    } else this.#inline.open(name)
  }

  readonly text = (text: string): void => {
    if (this.#inValue) this.#value += text
    else this.#inline.add(text)
  }

  readonly close = (name: string): void => {
    if (name === 'v') this.#inValue = false
    else if (name === 'c') this.#endCell()
    else if (name === 'row') {
      if (this.#cells.length > 0)
        this.rows.push({ line: this.#line, columns: this.#columns, cells: this.#cells })
    } else this.#inline.close(name)
  }

  #endCell(): void {
    const isInline = this.#type === 'inlineStr'
    const text = isInline ? this.#inline.take() : this.#value
    const cell = { type: this.#type, style: this.#style, text, hasFormula: this.#hasFormula }
    const value = cellValue(cell, this.#workbook)
    if (value === undefined) return
    this.#columns.push(this.#column)
    this.#cells.push(value)
  }
}

/** The rows of a sheet from top to bottom, some hundreds at a time; rows without any value are left out. */
export async function* sheetRows(zip: WorkbookPackage, workbook: Workbook): AsyncGenerator<SheetRow[]> {
  const reader = new SheetReader(workbook)
  for await (const _ of parseXml(zip.text(workbook.sheetPart), reader)) {
    if (reader.rows.length === 0) continue
    const { rows } = reader
    reader.rows = []
    yield rows
  }
}
