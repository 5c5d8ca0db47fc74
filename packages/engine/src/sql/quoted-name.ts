/** A name in quotes, as an expression can always name a column. */
export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A name as an analyst would write it: in quotes only where DuckDB’s grammar wants them. */
export function nameInText(name: string, quoted = false): string {
  const needsNone = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && !isKeyword(name)
  return needsNone && !quoted ? name : `"${name.replaceAll('"', '""')}"`
}

/** Whether a name must be quoted because SQL has the word for itself. */
export const isKeyword = (name: string): boolean => keywords.has(name.toLowerCase())

/** Words that DuckDB does not take for a column’s name in every place of an expression. */
const keywords = new Set(
  (
    'all analyse analyze and anti any array as asc asof asymmetric at authorization between binary both by ' +
    'case cast check collate collation column concurrently constraint create cross default deferrable desc ' +
    'describe distinct do else end except exists false fetch for foreign freeze from full glob group having ' +
    'ilike in initially inner intersect interval into is isnull join lambda lateral leading left like limit ' +
    'natural not notnull null offset on only or order outer overlaps pivot pivot_longer pivot_wider placing ' +
    'positional primary qualify references returning right row rowid select semi show similar some summarize ' +
    'symmetric table tablesample then to trailing true union unique unpack unpivot using values variadic ' +
    'verbose when where window with'
  ).split(' '),
)
