import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP relay before a server, whose connections can be made to break. */
export class Relay {
  readonly #server: ReturnType<typeof createServer>
  readonly #sockets = new Set<Socket>()
  #refusals = 0
  #cut: { readonly from: 'client' | 'server'; readonly bytes: number } | undefined
  /** Connections that were asked for so far. */
  connections = 0

  private constructor(host: string, port: number) {
    this.#server = createServer((client) => {
      this.connections += 1
      if (this.#refusals > 0) {
        this.#refusals -= 1
        client.resetAndDestroy()
        return
      }
      const cut = this.#cut
      this.#cut = undefined
      const server = connect(port, host)
      const ends = { client, server }
      const other = { client: server, server: client }
      for (const name of ['client', 'server'] as const) {
        const end = ends[name]
        this.#sockets.add(end)
        let passed = 0
        end
          .on('error', () => {})
          .on('close', () => {
            this.#sockets.delete(end)
            other[name].destroy()
          })
        end.on('data', (bytes) => {
          passed += bytes.length
          if (cut?.from === name && passed > cut.bytes) client.resetAndDestroy()
          else if (!other[name].write(bytes)) {
            end.pause()
            other[name].once('drain', () => end.resume())
          }
        })
      }
    })
  }

  /** Before the server at an address and port; `at`: the address that the relay has itself. */
  static async before(host: string, port: number, at = '127.0.0.1'): Promise<Relay> {
    const relay = new Relay(host, port)
    relay.#server.listen(0, at)
    await once(relay.#server, 'listening')
    return relay
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** The next connections end as soon as they are there. */
  refuse(times: number): void {
    this.#refusals = times
  }

  /** The next connection breaks when more than so many bytes have come from one of its ends. */
  cutNext(from: 'client' | 'server', bytes: number): void {
    this.#cut = { from, bytes }
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }
}
