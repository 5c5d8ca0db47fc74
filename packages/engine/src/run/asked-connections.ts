import { ProblemError } from '../problems/index.ts'
import type { Connection, Connections } from './connections.ts'
import type { FromProcess, ToProcess } from './messages.ts'

interface Question {
  readonly resolve: (found: Connection | undefined) => void
  readonly reject: (error: Error) => void
}

/** Connections as an engine process gets them: it asks its parent for one when a node needs it. */
export class AskedConnections implements Connections {
  readonly #send: (message: FromProcess) => void
  readonly #questions = new Map<number, Question>()
  #next = 1

  constructor(send: (message: FromProcess) => void) {
    this.#send = send
  }

  find(connection: string): Promise<Connection | undefined> {
    const id = this.#next++
    return new Promise((resolve, reject) => {
      this.#questions.set(id, { resolve, reject })
      this.#send({ type: 'findConnection', id, connection })
    })
  }

  receive(answer: Extract<ToProcess, { type: 'connection' | 'connectionFault' }>): void {
    const question = this.#questions.get(answer.id)
    this.#questions.delete(answer.id)
    if (answer.type === 'connection') question?.resolve(answer.found ?? undefined)
    else question?.reject(new ProblemError(answer.problem))
  }
}
