import type { Handlers } from '../http/routing.ts'
import type { KeyService } from './service.ts'

export const keyRoutes = (keys: KeyService) =>
  ({
    listKeys: () => keys.list(),
    createKey: ({ body }) => keys.create(body.name),
  }) satisfies Partial<Handlers>
