/** A number in digits: `1.5e-7` as `0.00000015`. Undefined: it is none. */
export function plainNumber(text: string): string | undefined {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,4}))?$/.exec(text) ?? []
  if (whole === '' && fraction === '') return undefined
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0')
  const at = Math.max(point, 1)
  const before = padded.slice(0, at).replace(/^0+(?=\d)/, '')
  const after = padded.slice(at).replace(/0+$/, '')
  const plain = after === '' ? before : `${before}.${after}`
  return sign === '-' && /[1-9]/.test(plain) ? `-${plain}` : plain
}

/** Whether a plain number is one of `DECIMAL(precision, scale)` as it is, without rounding. */
export function fitsDecimal(plain: string, precision: number, scale: number): boolean {
  const [before = '', after = ''] = plain.replace('-', '').split('.')
  return after.length <= scale && before.replace(/^0+/, '').length <= precision - scale
}

/** Precision and scale of `DECIMAL(12,2)`. */
export function decimalOf(type: string): { readonly precision: number; readonly scale: number } {
  const [, precision = '38', scale = '0'] = /\((\d+),(\d+)\)/.exec(type) ?? []
  return { precision: Number(precision), scale: Number(scale) }
}

/** The number that a `REAL` prints as: SQLite keeps and shows 15 digits when it makes one of a text. */
export const shownDigits = (value: number): string | undefined => plainNumber(value.toPrecision(15))

/** Whether a `REAL` is the same number as a text of digits. */
export const isExactReal = (text: string): boolean => {
  const value = Number(text)
  return Number.isFinite(value) && plainNumber(String(value)) === plainNumber(text)
}
