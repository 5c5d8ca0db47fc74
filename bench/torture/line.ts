import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'

/** What a bad line lets through: bytes a second, and how many of them at a time. */
const slowRate = 4096
const slowPiece = 256

/** A line to a database that can be cut, and that can become slow. */
export class Line {
  readonly #host: string
  readonly #port: number
  readonly #pairs = new Set<readonly [client: Socket, upstream: Socket]>()
  #server: Server | undefined
  #ownPort = 0
  #isSlow = false

  constructor(host: string, port: number) {
    this.#host = host
    this.#port = port
  }

  /** Where it listens on loopback; the same for as long as it lives. */
  get port(): number {
    return this.#ownPort
  }

  /** Takes connections, again after a cut. */
  async open(): Promise<void> {
    const server = createServer({ pauseOnConnect: true }, (client) => this.#join(client))
    server.listen(this.#ownPort, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (typeof address === 'object' && address) this.#ownPort = address.port
    this.#server = server
  }

  #join(client: Socket): void {
    const upstream = connect(this.#port, this.#host)
    const pair = [client, upstream] as const
    this.#pairs.add(pair)
    for (const [from, to] of [pair, [upstream, client] as const]) {
      from.on('error', () => {})
      from.on('end', () => to.end())
      from.on('close', () => {
        to.destroy()
        this.#pairs.delete(pair)
      })
      from.on('data', (chunk: Buffer) => {
        from.pause()
        void this.#pass(chunk, to).then(() => from.resume())
      })
    }
    upstream.once('connect', () => client.resume())
  }

  async #pass(chunk: Buffer, to: Socket): Promise<void> {
    for (let at = 0; at < chunk.length && !to.destroyed; ) {
      const piece = this.#isSlow ? slowPiece : chunk.length
      if (this.#isSlow) await setTimeout((slowPiece / slowRate) * 1000)
      to.write(chunk.subarray(at, at + piece))
      at += piece
    }
  }

  /** The engine's side of every connection is reset and no new one is taken; the database hears nothing of it yet. */
  async cut(): Promise<void> {
    const closed = this.#server && once(this.#server, 'close')
    this.#server?.close()
    for (const [client, upstream] of this.#pairs) {
      upstream.removeAllListeners('data').pause()
      client.removeAllListeners('close').resetAndDestroy()
    }
    await closed
  }

  /** After a cut: the database hears of it, and connections are taken again. */
  async mend(): Promise<void> {
    for (const [, upstream] of this.#pairs) upstream.resetAndDestroy()
    this.#pairs.clear()
    await this.open()
  }

  set slow(isSlow: boolean) {
    this.#isSlow = isSlow
  }

  close(): void {
    this.#server?.close()
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy()
  }
}
