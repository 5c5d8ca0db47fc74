import { createReadStream } from 'node:fs'

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [34, 92, 123, 125, 91, 93]

/**
 * How deep a JSON file nests, by one pass over its bytes; stops counting at `most`. The reader that
 * comes after it recurses, and a document of 100,000 levels would take its process down.
 */
export async function nestingOf(file: string, most: number): Promise<number> {
  let depth = 0
  let deepest = 0
  let inText = false
  let escaped = false
  for await (const chunk of createReadStream(file)) {
    const bytes: Buffer = chunk
    for (const byte of bytes) {
      if (inText) {
        if (escaped) escaped = false
        else if (byte === backslash) escaped = true
        else if (byte === quote) inText = false
      } else if (byte === quote) inText = true
      else if (byte === openBrace || byte === openBracket) deepest = Math.max(deepest, ++depth)
      else if (byte === closeBrace || byte === closeBracket) depth--
    }
    if (deepest > most) return deepest
  }
  return deepest
}
