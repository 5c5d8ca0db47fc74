import { identifier, join, type Sql, sql } from '../../sql/index.ts'

/**
 * Rows as lines of text, in the text format of PostgreSQL's COPY (see “COPY” in its manual): columns parted
 * by tabs, `\N` for NULL, control characters and backslashes escaped. No line break stands inside a row,
 * so that such lines can be cut apart, and read by several threads.
 */

const escapes = [
  ['\\n', '\n'],
  ['\\t', '\t'],
  ['\\r', '\r'],
  ['\\b', '\b'],
  ['\\f', '\f'],
  ['\\v', '\v'],
] as const

const backslash = sql`chr(92)`

/** A text as it was before it was written. */
export function unescaped(raw: Sql): Sql {
  // Between doubled backslashes every backslash begins an escape.
  let plain = sql`part`
  for (const [written, character] of escapes)
    plain = sql`replace(${plain}, ${written}, chr(${character.charCodeAt(0)}))`
  const parts = sql`list_transform(string_split(${raw}, ${'\\\\'}), lambda part: ${plain})`
  return sql`CASE WHEN contains(${raw}, ${backslash}) THEN array_to_string(${parts}, ${backslash}) ELSE ${raw} END`
}

interface RawColumn {
  readonly name: string
  readonly type: string
}

/**
 * Bytes that the reader takes at a time, and the longest line where none is longer. It passes over lines
 * that are longer than its buffer without a word; left to itself it has a buffer of sixteen lines. Each
 * buffer is the work of one thread, and the one that waits for the last of them does so busily: of 16 MiB
 * in one or two buffers that took a fifth of all the time.
 */
const usualBuffer = 4 * 2 ** 20
const usualLine = 2 ** 20

/** A scan of such lines; texts stand escaped. `longestLine` in bytes. */
export function readTextLines(file: string, columns: readonly RawColumn[], longestLine: number): Sql {
  const list = join(columns.map(({ name, type }) => sql`${identifier(name)}: ${type}`))
  const line = Math.max(usualLine, longestLine)
  return sql`read_csv(${file}, auto_detect = false, header = false, delim = ${'\t'}, quote = '', escape = '', nullstr = ${'\\N'}, new_line = ${'\\n'}, max_line_size = ${line}, buffer_size = ${Math.max(usualBuffer, 2 * line)}, columns = {${list}})`
}
