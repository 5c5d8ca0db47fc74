import { kindOf } from '../../model/index.ts'
import type { Value } from '../../sql/index.ts'
import type { TableColumn } from './catalog.ts'
import { decimalOf, fitsDecimal, plainNumber, shownDigits } from './decimals.ts'
import { timeText } from './times.ts'

/** A value that is not of the type of its column: SQLite takes any. */
export class Misfit {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

/** A cell as SQLite gives it. */
export type Cell = null | bigint | number | string | Uint8Array

/** Makes of a cell what DuckDB takes for the type of its column. */
export type Reader = (cell: Exclude<Cell, null>) => Value | Misfit

/** A cell as people are shown it; bytes in hexadecimal digits. */
export function textOf(cell: Exclude<Cell, null>): string {
  if (cell instanceof Uint8Array) return Buffer.from(cell).toString('hex')
  const text = String(cell)
  // As SQLite prints it, so that a REAL can be told from an INTEGER.
  return typeof cell === 'number' && /^-?\d+$/.test(text) ? `${text}.0` : text
}

const classes = { bigint: 'an INTEGER', number: 'a REAL', string: 'a TEXT', object: 'a BLOB' } as const

function misfit(cell: Exclude<Cell, null>, wanted: string): Misfit {
  const storage = classes[typeof cell as keyof typeof classes]
  return new Misfit(`“${textOf(cell).slice(0, 200)}” is ${storage} and not ${wanted}`)
}

const readInteger: Reader = (cell) => {
  if (typeof cell === 'bigint') return cell
  return typeof cell === 'number' && Number.isSafeInteger(cell)
    ? BigInt(cell)
    : misfit(cell, 'a whole number')
}

const readReal: Reader = (cell) => {
  if (typeof cell === 'number') return cell
  const isExact = typeof cell === 'bigint' && BigInt(Number(cell)) === cell
  return isExact ? Number(cell) : misfit(cell, 'a number that a DOUBLE holds')
}

const readBoolean: Reader = (cell) => {
  const text = typeof cell === 'object' ? '' : String(cell).toLowerCase()
  if (text === '1' || text === 'true') return true
  return text === '0' || text === 'false' ? false : misfit(cell, '0, 1, true or false')
}

function decimalReader(type: string): Reader {
  const { precision, scale } = decimalOf(type)
  return (cell) => {
    const text =
      typeof cell === 'number'
        ? shownDigits(cell)
        : typeof cell === 'object'
          ? undefined
          : plainNumber(String(cell))
    return text !== undefined && fitsDecimal(text, precision, scale) ? text : misfit(cell, type)
  }
}

const readText: Reader = (cell) => (cell instanceof Uint8Array ? misfit(cell, 'a text') : textOf(cell))

/** As hexadecimal digits, of which DuckDB makes the bytes. */
const readBytes: Reader = (cell) => (cell instanceof Uint8Array ? textOf(cell) : misfit(cell, 'a BLOB'))

export function readerOf({ type }: Pick<TableColumn, 'type'>): Reader {
  switch (type) {
    case 'BIGINT':
      return readInteger
    case 'DOUBLE':
      return readReal
    case 'BOOLEAN':
      return readBoolean
    case 'BLOB':
      return readBytes
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP WITH TIME ZONE':
      return (cell) =>
        (typeof cell === 'string' ? timeText(cell, type) : undefined) ??
        misfit(cell, `a ${type} in the form of ISO 8601`)
    default:
      return kindOf(type) === 'decimal' ? decimalReader(type) : readText
  }
}
