import { identifier, join, or, type Sql, sql } from '../../sql/index.ts'

/**
 * The text format of COPY (see “COPY” in PostgreSQL's manual): a line for each row, columns parted by
 * tabs, `\N` for NULL, control characters and backslashes escaped. It is a third faster than CSV on the server.
 */
export const copyOptions = "(FORMAT text, ENCODING 'UTF8')"

const escapes = [
  ['\\n', '\n'],
  ['\\t', '\t'],
  ['\\r', '\r'],
  ['\\b', '\b'],
  ['\\f', '\f'],
  ['\\v', '\v'],
] as const

const backslash = sql`chr(92)`

/** A text as it was before COPY wrote it. */
export function unescaped(raw: Sql): Sql {
  // Between doubled backslashes every backslash begins an escape.
  let plain = sql`part`
  for (const [written, character] of escapes)
    plain = sql`replace(${plain}, ${written}, chr(${character.charCodeAt(0)}))`
  const parts = sql`list_transform(string_split(${raw}, ${'\\\\'}), lambda part: ${plain})`
  return sql`CASE WHEN contains(${raw}, ${backslash}) THEN array_to_string(${parts}, ${backslash}) ELSE ${raw} END`
}

/** A text as COPY reads it. NUL must have been dealt with: the server has no such character. */
export function escaped(text: Sql): Sql {
  const special = ['\\', '\n', '\t', '\r']
  let result = text
  for (const character of special) {
    const letter = { '\\': '\\', '\n': 'n', '\t': 't', '\r': 'r' }[character] ?? ''
    result = sql`replace(${result}, chr(${character.charCodeAt(0)}), ${`\\${letter}`})`
  }
  const needed = or(special.map((character) => sql`contains(${text}, chr(${character.charCodeAt(0)}))`))
  return sql`CASE WHEN ${needed} THEN ${result} ELSE ${text} END`
}

interface RawColumn {
  readonly name: string
  readonly type: string
}

/** A scan of lines of the text format; texts stand escaped. `longestLine` in bytes. */
export function readCopyText(file: string, columns: readonly RawColumn[], longestLine: number): Sql {
  const list = join(columns.map(({ name, type }) => sql`${identifier(name)}: ${type}`))
  return sql`read_csv(${file}, auto_detect = false, header = false, delim = ${'\t'}, quote = '', escape = '', nullstr = ${'\\N'}, new_line = ${'\\n'}, max_line_size = ${longestLine}, columns = {${list}})`
}
