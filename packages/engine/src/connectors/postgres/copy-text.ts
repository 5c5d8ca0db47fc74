import { or, type Sql, sql } from '../../sql/index.ts'

/** A line for each row, see `databases/text-lines.ts`. It is a third faster than CSV on the server. */
export const copyOptions = "(FORMAT text, ENCODING 'UTF8')"

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
