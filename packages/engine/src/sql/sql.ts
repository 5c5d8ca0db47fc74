/**
 * A piece of SQL text. Only this file makes one, so every value and every name in it went through
 * `literal` or `identifier`, and every expression of an analyst through `checked`.
 */
export class Sql {
  readonly text: string
  private constructor(text: string) {
    this.text = text
  }
  /** @internal */
  static make(text: string): Sql {
    return new Sql(text)
  }
  toString(): string {
    return this.text
  }
}

export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A NUL cannot stand in a DuckDB literal; `chr(0)` is put in for it. */
const quoteText = (value: string): string => {
  const quoted = `'${value.replaceAll("'", "''")}'`
  return quoted.includes('\0') ? `(${quoted.split('\0').join("' || chr(0) || '")})` : quoted
}

export const identifier = (name: string): Sql => Sql.make(quoteIdentifier(name))

export type Value = string | number | bigint | boolean | null | readonly Value[]

/** A value as a DuckDB literal. Texts stay texts; numbers must be finite. */
export function literal(value: Value): Sql {
  if (value === null) return Sql.make('NULL')
  if (typeof value === 'string') return Sql.make(quoteText(value))
  if (typeof value === 'boolean' || typeof value === 'bigint') return Sql.make(String(value))
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`)
    return Sql.make(String(value))
  }
  return Sql.make(`[${value.map((item) => literal(item).text).join(', ')}]`)
}

/** A type text of a flow; `model/column.ts` has checked it against `typeName`. */
export const typeText = (type: string): Sql => Sql.make(type)

/**
 * An expression written by an analyst. `graph/` has made sure that it is one scalar expression;
 * the line break ends a comment that it may end with.
 */
export const expression = (text: string): Sql => Sql.make(`(${text}\n)`)

/** A whole SELECT written by an analyst, checked by `graph/`. */
export const query = (text: string): Sql => Sql.make(`(${text}\n)`)

type Part = Sql | Value

const isSql = (part: Part): part is Sql => part instanceof Sql

/** ``sql`SELECT ${identifier(name)} WHERE ${identifier(name)} = ${value}` ``: fragments go in as they are, everything else as a literal. */
export function sql(strings: TemplateStringsArray, ...parts: readonly Part[]): Sql {
  let text = strings[0] ?? ''
  parts.forEach((part, index) => {
    text += (isSql(part) ? part : literal(part)).text + (strings[index + 1] ?? '')
  })
  return Sql.make(text)
}

export const join = (parts: readonly Sql[], separator = ', '): Sql =>
  Sql.make(parts.map((part) => part.text).join(separator))

export const empty: Sql = Sql.make('')

/**
 * Whether a value is among constants; NULL for NULL. DuckDB makes a join of an IN with five or more of
 * them, and a join may change the order of the rows.
 */
export const isOneOf = (subject: Sql, constants: readonly Sql[]): Sql =>
  sql`list_contains([${join(constants)}], ${subject})`

/** Conjunction; `true` when there are no parts. */
export const and = (parts: readonly Sql[]): Sql =>
  parts.length === 0 ? Sql.make('true') : Sql.make(parts.map((part) => `(${part.text})`).join(' AND '))

/** Disjunction; `false` when there are no parts. */
export const or = (parts: readonly Sql[]): Sql =>
  parts.length === 0 ? Sql.make('false') : Sql.make(parts.map((part) => `(${part.text})`).join(' OR '))
