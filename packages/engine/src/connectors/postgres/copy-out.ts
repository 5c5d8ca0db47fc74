import type { Connection, Submittable } from 'pg'
import { ByteBlocks } from '../databases/byte-blocks.ts'
import type { ReadingSocket } from '../databases/reading-socket.ts'

/** What the server sends while it copies, see “Message Formats” in PostgreSQL's manual: a letter, and a length that counts itself. */
const headerBytes = 5
const copyData = 'd'.charCodeAt(0)
const copyDone = 'c'.charCodeAt(0)
/** Nothing to be read: the beginning of the copy, and what may come in between. */
const passedOver = new Set(['H', 'S', 'N', 'A'].map((letter) => letter.charCodeAt(0)))

/**
 * `COPY … TO STDOUT`. The server sends a message for each row; they are put together where they came in,
 * and no object is made for any of them. While they come, the bytes of the connection are not the driver's.
 */
export class CopyOut implements Submittable {
  readonly #statement: string
  readonly #reading: ReadingSocket
  #connection: Connection | undefined
  #driver: ((bytes: Buffer) => void) | undefined
  /** The letter of the message that is coming, the bytes of its header that have, and those of its content that have not. */
  #letter = 0
  #header = Buffer.alloc(headerBytes)
  #headerBytes = 0
  #missing = 0
  readonly blocks = new ByteBlocks({
    pause: () => this.#connection?.stream.pause(),
    resume: () => this.#connection?.stream.resume(),
    abandon: () => this.#connection?.stream.destroy(),
  })
  /** What the server says it sent; known once the blocks have ended. */
  rowCount = 0
  /** Bytes of the longest row that has begun to come. */
  longestRow = 0

  constructor(statement: string, reading: ReadingSocket) {
    this.#statement = statement
    this.#reading = reading
  }

  submit(connection: Connection): void {
    this.#connection = connection
    const { stream } = connection
    const [driver, ...others] = stream.listeners('data')
    if (!driver || others.length > 0)
      throw new Error('the bytes of the connection are not the driver’s alone')
    this.#driver = driver as (bytes: Buffer) => void
    stream.off('data', this.#driver)
    stream.on('data', this.#receive)
    this.#reading.isDirect = true
    connection.query(this.#statement)
  }

  readonly #receive = (bytes: Buffer): void => {
    const end = bytes.length
    let from = 0
    let to = 0
    while (from < end) {
      if (this.#missing > 0) {
        const stop = Math.min(end, from + this.#missing)
        if (this.#letter === copyData) {
          bytes.copyWithin(to, from, stop)
          to += stop - from
        }
        this.#missing -= stop - from
        from = stop
      } else {
        if (this.#headerBytes === 0) {
          this.#letter = bytes[from] ?? 0
          const isOurs =
            this.#letter === copyData || this.#letter === copyDone || passedOver.has(this.#letter)
          if (!isOurs) break
        }
        if (this.#headerBytes === 0 && from + headerBytes <= end) {
          this.#missing = bytes.readInt32BE(from + 1) - 4
          from += headerBytes
        } else {
          this.#header[this.#headerBytes++] = bytes[from++] ?? 0
          if (this.#headerBytes < headerBytes) continue
          this.#headerBytes = 0
          this.#missing = this.#header.readInt32BE(1) - 4
        }
        if (this.#letter === copyData && this.#missing > this.longestRow) this.longestRow = this.#missing
      }
    }
    if (to > 0) {
      this.blocks.reserve(to)
      bytes.copy(this.blocks.buffer, this.blocks.at, 0, to)
      this.blocks.at += to
    }
    if (from < end) this.#giveBack(bytes.subarray(from))
  }

  /** The end, or a fault: the driver knows what to do. */
  #giveBack(rest: Buffer): void {
    const [stream, driver] = [this.#connection?.stream, this.#driver]
    if (!stream || !driver) return
    this.#reading.isDirect = false
    stream.off('data', this.#receive)
    stream.on('data', driver)
    driver(Buffer.from(rest))
    stream.resume()
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.rowCount = Number(/^COPY (\d+)/.exec(text)?.[1] ?? 0)
  }

  handleReadyForQuery(): void {
    this.blocks.end()
  }

  /** Of the server, or of a connection that was lost. */
  handleError(error: Error): void {
    this.blocks.end(error)
  }
}
