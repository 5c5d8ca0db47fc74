import { fail, type Location } from '../problems/index.ts'
import type { ConnectionAccess } from '../spec/index.ts'

/** A connection as it is kept, with its secrets in the clear: never to be logged or sent to a browser. */
export interface Connection {
  /** Name of the connector that it is of. */
  readonly connector: string
  readonly settings: Readonly<Record<string, unknown>>
}

/** Where connections are kept; the server's database, or a file of the command line. */
export interface Connections {
  /** Undefined: there is none of that id. Rejects with ProblemError when its secrets cannot be read. */
  find(id: string): Promise<Connection | undefined>
}

export const noConnections: Connections = { find: () => Promise.resolve(undefined) }

/** Connections as connectors see them: of their own kind, in the shape of their own schema. */
export function connectionAccess(connections: Connections, location: Location): ConnectionAccess {
  return {
    async connection({ name, connection: { settings } }, id) {
      const at = { ...location, field: 'connection' }
      const found = await connections.find(id)
      if (!found) return fail('connection.missing', { id }, at)
      if (found.connector !== name)
        return fail('connection.otherKind', { id, connector: found.connector, wanted: name }, at)
      const parsed = settings.safeParse(found.settings)
      return parsed.success
        ? parsed.data
        : fail('connection.incomplete', { id, detail: parsed.error.issues[0]?.message ?? '' }, at)
    },
  }
}
