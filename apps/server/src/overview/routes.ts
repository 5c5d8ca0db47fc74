import type { Handlers } from '../http/routing.ts'
import type { OverviewService } from './service.ts'

export const overviewRoutes = (overview: OverviewService) =>
  ({ overview: ({ query }) => overview.read(query.starts) }) satisfies Partial<Handlers>
