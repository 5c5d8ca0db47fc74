/**
 * Workbooks write characters that XML cannot hold as `_xHHHH_`, and an underscore that would look like
 * the beginning of one as `_x005F_`.
 */
const escaped = /_x([0-9a-f]{4})_/gi
/** Control characters but tabs and line feeds, lone surrogates, and two that XML leaves out. */
const unholdable = /(?![\t\n])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu

const escapeOf = (character: string): string =>
  `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`

export function unescapeText(text: string): string {
  if (!text.includes('_x') && !text.includes('_X')) return text
  return text.replace(escaped, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

/** A text as the content of an XML element of a workbook. */
export function escapeText(text: string): string {
  return text
    .replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
    .replace(unholdable, escapeOf)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
