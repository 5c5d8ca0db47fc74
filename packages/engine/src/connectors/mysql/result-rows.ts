import type { Duplex } from 'node:stream'
import type { ReadingSocket } from '../databases/reading-socket.ts'

/** See “MySQL Packets” and “Text Resultset” in MySQL's manual: three bytes of length, one of sequence, then the content. */
const headerBytes = 4
/** A packet of this length goes on in the next one. */
const largest = 0xffffff
/** First bytes of packets; an end is shorter than `endBytes`, a row that begins so is not. */
const okay = 0x00
const fileWanted = 0xfb
const twoByteCount = 0xfc
const endOfRows = 0xfe
const endBytes = 9
const fault = 0xff

const lengthAt = (bytes: Buffer, at: number): number =>
  (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)

/** Takes the rows of a result. */
export interface RowReceiver {
  /** A row of the text protocol, from `start` to `stop`. It may be changed, and so may the four bytes before it. */
  row(bytes: Buffer, start: number, stop: number): void
  /** The bytes of all rows so far, one after the other in `bytes`, are about to be used again. */
  flush(bytes: Buffer): void
}

/**
 * Takes the bytes of a connection from its driver while a statement is answered: the rows are cut apart
 * where they came in, and no object is made for any of them. The driver gets all the rest, as if there
 * had been no rows. To begin right before the statement is sent; `fail` hears what goes wrong on the way.
 */
export class ResultRows {
  readonly #stream: Duplex
  readonly #reading: ReadingSocket
  readonly #receiver: RowReceiver
  readonly #fail: (error: unknown) => void
  readonly #driver: (bytes: Buffer) => void
  /** Packets that are to come before the rows, once the first has told how many columns there are. */
  #preface: number | undefined
  #isAnswered = false
  /** That of the next packet. The first is the statement's own. */
  #sequence = 1
  /** What the driver takes the end's to be. */
  #endSequence = 1
  /**
   * What has come of a packet that is not all there, or of a row of several such packets: `#length`
   * bytes, the packet that is coming from `#from` on.
   */
  #part: Buffer = Buffer.allocUnsafe(2 ** 16)
  #length = 0
  #from = 0

  constructor(stream: Duplex, reading: ReadingSocket, receiver: RowReceiver, fail: (error: unknown) => void) {
    this.#stream = stream
    this.#reading = reading
    this.#receiver = receiver
    this.#fail = fail
    const [driver, ...others] = stream.listeners('data')
    if (!driver || others.length > 0)
      throw new Error('the bytes of the connection are not the driver’s alone')
    this.#driver = driver as (bytes: Buffer) => void
  }

  begin(): void {
    this.#stream.off('data', this.#driver)
    this.#stream.on('data', this.#receive)
    this.#reading.isDirect = true
  }

  readonly #receive = (bytes: Buffer): void => {
    try {
      let from = 0
      while (from < bytes.length && !this.#isAnswered)
        from = this.#length > 0 ? this.#complete(bytes, from) : this.#pass(bytes, from)
      if (from < bytes.length) this.#driver(Buffer.from(bytes.subarray(from)))
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Takes the packets that are whole; returns where what is left begins. */
  #pass(bytes: Buffer, from: number): number {
    let start = from
    while (bytes.length - start >= headerBytes) {
      const length = lengthAt(bytes, start)
      const stop = start + headerBytes + length
      if (length === largest || stop > bytes.length) break
      this.#checkSequence(bytes[start + 3])
      this.#take(bytes, start, stop)
      start = stop
      if (this.#isAnswered) return start
    }
    this.#receiver.flush(bytes)
    const stop = Math.min(bytes.length, start + headerBytes)
    this.#keep(bytes, start, stop)
    return stop
  }

  /** Goes on with a packet that has come in part; returns up to where `bytes` were taken. */
  #complete(bytes: Buffer, from: number): number {
    const content = this.#from + headerBytes
    const taken = this.#keepUpTo(content, bytes, from)
    if (this.#length < content) return taken
    const length = lengthAt(this.#part, this.#from)
    const start = this.#keepUpTo(content + length, bytes, taken)
    if (this.#length < content + length) return start
    this.#checkSequence(this.#part[this.#from + 3])
    if (this.#from > 0) {
      this.#part.copyWithin(this.#from, content, this.#length)
      this.#length -= headerBytes
    }
    if (length === largest) this.#from = this.#length
    else {
      this.#take(this.#part, 0, this.#length)
      this.#receiver.flush(this.#part)
      this.#length = 0
      this.#from = 0
    }
    return start
  }

  /** Adds to the part until it has so many bytes, if they are there; returns up to where `bytes` were taken. */
  #keepUpTo(length: number, bytes: Buffer, from: number): number {
    const stop = Math.min(bytes.length, from + Math.max(0, length - this.#length))
    this.#keep(bytes, from, stop)
    return stop
  }

  #keep(bytes: Buffer, start: number, stop: number): void {
    const length = this.#length + stop - start
    if (length > this.#part.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#part.length))
      this.#part.copy(larger, 0, 0, this.#length)
      this.#part = larger
    }
    bytes.copy(this.#part, this.#length, start, stop)
    this.#length = length
  }

  #checkSequence(sequence: number | undefined): void {
    if (sequence !== this.#sequence) throw new Error('the server’s packets are not in their order')
    this.#sequence = (this.#sequence + 1) & 0xff
  }

  /** A packet, or a row of several that stands as one. */
  #take(bytes: Buffer, start: number, stop: number): void {
    const content = start + headerBytes
    const first = bytes[content] ?? 0
    if (this.#preface === 0) {
      if (first === fault || (first === endOfRows && stop - content < endBytes)) {
        bytes[start + 3] = this.#endSequence
        this.#giveBack(bytes, start, stop)
      } else this.#receiver.row(bytes, content, stop)
    } else if (this.#preface === undefined && (first === fault || first === okay || first === fileWanted)) {
      this.#giveBack(bytes, start, stop)
    } else {
      const columns = first === twoByteCount ? bytes.readUInt16LE(content + 1) : first
      // After it one for each column, and an end.
      this.#preface = this.#preface === undefined ? columns + 1 : this.#preface - 1
      this.#endSequence = this.#sequence
      this.#driver(Buffer.from(bytes.subarray(start, stop)))
    }
  }

  /** This is the last of the answer, or a question: the driver knows what to do. */
  #giveBack(bytes: Buffer, start: number, stop: number): void {
    this.#receiver.flush(bytes)
    this.#isAnswered = true
    this.#reading.isDirect = false
    this.#stream.off('data', this.#receive)
    this.#stream.on('data', this.#driver)
    this.#driver(Buffer.from(bytes.subarray(start, stop)))
    this.#stream.resume()
  }
}
