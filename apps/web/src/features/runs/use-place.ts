import { type ChangeKind, changeKinds } from '@millrace/contract'
import { useSearchParams } from 'react-router'

export const tabs = ['changes', 'ledger', 'gantt', 'rejects', 'outputs', 'log'] as const
export type Tab = (typeof tabs)[number]

/** What of a run is looked at; it stands in the address, so that it can be linked to. */
interface Looked {
  readonly tab: Tab
  /** A node whose rows are wanted. */
  readonly nodeId?: string | undefined
  readonly change?: ChangeKind | undefined
  /** From 1. */
  readonly page: number
}

export interface Place extends Looked {
  go(to: Looked): void
}

export function usePlace(first: Tab): Place {
  const [search, setSearch] = useSearchParams()
  const page = Number(search.get('page') ?? 1)
  return {
    tab: tabs.find((tab) => tab === search.get('tab')) ?? first,
    nodeId: search.get('node') ?? undefined,
    change: changeKinds.find((kind) => kind === search.get('change')),
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
    go({ tab, nodeId, change, page: next }) {
      const entries = { tab, node: nodeId, change, page: next > 1 ? String(next) : undefined }
      const given = Object.entries(entries).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, value]],
      )
      setSearch(new URLSearchParams(given), { replace: true, preventScrollReset: true })
    },
  }
}
