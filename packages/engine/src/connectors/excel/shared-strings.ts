import { unescapeText } from './escapes.ts'
import { readXml } from './xml.ts'

const blockBytes = 4 * 2 ** 20

/**
 * The texts that cells refer to by number. Kept as bytes outside the JavaScript heap: a workbook may
 * have millions of them.
 */
export class SharedStrings {
  #blocks: Buffer[] = []
  #used = blockBytes
  /** Of each text: its block, its offset there, its length in bytes. */
  #places = new Uint32Array(3 * 1024)
  #count = 0

  get count(): number {
    return this.#count
  }

  add(text: string): void {
    const size = Buffer.byteLength(text)
    if (this.#used + size > blockBytes) {
      this.#blocks.push(Buffer.allocUnsafeSlow(Math.max(blockBytes, size)))
      this.#used = 0
    }
    this.#blocks.at(-1)?.write(text, this.#used)
    if (this.#places.length === this.#count * 3) {
      const places = new Uint32Array(this.#places.length * 2)
      places.set(this.#places)
      this.#places = places
    }
    this.#places.set([this.#blocks.length - 1, this.#used, size], this.#count * 3)
    this.#used += size
    this.#count++
  }

  get(index: number): string | undefined {
    if (!(index >= 0 && index < this.#count)) return undefined
    const at = index * 3
    const start = this.#places[at + 1] ?? 0
    return this.#blocks[this.#places[at] ?? 0]?.toString('utf8', start, start + (this.#places[at + 2] ?? 0))
  }
}

/** Gathers the text of a shared or inline string: its runs one after another, without their phonetics. */
export class TextGatherer {
  text = ''
  #inText = false
  #phonetic = 0

  open(name: string): void {
    if (name === 'rPh') this.#phonetic++
    else if (name === 't') this.#inText = this.#phonetic === 0
  }

  close(name: string): void {
    if (name === 'rPh') this.#phonetic--
    else if (name === 't') this.#inText = false
  }

  add(text: string): void {
    if (this.#inText) this.text += text
  }

  take(): string {
    const text = unescapeText(this.text)
    this.text = ''
    return text
  }
}

export async function readSharedStrings(pieces: AsyncIterable<string>): Promise<SharedStrings> {
  const strings = new SharedStrings()
  const gatherer = new TextGatherer()
  await readXml(pieces, {
    open: (name) => gatherer.open(name),
    text: (text) => gatherer.add(text),
    close(name) {
      gatherer.close(name)
      if (name === 'si') strings.add(gatherer.take())
    },
  })
  return strings
}
