import { kindOf } from '../model/column.ts'
import { isOneOf, join, literal, or, type Sql, sql, typeText } from './sql.ts'

export interface ConversionOptions {
  /** strptime formats for dates and times, tried in order. Empty: ISO 8601. */
  readonly formats?: readonly string[]
  /** `1.234,50` instead of `1,234.50`. */
  readonly decimalComma?: boolean
}

export interface Conversion {
  /** Of the wanted type; NULL where the text is NULL or blank. */
  readonly value: Sql
  /** Never NULL. True where there is a text that does not fit the type. */
  readonly fails: Sql
}

/**
 * Converts a text strictly: what DuckDB's casts would round, cut or guess (`12.7` and `1e5` as whole
 * numbers, digits beyond a decimal's scale, `30.02.` as a date) fails instead. Blank text is a missing
 * value for every type but text.
 */
export function convertText(text: Sql, type: string, options: ConversionOptions = {}): Conversion {
  const kind = kindOf(type)
  if (type === 'VARCHAR') return { value: text, fails: sql`false` }
  if (kind === 'integer') return integer(text, type, options)
  if (kind === 'decimal') return decimal(text, type, options)
  if (kind === 'float') return byCast(plainNumber(text, options), text, type)
  if (kind === 'boolean') return boolean(text)
  if (kind === 'date' || kind === 'time' || kind === 'timestamp') return temporal(text, type, options)
  return byCast(text, text, type)
}

/** A sentence that says why `text` does not fit `type`, as VARCHAR. */
export function reasonFor(type: string, text: Sql): Sql {
  const article: Partial<Record<ReturnType<typeof kindOf>, string>> = {
    integer: 'a whole number',
    decimal: `a number that fits ${type}`,
    float: 'a number',
    boolean: 'a yes or no',
    date: 'a date',
    time: 'a time',
    timestamp: 'a date and time',
    json: 'JSON',
  }
  return sql`'“' || left(${text}, 200) || ${`” is not ${article[kindOf(type)] ?? type}`}`
}

const isBlank = (text: Sql): Sql => sql`trim(${text}) = ''`

/** Fails where a cast gives nothing for a text that is not blank. */
const failsCast = (text: Sql, cast: Sql): Sql =>
  sql`(${text} IS NOT NULL AND ${cast} IS NULL AND NOT ${isBlank(text)})`

/**
 * Fails where a cast gives nothing for a text that is not blank, or where it gives something `doubtful`.
 * A text that reads as the value prints is beyond doubt: that settles most texts at the cost of one cast.
 */
const failsDoubtfully = (text: Sql, plain: Sql, cast: Sql, doubtful: Sql): Sql =>
  sql`(CASE WHEN CAST(${cast} AS VARCHAR) = ${plain} THEN false WHEN ${cast} IS NULL THEN coalesce(NOT ${isBlank(text)}, false) ELSE coalesce(${doubtful}, false) END)`

function byCast(prepared: Sql, text: Sql, type: string): Conversion {
  const cast = sql`TRY_CAST(${prepared} AS ${typeText(type)})`
  return { value: cast, fails: failsCast(text, cast) }
}

/** The text of a number as DuckDB reads it. */
const plainNumber = (text: Sql, { decimalComma }: ConversionOptions): Sql =>
  decimalComma ? sql`replace(replace(${text}, '.', ''), ',', '.')` : text

function integer(text: Sql, type: string, options: ConversionOptions): Conversion {
  const plain = plainNumber(text, options)
  const cast = sql`TRY_CAST(${plain} AS ${typeText(type)})`
  // Fractions and exponents would be rounded or expanded; `_` would be skipped.
  const guessed = or(['.', 'e', 'E', '_'].map((mark) => sql`contains(${plain}, ${mark})`))
  return { value: cast, fails: failsDoubtfully(text, plain, cast, guessed) }
}

function decimal(text: Sql, type: string, options: ConversionOptions): Conversion {
  const plain = plainNumber(text, options)
  const cast = sql`TRY_CAST(${plain} AS ${typeText(type)})`
  const scale = Number(/,(\d+)\)$/.exec(type)?.[1] ?? 0)
  // A cast rounds what the scale does not hold: everything after the last digit kept must be zeros.
  const tail = sql`substr(${plain}, strpos(${plain}, '.') + ${scale + 1})`
  const loses = sql`(contains(${plain}, '.') AND trim(${tail}, ' 0') <> '')`
  const guessed = or(['e', 'E', '_'].map((mark) => sql`contains(${plain}, ${mark})`))
  return { value: cast, fails: failsDoubtfully(text, plain, cast, sql`(${loses} OR ${guessed})`) }
}

const truths = ['true', 't', 'yes', 'y', '1', '是', '真']
const falsehoods = ['false', 'f', 'no', 'n', '0', '否', '假']

function boolean(text: Sql): Conversion {
  const word = sql`lower(trim(${text}))`
  const oneOf = (words: readonly string[]) => isOneOf(word, words.map(literal))
  const value = sql`CASE WHEN ${oneOf(truths)} THEN true WHEN ${oneOf(falsehoods)} THEN false END`
  return { value, fails: failsCast(text, value) }
}

function temporal(text: Sql, type: string, { formats = [] }: ConversionOptions): Conversion {
  const wanted = formats.filter((format) => format !== '')
  if (wanted.length === 0) {
    // ISO dates are written with hyphens; DuckDB would take other marks too.
    const conversion = byCast(text, text, type)
    const strange =
      kindOf(type) === 'time'
        ? []
        : ['/', '\\', '.'].map((mark) => sql`strpos(left(${text}, 10), ${mark}) > 0`)
    // A cast to a date drops a time of day without a word.
    if (kindOf(type) === 'date')
      strange.push(sql`TRY_CAST(${text} AS TIMESTAMP) <> CAST(${conversion.value} AS TIMESTAMP)`)
    return strange.length === 0
      ? conversion
      : {
          ...conversion,
          fails: failsDoubtfully(text, text, conversion.value, or(strange)),
        }
  }
  const parsed = sql`try_strptime(trim(${text}), [${join(wanted.map(literal))}])`
  const value = sql`CAST(${parsed} AS ${typeText(type)})`
  return { value, fails: failsCast(text, parsed) }
}
