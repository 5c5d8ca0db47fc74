/** Characters that may start a name in every edition of XML 1.0 that parsers follow; without the colon. */
const start =
  'A-Za-z_\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD'
const startCharacter = new RegExp(`[${start}]`)
const nameCharacter = new RegExp(`[${start}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040]`)
const anyEscape = /_x([0-9A-Fa-f]{8}|[0-9A-Fa-f]{4})_/g
const startsEscape = /^_x(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{4})_/

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return `_x${code
    .toString(16)
    .toUpperCase()
    .padStart(code > 0xffff ? 8 : 4, '0')}_`
}

/**
 * A column's name as an XML name without colon. What XML does not take there is written `_xHHHH_`, as
 * .NET's `XmlConvert.EncodeName` and SQL Server's FOR XML do; `decodeName` gives the name back.
 */
export function encodeName(name: string): string {
  let encoded = ''
  let at = 0
  for (const character of name) {
    const allowed = (at === 0 ? startCharacter : nameCharacter).test(character)
    const looksEscaped = character === '_' && startsEscape.test(name.slice(at, at + 11))
    encoded += allowed && !looksEscaped ? character : escaped(character)
    at += character.length
  }
  return encoded
}

/** An element's or attribute's local name with its `_xHHHH_` escapes resolved. */
export function decodeName(name: string): string {
  if (!name.includes('_x')) return name
  return name.replace(anyEscape, (whole: string, digits: string) => {
    const code = Number.parseInt(digits, 16)
    const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
    return isCharacter ? String.fromCodePoint(code) : whole
  })
}
