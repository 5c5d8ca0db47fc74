import { ByteBlocks } from '../databases/byte-blocks.ts'
import type { RowReceiver } from './result-rows.ts'
import type { MysqlSession } from './session.ts'
import type { CellForm } from './types.ts'

const tab = 9
const lineFeed = 10
const backslash = 92
const filler = '.'.charCodeAt(0)
const nullMark = Buffer.from('\\N')
const hexDigits = Buffer.from('0123456789ABCDEF')

/** Lengths of cells up to here are one byte; above, that byte tells of a NULL, or of a length in the bytes after it. */
const longestShort = 250
const nullCell = 0xfb
const lengthBytes: Readonly<Record<number, number>> = { 252: 2, 253: 3, 254: 8 }

/** A bit field of 8 bytes has 20 digits. */
const bitDigits = 20

/** By the code of a character, the letter that stands for it after a backslash; 0: it stands for itself. */
const letters = new Uint8Array(256)
const escapes = { '\t': 't', '\n': 'n', '\r': 'r', '\\': '\\' }
for (const [character, letter] of Object.entries(escapes))
  letters[character.charCodeAt(0)] = letter.charCodeAt(0)

/**
 * Rows of the text protocol (see “Text Resultset Row” in MySQL's manual: a length before each cell, 0xFB
 * for NULL) as lines of text (`databases/text-lines.ts`): bytes in hexadecimal digits, bits as a number.
 * No cell becomes a JavaScript value on the way. Most rows become lines where they came in: a tab takes
 * the place of each length, and four bytes before the row become the line break and a first column of no
 * meaning. So the rows of a whole read are copied at once; only cells that are NULL, long, no text or have
 * characters to be escaped interrupt that.
 */
export class RowLines implements RowReceiver {
  readonly blocks: ByteBlocks
  readonly #forms: readonly CellForm[]
  /** Where the lines begin that stand in the bytes at hand and have not been copied; -1: there are none. */
  #start = -1
  #stop = 0
  /** All of them once the blocks have ended. */
  rowCount = 0
  /** Bytes of the longest line so far. */
  longestLine = 0
  /** Whether a text so far has characters that were escaped. */
  hasEscapes = false

  /** The rows of a statement, as fast as they are taken. Who stops taking them ends the session. */
  constructor(session: MysqlSession, statement: string, forms: readonly CellForm[]) {
    this.#forms = forms
    this.blocks = new ByteBlocks({
      pause: () => session.pause(),
      resume: () => session.resume(),
      abandon: () => session.destroy(),
    })
    session.stream(statement, this).then(
      () => this.blocks.end(),
      (error: Error) => this.blocks.end(error),
    )
  }

  row(bytes: Buffer, start: number, stop: number): void {
    const lineStart = start - 4
    if (this.#start < 0) this.#start = lineStart
    bytes[lineStart] = this.rowCount++ > 0 ? lineFeed : filler
    bytes[lineStart + 1] = filler
    bytes[lineStart + 2] = filler
    bytes[lineStart + 3] = filler
    const forms = this.#forms
    let grown = 0
    let at = start
    for (let column = 0; column < forms.length; column++) {
      let length = bytes[at] ?? 0
      bytes[at++] = tab
      if (length > longestShort) {
        this.#copyTo(bytes, at)
        if (length === nullCell) {
          grown += this.#write(nullMark)
          this.#start = at
          continue
        }
        const wide = lengthBytes[length] ?? 0
        length = wide === 8 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUIntLE(at, wide)
        at += wide
        grown -= wide
        this.#start = at
      }
      const cellStop = at + length
      const form = forms[column]
      if (form !== 'digits' && (form !== 'text' || !isPlain(bytes, at, cellStop))) {
        this.#copyTo(bytes, at)
        grown += this.#writeCell(bytes, at, cellStop, form) - length
        this.#start = cellStop
      }
      at = cellStop
    }
    if (at !== stop) throw new Error('a row of the server is not as long as its cells are')
    this.#stop = stop
    const line = stop - lineStart + grown
    if (line > this.longestLine) this.longestLine = line
  }

  flush(bytes: Buffer): void {
    if (this.#start >= 0) this.#copyTo(bytes, this.#stop)
    this.#start = -1
  }

  #copyTo(bytes: Buffer, stop: number): void {
    const length = stop - this.#start
    this.blocks.reserve(length)
    bytes.copy(this.blocks.buffer, this.blocks.at, this.#start, stop)
    this.blocks.at += length
  }

  #write(bytes: Buffer): number {
    this.blocks.reserve(bytes.length)
    this.blocks.at += bytes.copy(this.blocks.buffer, this.blocks.at)
    return bytes.length
  }

  /** Returns how many bytes it has written. */
  #writeCell(bytes: Buffer, start: number, stop: number, form: CellForm | undefined): number {
    // No value grows to more than twice its length, but for bits.
    this.blocks.reserve((stop - start) * 2 + bitDigits)
    const { buffer, at } = this.blocks
    if (form === 'bits') this.blocks.at = writeBits(buffer, at, bytes, start, stop)
    else if (form === 'bytes') this.blocks.at = writeHex(buffer, at, bytes, start, stop)
    else {
      this.blocks.at = writeEscaped(buffer, at, bytes, start, stop)
      this.hasEscapes = true
    }
    return this.blocks.at - at
  }
}

/** Whether no character of a text is one that may have to be escaped. */
function isPlain(bytes: Buffer, start: number, stop: number): boolean {
  for (let index = start; index < stop; index++) {
    const byte = bytes[index] ?? 0
    if (byte === backslash || byte < 14) return false
  }
  return true
}

function writeEscaped(out: Buffer, at: number, bytes: Buffer, start: number, stop: number): number {
  let next = at
  for (let index = start; index < stop; index++) {
    const byte = bytes[index] ?? 0
    const letter = letters[byte] ?? 0
    if (letter > 0) out[next++] = backslash
    out[next++] = letter > 0 ? letter : byte
  }
  return next
}

function writeHex(out: Buffer, at: number, bytes: Buffer, start: number, stop: number): number {
  let next = at
  for (let index = start; index < stop; index++) {
    const byte = bytes[index] ?? 0
    out[next++] = hexDigits[byte >> 4] ?? 0
    out[next++] = hexDigits[byte & 15] ?? 0
  }
  return next
}

function writeBits(out: Buffer, at: number, bytes: Buffer, start: number, stop: number): number {
  let value = 0n
  for (let index = start; index < stop; index++) value = value * 256n + BigInt(bytes[index] ?? 0)
  return at + out.write(String(value), at, 'latin1')
}
