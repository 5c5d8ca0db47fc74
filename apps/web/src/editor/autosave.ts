import { useEffect } from 'react'
import { create } from 'zustand'
import { ApiError, call } from '../api/client.ts'
import { useDocument } from './document-store.ts'

export type SaveState = 'saved' | 'pending' | 'saving' | 'offline' | 'conflict' | 'refused'

interface Saving {
  readonly state: SaveState
  readonly revision: number
  readonly publishedVersion: number | null
  readonly unpublished: boolean
  /** What the server said when it refused the draft. */
  readonly detail: string
}

const quietTime = 600
const retryTime = 4000

/** How far the draft has got to the server. */
export const useSaving = create<Saving>()(() => ({
  state: 'saved',
  revision: 0,
  publishedVersion: null,
  unpublished: false,
  detail: '',
}))

let savedEdition = 0
let timer: ReturnType<typeof setTimeout> | undefined
let underway: Promise<void> | undefined

/** Takes over what the server has stored. */
export function opened(document: {
  revision: number
  publishedVersion: number | null
  unpublished: boolean
}) {
  savedEdition = useDocument.getState().edition
  const { revision, publishedVersion, unpublished } = document
  useSaving.setState({ state: 'saved', revision, publishedVersion, unpublished, detail: '' })
}

async function save(): Promise<void> {
  const { flowId, flow, edition } = useDocument.getState()
  if (edition === savedEdition) return
  useSaving.setState({ state: 'saving' })
  try {
    const answer = await call('saveDraft', {
      params: { id: flowId },
      body: { revision: useSaving.getState().revision, flow },
    })
    if (useDocument.getState().flowId !== flowId) return
    savedEdition = edition
    const isNewest = useDocument.getState().edition === edition
    const { revision, publishedVersion, unpublished } = answer
    useSaving.setState({ state: isNewest ? 'saved' : 'pending', revision, publishedVersion, unpublished })
    if (!isNewest) plan(quietTime)
  } catch (error) {
    const status = error instanceof ApiError ? error.document.status : 0
    if (status === 409) useSaving.setState({ state: 'conflict' })
    else if (status >= 400 && status < 500)
      useSaving.setState({ state: 'refused', detail: error instanceof Error ? error.message : '' })
    else {
      useSaving.setState({ state: 'offline' })
      plan(retryTime)
    }
  }
}

function plan(delay: number) {
  clearTimeout(timer)
  timer = setTimeout(() => void flush(), delay)
}

/** Saves what is not saved yet; resolves when the server has it. True: it has. */
export async function flush(): Promise<boolean> {
  clearTimeout(timer)
  // One save at a time: each names the revision that the one before it got.
  while (underway) await underway
  if (useSaving.getState().state === 'conflict') return false
  underway = save().finally(() => {
    underway = undefined
  })
  await underway
  return useDocument.getState().edition === savedEdition
}

/**
 * Saves the draft and publishes it. Returns the number of the version, undefined when the draft could not be
 * saved; throws an ApiError when the server refuses.
 */
export async function publishDraft(message: string, author: string): Promise<number | undefined> {
  if (!(await flush())) return undefined
  const { flowId } = useDocument.getState()
  const { version } = await call('publishFlow', {
    params: { id: flowId },
    body: { revision: useSaving.getState().revision, message, author },
  })
  // What was edited meanwhile is not in the version; saving it will say so.
  useSaving.setState({ publishedVersion: version, unpublished: false })
  return version
}

/** Saves the draft a moment after each change, and before the page goes away. */
export function useAutosave(): void {
  useEffect(() => {
    const stop = useDocument.subscribe((now, before) => {
      if (now.edition === before.edition || now.edition === savedEdition) return
      if (useSaving.getState().state === 'conflict') return
      useSaving.setState({ state: 'pending' })
      plan(quietTime)
    })
    const beforeUnload = (event: BeforeUnloadEvent) => {
      if (useDocument.getState().edition === savedEdition) return
      void flush()
      event.preventDefault()
    }
    const online = () => void flush()
    window.addEventListener('beforeunload', beforeUnload)
    window.addEventListener('online', online)
    return () => {
      stop()
      window.removeEventListener('beforeunload', beforeUnload)
      window.removeEventListener('online', online)
      void flush()
    }
  }, [])
}
