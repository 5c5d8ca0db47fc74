import { Socket } from 'node:net'

const readBytes = 2 ** 18

/**
 * A socket for a driver. While `isDirect`, its 'data' events show the bytes where the system has put
 * them, good until the listener returns. A buffer for each read, as there is otherwise, costs about
 * half as much as all that is done with its bytes; most of that is the garbage collector's work.
 */
export interface ReadingSocket {
  readonly socket: Socket
  isDirect: boolean
}

export function readingSocket(): ReadingSocket {
  const reading: ReadingSocket = {
    isDirect: false,
    socket: new Socket({
      onread: {
        buffer: Buffer.allocUnsafe(readBytes),
        callback: (count, buffer) => {
          const bytes = Buffer.from(buffer.buffer, buffer.byteOffset, count)
          if (!reading.isDirect) return reading.socket.push(Buffer.from(bytes))
          reading.socket.emit('data', bytes)
          return true
        },
      },
    }),
  }
  return reading
}
