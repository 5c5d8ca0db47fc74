import { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { readingSocket } from '../databases/reading-socket.ts'
import { ResultRows } from './result-rows.ts'

const largest = 0xffffff

/** Contents as packets, those that are too long for one in several. */
function packets(contents: readonly Buffer[]): Buffer {
  let sequence = 0
  return Buffer.concat(
    contents.flatMap((content) => {
      const parts: Buffer[] = []
      for (let start = 0; start <= content.length; start += largest) {
        const part = content.subarray(start, start + largest)
        const header = Buffer.alloc(4)
        header.writeUIntLE(part.length, 0, 3)
        sequence = (sequence + 1) & 0xff
        header[3] = sequence
        parts.push(header, part)
      }
      return parts
    }),
  )
}

const columns = [Buffer.from('\x03def a'), Buffer.from('\x03def b')]
const preface = [Buffer.from([columns.length]), ...columns, Buffer.from([0xfe, 0, 0, 2, 0])]
const end = Buffer.from([0xfe, 0, 0, 2, 0])
const refusal = Buffer.from([0xff, 0x28, 0x04, ...Buffer.from('#42000no')])

/** Has bytes come in such pieces; what became of them. */
function receive(bytes: Buffer, pieceBytes: number) {
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  const driver: Buffer[] = []
  stream.on('data', (given: Buffer) => driver.push(given))
  const rows: Buffer[] = []
  const faults: unknown[] = []
  const reading = readingSocket()
  let flushed = 0
  const receiver = {
    row: (at: Buffer, start: number, stop: number) => {
      rows.push(Buffer.from(at.subarray(start, stop)))
      at.fill(0xff, start - 4, stop)
    },
    flush: () => {
      flushed = rows.length
    },
  }
  new ResultRows(stream, reading, receiver, (error) => faults.push(error)).begin()
  // As a socket gives them: the same memory each time.
  const memory = Buffer.alloc(pieceBytes)
  for (let start = 0; start < bytes.length && faults.length === 0; start += pieceBytes) {
    const count = bytes.copy(memory, 0, start)
    stream.emit('data', memory.subarray(0, count))
    if (faults.length === 0) expect(flushed).toBe(rows.length)
    memory.fill(0xff)
  }
  return { rows, driver: Buffer.concat(driver), faults, isDirect: reading.isDirect }
}

describe('the rows of a result', () => {
  it('are cut apart wherever their bytes are, and the driver gets the rest', () => {
    const rows = [
      Buffer.from('\x011\x00'),
      Buffer.from('\xfb\xfb', 'latin1'),
      Buffer.from(`\x05abcde\x80${'x'.repeat(128)}`, 'latin1'),
    ]
    // A row that begins as an end does, and is too long to be one.
    rows.push(Buffer.concat([Buffer.from([0xfe, 1, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('y\x00')]))
    const bytes = packets([...preface, ...rows, end])
    const expected = { rows, driver: packets([...preface, end]), faults: [], isDirect: false }
    for (let pieceBytes = 1; pieceBytes <= bytes.length; pieceBytes++)
      expect(receive(bytes, pieceBytes)).toEqual(expected)
  })

  it('are whole where they take several packets, and numbered on from 255 to 0', () => {
    const rows = [largest - 1, largest, largest + 1].map((length) => Buffer.alloc(length, 'x'))
    const short = Array.from({ length: 600 }, (_, row) =>
      Buffer.from(`\x03${String(row).padStart(3, '0')}\x00`),
    )
    const bytes = packets([...preface, ...rows, ...short, end])
    for (const pieceBytes of [2 ** 18, 2 ** 25]) {
      const received = receive(bytes, pieceBytes)
      expect(received.rows.map((row) => row.length)).toEqual([...rows, ...short].map((row) => row.length))
      expect(Buffer.concat(received.rows).equals(Buffer.concat([...rows, ...short]))).toBe(true)
      expect(received.driver).toEqual(packets([...preface, end]))
    }
  })

  it('may be none: another answer is the driver’s, as it came', () => {
    for (const answer of [
      refusal,
      Buffer.from([0, 0, 0, 2, 0, 0, 0]),
      Buffer.from('\xfb/etc/passwd', 'latin1'),
    ])
      for (const pieceBytes of [1, 5, 100]) {
        const bytes = packets([answer])
        expect(receive(bytes, pieceBytes)).toEqual({ rows: [], driver: bytes, faults: [], isDirect: false })
      }
  })

  it('may end in a fault, which the driver gets', () => {
    const row = Buffer.from('\x011\x012')
    const received = receive(packets([...preface, row, refusal]), 7)
    expect(received).toMatchObject({ rows: [row], driver: packets([...preface, refusal]), isDirect: false })
  })

  it('are not taken where one of them is missing', () => {
    const row = Buffer.from('\x011\x012')
    const bytes = packets([...preface, row, row, end])
    const before = packets([...preface, row]).length
    const gone = Buffer.concat([bytes.subarray(0, before), bytes.subarray(before + 4 + row.length)])
    expect(receive(gone, 1000).faults).toHaveLength(1)
  })
})
