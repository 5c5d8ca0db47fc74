import { ByteBlocks } from '../databases/byte-blocks.ts'
import type { MysqlSession, RawRow } from './session.ts'
import type { CellForm } from './types.ts'

const tab = 9
const lineFeed = 10
const backslash = 92
const capitalN = 78
const hexDigits = Buffer.from('0123456789ABCDEF')

/** By the code of a character, the letter that stands for it after a backslash; 0: it stands for itself. */
const letters = new Uint8Array(256)
const escapes = { '\t': 't', '\n': 'n', '\r': 'r', '\\': '\\' }
for (const [character, letter] of Object.entries(escapes))
  letters[character.charCodeAt(0)] = letter.charCodeAt(0)

/**
 * Rows of the text protocol (see “Text Resultset Row” in MySQL's manual: a length before each cell, 0xFB
 * for NULL) as lines of text (`databases/text-lines.ts`): bytes in hexadecimal digits, bits as a number.
 * No cell becomes a JavaScript value on the way. Most rows become lines where the driver has them: tabs
 * take the places of the lengths, and the line moves up to the one before.
 */
export class RowLines {
  readonly blocks: ByteBlocks
  readonly #forms: readonly CellForm[]
  /** Whether every row has to be written cell by cell. */
  readonly #isWritten: boolean
  /** Where in the row at hand the lengths are. */
  readonly #lengths: Int32Array
  /** What the driver took from the connection, lines up to `#end`. */
  #chunk: Buffer | undefined
  #end = 0
  /** A line with nothing in it would be skipped: a single column gets company. */
  readonly #ending: Buffer
  /** All of them once the blocks have ended. */
  rowCount = 0
  /** Bytes of the longest line so far. */
  longestLine = 0

  /** The rows of a statement, as fast as they are taken. Who stops taking them ends the session. */
  constructor(session: MysqlSession, statement: string, forms: readonly CellForm[]) {
    this.#forms = forms
    this.#isWritten = forms.length === 1 || forms.some((form) => form === 'bytes' || form === 'bits')
    this.#lengths = new Int32Array(forms.length)
    this.#ending = Buffer.from(forms.length === 1 ? '\t.\n' : '\n')
    this.blocks = new ByteBlocks({
      pause: () => session.pause(),
      resume: () => session.resume(),
      abandon: () => session.destroy(),
    })
    session
      .stream(statement, (row) => this.#add(row))
      .then(
        () => {
          this.#flush()
          this.blocks.end()
        },
        (error: Error) => this.blocks.end(error),
      )
  }

  #add(row: RawRow): void {
    this.rowCount++
    if (row.buffer !== this.#chunk) {
      this.#flush()
      this.#chunk = row.buffer
    }
    if (this.#isWritten || !this.#changeInPlace(row)) {
      this.#flush()
      this.#write(row)
    }
  }

  /** Returns false, with nothing changed, where a value is NULL, long, or has a character to be escaped. */
  #changeInPlace({ buffer, offset, end }: RawRow): boolean {
    const lengths = this.#lengths
    let from = offset
    for (let column = 0; column < lengths.length; column++) {
      const length = buffer[from] ?? 0
      if (length > 250) return false
      lengths[column] = from++
      const stop = from + length
      if (this.#forms[column] === 'text')
        for (let index = from; index < stop; index++) {
          const byte = buffer[index] ?? 0
          if (byte === backslash || byte < 14) return false
        }
      from = stop
    }
    for (let column = 1; column < lengths.length; column++) buffer[lengths[column] ?? 0] = tab
    buffer.copyWithin(this.#end, offset + 1, end)
    this.#end += end - offset - 1
    buffer[this.#end++] = lineFeed
    this.#measure(end - offset)
    return true
  }

  #flush(): void {
    if (this.#end === 0) return
    this.blocks.reserve(this.#end)
    this.#chunk?.copy(this.blocks.buffer, this.blocks.at, 0, this.#end)
    this.blocks.at += this.#end
    this.#end = 0
  }

  #measure(bytes: number): void {
    if (bytes > this.longestLine) this.longestLine = bytes
  }

  #write({ buffer, offset, end }: RawRow): void {
    // No value grows to more than twice its length; a bit field of 8 bytes has 20 digits.
    this.blocks.reserve((end - offset) * 2 + this.#forms.length * 24 + 8)
    const out = this.blocks.buffer
    const start = this.blocks.at
    let at = start
    let from = offset
    for (let column = 0; from < end; column++) {
      if (column > 0) out[at++] = tab
      let length = buffer[from++] ?? 0
      if (length === 0xfb) {
        out[at++] = backslash
        out[at++] = capitalN
        continue
      }
      if (length >= 0xfc) {
        const bytes = length === 0xfc ? 2 : length === 0xfd ? 3 : 8
        length = bytes === 8 ? Number(buffer.readBigUInt64LE(from)) : buffer.readUIntLE(from, bytes)
        from += bytes
      }
      const stop = from + length
      const form = this.#forms[column]
      if (form === 'bits') at = writeBits(out, at, buffer, from, stop)
      else if (form === 'bytes')
        for (let index = from; index < stop; index++) {
          const byte = buffer[index] ?? 0
          out[at++] = hexDigits[byte >> 4] ?? 0
          out[at++] = hexDigits[byte & 15] ?? 0
        }
      else
        for (let index = from; index < stop; index++) {
          const byte = buffer[index] ?? 0
          const letter = letters[byte] ?? 0
          if (letter > 0) out[at++] = backslash
          out[at++] = letter > 0 ? letter : byte
        }
      from = stop
    }
    at += this.#ending.copy(out, at)
    this.blocks.at = at
    this.#measure(at - start)
  }
}

function writeBits(out: Buffer, at: number, buffer: Buffer, from: number, stop: number): number {
  let value = 0n
  for (let index = from; index < stop; index++) value = value * 256n + BigInt(buffer[index] ?? 0)
  return at + out.write(String(value), at, 'latin1')
}
