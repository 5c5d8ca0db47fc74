import { type FileHandle, open } from 'node:fs/promises'

/** Bytes that a record may have. DuckDB's reader loses one of more than 64 MiB without a word. */
const longestRecord = 32 * 2 ** 20
/** A proven end of a record in each stretch makes every record shorter than two of them. */
const stretch = longestRecord / 2
/** Bytes at the beginning of a stretch in which that proof is looked for. */
const glance = 256 * 1024
const chunkSize = 2 ** 20

const [lineFeed, carriageReturn] = [10, 13]

interface Marks {
  readonly quote: number
  /** The last byte of the delimiter. */
  readonly delimiter: number
}

const [outside, quoted, quoteInQuoted] = [0, 1, 2]

/** Follows quotes through a file from the beginning of a record. */
class RecordScanner {
  readonly #marks: Marks
  #state = outside
  #previous = lineFeed
  /** Where the current record begins. */
  record: number

  constructor(marks: Marks, from: number) {
    this.#marks = marks
    this.record = from
  }

  /** Takes the bytes that stand at `offset`, which follow those of the last call. */
  feed(bytes: Buffer, offset: number): void {
    const { quote, delimiter } = this.#marks
    if (this.#state !== quoteInQuoted && !bytes.includes(quote)) {
      this.#feedPlain(bytes, offset)
      return
    }
    let state = this.#state
    let previous = this.#previous
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0
      if (state === quoted) {
        if (byte === quote) state = quoteInQuoted
      } else if (state === quoteInQuoted && byte === quote) state = quoted
      else {
        state = outside
        if (byte === lineFeed) this.record = offset + at + 1
        // A quote opens a cell only where one begins; anywhere else it is a character like others.
        else if (
          byte === quote &&
          (previous === delimiter || previous === lineFeed || previous === carriageReturn)
        )
          state = quoted
      }
      previous = byte
    }
    this.#state = state
    this.#previous = previous
  }

  /** The same, many times faster, for bytes without a quote. */
  #feedPlain(bytes: Buffer, offset: number): void {
    const last = this.#state === outside ? bytes.lastIndexOf(lineFeed) : -1
    if (last !== -1) this.record = offset + last + 1
    this.#previous = bytes.at(-1) ?? this.#previous
  }
}

/**
 * Where a record begins for certain in a piece of a file of which nothing else is known, or undefined.
 * An odd number of quotes after the text of a cell and before a delimiter or line break cannot open a
 * cell, so what follows stands outside of quotes, and the first line break there ends a record, unless
 * a quote comes before it.
 */
function certainRecord(bytes: Buffer, { quote, delimiter }: Marks): number | undefined {
  const isEdge = (byte: number | undefined) =>
    byte === delimiter || byte === lineFeed || byte === carriageReturn
  for (let run = bytes.indexOf(quote); run !== -1; ) {
    let after = run
    while (bytes[after] === quote) after++
    const following = bytes.indexOf(quote, after)
    const closes = run > 0 && after < bytes.length && (after - run) % 2 === 1
    if (closes && !isEdge(bytes[run - 1]) && isEdge(bytes[after])) {
      const end = bytes.indexOf(lineFeed, after)
      if (end !== -1 && (following === -1 || end < following)) return end + 1
    }
    run = following
  }
  return undefined
}

async function readAt(file: FileHandle, buffer: Buffer, at: number): Promise<Buffer> {
  const { bytesRead } = await file.read(buffer, 0, buffer.length, at)
  return buffer.subarray(0, bytesRead)
}

/**
 * The byte at which a record of more than 32 MiB begins, line breaks inside quotes included, or
 * undefined. Looks at little of a file in which quoted cells are frequent, and reads all of others;
 * files below the limit are not looked at.
 */
export async function endlessRecordAt(
  path: string,
  { delimiter, quote }: { readonly delimiter: string; readonly quote: string },
): Promise<number | undefined> {
  if (quote === '') return undefined
  const marks = { quote: Buffer.from(quote)[0] ?? 0, delimiter: Buffer.from(delimiter).at(-1) ?? 0 }
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    if (size <= longestRecord) return undefined
    const glanced = Buffer.alloc(glance)
    const buffer = Buffer.alloc(chunkSize)
    let known = 0
    for (let start = stretch; start < size; start += stretch) {
      if (known > start) continue
      const certain = certainRecord(await readAt(file, glanced, start), marks)
      if (certain !== undefined) {
        known = start + certain
        continue
      }
      const scanner = new RecordScanner(marks, known)
      for (let at = known; at < size && scanner.record <= start; at += buffer.length) {
        const bytes = await readAt(file, buffer, at)
        scanner.feed(bytes, at)
        if (at + bytes.length - scanner.record > longestRecord) return scanner.record
      }
      known = Math.max(known, scanner.record)
    }
    return undefined
  } finally {
    await file.close()
  }
}
