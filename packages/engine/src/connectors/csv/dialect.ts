import { uniqueNames } from '../../model/column.ts'
import { hiddenPrefix } from '../../sql/index.ts'
import type { CsvSourceSettings } from './spec.ts'

export interface Dialect {
  readonly delimiter: string
  /** Empty: the file has none. */
  readonly quote: string
  readonly header: boolean
}

const candidates = [',', ';', '\t', '|']

/**
 * The delimiter that splits the first lines into the same number of fields most often; a comma
 * where none does.
 */
export function detectDelimiter(text: string, quote: string): string {
  const scores = candidates.map((delimiter) => {
    const widths = splitRecords(text, delimiter, quote, 50).map((record) => record.length)
    const [first = 1] = widths
    const agreeing = widths.filter((width) => width === first).length
    return { delimiter, score: first > 1 ? agreeing * Math.min(first, 50) : 0 }
  })
  const best = scores.reduce((a, b) => (b.score > a.score ? b : a))
  return best.score > 0 ? best.delimiter : ','
}

/** The first records of a text as fields; a quoted field may hold delimiters and line breaks. */
export function splitRecords(text: string, delimiter: string, quote: string, most: number): string[][] {
  const records: string[][] = []
  let record: string[] = []
  let field = ''
  let quoted = false
  for (let index = 0; index < text.length && records.length < most; index++) {
    const character = text[index]
    if (quoted) {
      if (character !== quote) field += character
      else if (text[index + 1] === quote) {
        field += quote
        index++
      } else quoted = false
    } else if (quote !== '' && character === quote && field === '') quoted = true
    else if (character === delimiter) {
      record.push(field)
      field = ''
    } else if (character === '\n' || character === '\r') {
      if (character === '\r' && text[index + 1] === '\n') index++
      if (record.length > 0 || field !== '') records.push([...record, field])
      record = []
      field = ''
    } else field += character
  }
  if (records.length < most && (record.length > 0 || field !== '')) records.push([...record, field])
  return records
}

/** The names of a file's columns: unique, and none of them one of ours. */
export function columnNames(record: readonly string[], header: boolean): string[] {
  const names = record.map((field, index) => (header ? field.trim() : `column_${index + 1}`))
  return uniqueNames(
    names.map((name) =>
      name.toLowerCase().startsWith(hiddenPrefix) ? name.slice(hiddenPrefix.length) : name,
    ),
  )
}

export function dialectOf(settings: CsvSourceSettings, text: string): Dialect {
  const quote = settings.quote === 'none' ? '' : settings.quote
  const delimiter = settings.delimiter === 'auto' ? detectDelimiter(text, quote) : settings.delimiter
  return { delimiter, quote, header: settings.header }
}
