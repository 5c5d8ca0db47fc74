import { readXml } from './xml.ts'

/**
 * What a cell's number stands for by its number format. `either`: built-in formats that are times in
 * Chinese and dates in Japanese workbooks; `elapsed`: hours that may exceed a day.
 */
export type NumberMeaning = 'number' | 'date' | 'datetime' | 'time' | 'either' | 'elapsed'

/** The formats that are not spelled out in a workbook (ECMA-376 part 1, 18.8.30). */
function builtIn(id: number): NumberMeaning {
  if (id >= 14 && id <= 17) return 'date'
  if (id >= 18 && id <= 21) return 'time'
  if (id === 22) return 'datetime'
  if ((id >= 27 && id <= 31) || id === 36) return 'date'
  if (id === 32 || id === 33 || id === 45 || id === 47) return 'time'
  if (id === 34 || id === 35 || id === 55 || id === 56) return 'either'
  if (id === 46) return 'elapsed'
  return (id >= 50 && id <= 54) || id === 57 || id === 58 ? 'date' : 'number'
}

/** Tells by a format's code, such as `yyyy"年"m"月"` or `[h]:mm`. */
export function meaningOf(code: string): NumberMeaning {
  if (/general/i.test(code)) return 'number'
  // Quoted text, escaped characters, padding and colours say nothing about the number.
  const bare = code
    .replace(/"[^"]*"|\\.|_.|\*./gs, '')
    .replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
    .toLowerCase()
  const [section = ''] = bare.split(';')
  if (/\[[hms]+\]/.test(section)) return 'elapsed'
  const time = /[hs]|am\/pm|上午\/下午/.test(section)
  const scientific = section.replace(/[0#?]e[+-]/g, '').replace(/am\/pm|a\/p/g, '')
  const date = /[ydeg]|aaa/.test(scientific) || (!time && scientific.includes('m'))
  // Without hours, a format such as `0.00 d` is no date; fractions of seconds have zeros too.
  if (!time && /[0#?]/.test(scientific)) return 'number'
  if (date) return time ? 'datetime' : 'date'
  return time ? 'time' : 'number'
}

/** The meaning of the numbers of each cell style (`s` of a cell), by its position. */
export async function readCellStyles(pieces: AsyncIterable<string>): Promise<NumberMeaning[]> {
  const codes = new Map<number, NumberMeaning>()
  const styles: NumberMeaning[] = []
  let inCells = false
  await readXml(pieces, {
    open(name, attributes) {
      if (name === 'numFmt')
        codes.set(Number(attributes['numFmtId']), meaningOf(attributes['formatCode'] ?? ''))
      else if (name === 'cellXfs') inCells = true
      else if (name === 'xf' && inCells) {
        const id = Number(attributes['numFmtId'] ?? 0)
        styles.push(codes.get(id) ?? builtIn(id))
      }
    },
    close(name) {
      if (name === 'cellXfs') inCells = false
    },
  })
  return styles
}
