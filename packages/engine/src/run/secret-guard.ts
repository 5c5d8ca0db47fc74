import { connectableOf } from '../connectors/connectable.ts'
import { secretsOf } from '../spec/index.ts'
import type { Connection } from './connections.ts'
import { withoutSecrets } from './without-secrets.ts'

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** Where sentences of foreign systems stand: problems, faults, lines of the log. Never rows, tokens or cursors. */
const isSaying = (value: Record<string, unknown>): boolean =>
  (typeof value['code'] === 'string' && isRecord(value['message'])) ||
  value['type'] === 'log' ||
  value['type'] === 'fault'

/**
 * Masks the secrets that an engine process was given in what it tells: a system may repeat them in the
 * sentence with which it refuses them.
 */
export class SecretGuard {
  readonly #secrets = new Map<string, string>()

  note({ connector, settings }: Connection): void {
    const connectable = connectableOf(connector)
    for (const name of connectable ? secretsOf(connectable.connection) : []) {
      const secret = settings[name]
      if (typeof secret === 'string' && secret !== '') this.#secrets.set(secret, secret)
    }
  }

  clean<Message>(message: Message): Message {
    return this.#secrets.size === 0 ? message : (this.#cleaned(message) as Message)
  }

  cleanText(text: string): string {
    return withoutSecrets(text, Object.fromEntries(this.#secrets))
  }

  #cleaned(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#cleaned(item))
    if (!isRecord(value)) return value
    if (isSaying(value)) return withoutSecrets(value, Object.fromEntries(this.#secrets))
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#cleaned(item)]))
  }
}
