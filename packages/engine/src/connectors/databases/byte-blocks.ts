const blockBytes = 2 ** 20

/** How a producer of bytes is told to wait, to go on, and that nobody takes its bytes any more. */
export interface Producer {
  pause(): void
  resume(): void
  abandon(): void
}

/**
 * Bytes on their way from a connection to whoever takes them, in large blocks that are used again: the
 * taker has one while the next is filled, and once that is full as well the connection is paused. A
 * block is good until the next one is asked for.
 */
export class ByteBlocks implements AsyncIterable<Buffer> {
  readonly #producer: Producer
  readonly #free: Buffer[] = []
  readonly #full: { readonly buffer: Buffer; readonly bytes: number }[] = []
  #wake: (() => void) | undefined
  #isPaused = false
  #end: { readonly error?: Error } | undefined
  /** The block that is being filled, up to `at`. */
  buffer: Buffer = Buffer.allocUnsafe(blockBytes)
  at = 0

  constructor(producer: Producer) {
    this.#producer = producer
  }

  /** Sees to it that `buffer` has so many bytes after `at`. */
  reserve(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return
    this.#handOn()
    if (bytes > this.buffer.length) this.buffer = Buffer.allocUnsafe(bytes)
  }

  /** Nothing comes any more: all has come, or `error` says why not. */
  end(error?: Error): void {
    this.#handOn()
    this.#end ??= error ? { error } : {}
    this.#wake?.()
  }

  #handOn(): void {
    if (this.at === 0) return
    this.#full.push({ buffer: this.buffer, bytes: this.at })
    this.buffer = this.#free.pop() ?? Buffer.allocUnsafe(blockBytes)
    this.at = 0
    if (this.#full.length > 1 && !this.#isPaused) {
      this.#isPaused = true
      this.#producer.pause()
    }
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void> {
    let isWanted = true
    try {
      for (;;) {
        const block = this.#full.shift()
        if (this.#end?.error || (this.#end && !block)) {
          isWanted = false
          if (this.#end.error) throw this.#end.error
          return
        }
        if (block) {
          this.#proceed()
          yield block.buffer.subarray(0, block.bytes)
          if (block.buffer.length === blockBytes) this.#free.push(block.buffer)
        } else
          await new Promise<void>((resolve) => {
            this.#wake = resolve
          })
      }
    } finally {
      if (isWanted) this.#producer.abandon()
    }
  }

  #proceed(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#producer.resume()
  }
}
