import type { FlowSummary } from '@millrace/contract'

export const flowStates = ['all', 'failed', 'active', 'succeeded', 'never', 'unpublished'] as const
export type FlowState = (typeof flowStates)[number]

export const flowOrders = ['changed', 'ran', 'name'] as const
export type FlowOrder = (typeof flowOrders)[number]

const belongs: Readonly<Record<FlowState, (flow: FlowSummary) => boolean>> = {
  all: () => true,
  failed: ({ lastRun }) => lastRun?.status === 'failed',
  active: ({ lastRun }) => lastRun?.status === 'running' || lastRun?.status === 'queued',
  succeeded: ({ lastRun }) => lastRun?.status === 'succeeded',
  never: ({ lastRun }) => lastRun === null,
  unpublished: ({ unpublished }) => unpublished,
}

/** How many flows each state has; a flow may have several. */
export const countsOf = (flows: readonly FlowSummary[]): Record<FlowState, number> => {
  const counts = { all: 0, failed: 0, active: 0, succeeded: 0, never: 0, unpublished: 0 }
  for (const state of flowStates) counts[state] = flows.filter(belongs[state]).length
  return counts
}

/** Instants in ISO 8601 in UTC are in order as plain text is, which a language's rules are slow to say. */
const later = (a: string, b: string): number => Number(a < b) - Number(a > b)

/** Made when names are first put in order: a language's rules take long to load. */
let collator: Intl.Collator | undefined
function byName(a: FlowSummary, b: FlowSummary): number {
  collator ??= new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
  return collator.compare(a.name, b.name)
}

const comparisons: Readonly<Record<FlowOrder, (a: FlowSummary, b: FlowSummary) => number>> = {
  changed: (a, b) => later(a.updatedAt, b.updatedAt),
  ran: (a, b) => later(a.lastRun?.queuedAt ?? '', b.lastRun?.queuedAt ?? ''),
  name: byName,
}

/** The flows of a state whose name or description has every word that is searched for, in an order. */
export function flowsShown(
  flows: readonly FlowSummary[],
  { search, state, order }: { search: string; state: FlowState; order: FlowOrder },
): FlowSummary[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return flows
    .filter((flow) => {
      const text = `${flow.name} ${flow.description}`.toLowerCase()
      return belongs[state](flow) && words.every((word) => text.includes(word))
    })
    .toSorted(comparisons[order])
}
