import { rejectStates } from '@millrace/contract'
import { useSearchParams } from 'react-router'

const names = ['flow', 'run', 'node', 'column', 'rule', 'state', 'search', 'open'] as const
type Name = (typeof names)[number]
type Given = Partial<Readonly<Record<Name, string | undefined>>>

/** What is looked for at the desk; it stands in the address, so that it can be linked to. */
export function useFilter() {
  const [search, setSearch] = useSearchParams()
  const given: Given = Object.fromEntries(
    names.flatMap((name) => (search.has(name) ? [[name, search.get(name) ?? '']] : [])),
  )
  const page = Number(search.get('page') ?? 1)
  const [runId, number] = given.open?.split(':') ?? []
  return {
    ...given,
    state: rejectStates.find((state) => state === given.state),
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
    /** The row whose details are shown. */
    opened: runId && number !== undefined ? { runId, number: Number(number) } : undefined,
    /** Changes some of it; another filter begins at its first page. */
    put(change: Given & { readonly page?: number }) {
      const { page: next = 1, ...rest } = change
      const all = { ...given, ...rest, page: next > 1 ? String(next) : undefined }
      const entries = Object.entries(all).flatMap(([key, value]) =>
        value === undefined || value === '' ? [] : [[key, value]],
      )
      setSearch(new URLSearchParams(entries), { replace: true })
    },
  }
}
export type Filter = ReturnType<typeof useFilter>
