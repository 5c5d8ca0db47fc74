import type { Response } from 'express'
import type { Handlers } from '../http/routing.ts'
import type { ConnectionService } from './service.ts'

/** Aborted when the person who asked has gone away. */
function signalOf(response: Response): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => controller.abort())
  return controller.signal
}

export const connectionRoutes = (connections: ConnectionService) =>
  ({
    listConnections: () => connections.list(),
    createConnection: ({ body }) => connections.create(body),
    testConnectionSettings: ({ body, response }) => connections.testSettings(body, signalOf(response)),
    rotateConnectionKeys: () => connections.rotateKeys(),
    getConnection: ({ params }) => connections.get(params.id),
    saveConnection: ({ params, body }) => connections.save(params.id, body),
    async deleteConnection({ params }) {
      await connections.delete(params.id)
      return undefined
    },
    testConnection: ({ params, response }) => connections.test(params.id, signalOf(response)),
    browseConnection: ({ params, body, response }) =>
      connections.browse(params.id, body.path, signalOf(response)),
    connectionColumns: ({ params, body, response }) =>
      connections.columns(params.id, body.path, signalOf(response)),
    previousRows: ({ params, query, response }) =>
      connections.previous(params.id, query.table, signalOf(response)),
    restorePrevious: ({ params, body }) => connections.restore(params.id, body.table),
    connectionUsedBy: ({ params }) => connections.usedBy(params.id),
  }) satisfies Partial<Handlers>
