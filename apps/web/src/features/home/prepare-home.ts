import type { QueryClient } from '@tanstack/react-query'
import { flowsQuery, overviewQuery } from '../../api/queries.ts'
import { startsOf, storedPeriod } from './overview/period.ts'

/** How long the first drawing waits for the flows, ms: rather once with them than twice. */
const patience = 100

/** Asks for what home shows before anything is drawn, where the page is opened at home. */
export async function prepareHome(client: QueryClient, path: string): Promise<void> {
  if (path !== '/') return
  const period = storedPeriod()
  const flows = client.prefetchQuery(flowsQuery)
  void client.prefetchQuery(overviewQuery(period, () => startsOf(period, new Date())))
  await Promise.race([flows, new Promise((resolve) => setTimeout(resolve, patience))])
}
