import { Readable } from 'node:stream'
import type { MysqlSession, RawRow } from './session.ts'
import type { CellForm } from './types.ts'

const chunkBytes = 2 ** 20
/** Bytes that may wait to be taken before the server is asked to pause. */
const waitingBytes = 4 * 2 ** 20

const quote = 34
const comma = 44
const hexDigits = Buffer.from('0123456789ABCDEF')

/**
 * Rows of the text protocol (see “Text Resultset Row” in MySQL's manual: a length before each cell, 0xFB
 * for NULL) as lines of CSV: every value in quotes, nothing at all for NULL, bytes in hexadecimal digits,
 * bits as a number. No cell becomes a JavaScript value on the way.
 */
class CsvWriter {
  readonly #forms: readonly CellForm[]
  /** A line with nothing in it would be skipped: a single column gets company. */
  readonly #ending: Buffer
  #buffer = Buffer.allocUnsafe(chunkBytes)
  #at = 0
  rows = 0

  constructor(forms: readonly CellForm[]) {
    this.#forms = forms
    this.#ending = Buffer.from(forms.length === 1 ? ',.\n' : '\n')
  }

  /** Adds a row; returns whole lines once there are enough of them. */
  add({ buffer, offset, end }: RawRow): Buffer | undefined {
    // No value grows to more than twice its length; a bit field of 8 bytes has 20 digits.
    const room = (end - offset) * 2 + this.#forms.length * 24 + 8
    const full = this.#at + room > this.#buffer.length ? this.flush(room) : undefined
    const out = this.#buffer
    let at = this.#at
    let from = offset
    for (let column = 0; from < end; column++) {
      if (column > 0) out[at++] = comma
      let length = buffer[from++] ?? 0
      if (length === 0xfb) continue
      if (length >= 0xfc) {
        const bytes = length === 0xfc ? 2 : length === 0xfd ? 3 : 8
        length = bytes === 8 ? Number(buffer.readBigUInt64LE(from)) : buffer.readUIntLE(from, bytes)
        from += bytes
      }
      const stop = from + length
      const form = this.#forms[column]
      if (form === 'bits') at = writeBits(out, at, buffer, from, stop)
      else {
        out[at++] = quote
        if (form === 'bytes')
          for (let index = from; index < stop; index++) {
            const byte = buffer[index] ?? 0
            out[at++] = hexDigits[byte >> 4] ?? 0
            out[at++] = hexDigits[byte & 15] ?? 0
          }
        else
          for (let index = from; index < stop; index++) {
            const byte = buffer[index] ?? 0
            if (byte === quote) out[at++] = quote
            out[at++] = byte
          }
        out[at++] = quote
      }
      from = stop
    }
    at += this.#ending.copy(out, at)
    this.#at = at
    this.rows++
    return full
  }

  /** The lines so far; goes on in a buffer of its own, of at least this size. */
  flush(room = 0): Buffer | undefined {
    const lines = this.#at > 0 ? this.#buffer.subarray(0, this.#at) : undefined
    this.#buffer = Buffer.allocUnsafe(Math.max(chunkBytes, room))
    this.#at = 0
    return lines
  }
}

function writeBits(out: Buffer, at: number, buffer: Buffer, from: number, stop: number): number {
  let value = 0n
  for (let index = from; index < stop; index++) value = value * 256n + BigInt(buffer[index] ?? 0)
  return at + out.write(String(value), at, 'latin1')
}

export interface CsvRows {
  /** Each chunk ends with the end of a row. */
  readonly chunks: Readable
  /** Rows so far; all of them once the chunks have ended. */
  readonly count: () => number
}

/** The rows of a statement as CSV, as fast as they are taken. Destroying the chunks ends the session. */
export function csvRows(session: MysqlSession, statement: string, forms: readonly CellForm[]): CsvRows {
  const writer = new CsvWriter(forms)
  let proceed: (() => void) | undefined
  const chunks = new Readable({
    highWaterMark: waitingBytes,
    read() {
      proceed?.()
      proceed = undefined
    },
    destroy(error, done) {
      if (error || !chunks.readableEnded) session.destroy()
      done(error)
    },
  })
  session
    .stream(statement, (row) => {
      const lines = writer.add(row)
      if (!lines || chunks.push(lines)) return undefined
      return new Promise<void>((resolve) => {
        proceed = resolve
      })
    })
    .then(
      () => {
        const rest = writer.flush()
        if (rest) chunks.push(rest)
        chunks.push(null)
      },
      (error: unknown) => chunks.destroy(error instanceof Error ? error : new Error(String(error))),
    )
  return { chunks, count: () => writer.rows }
}
