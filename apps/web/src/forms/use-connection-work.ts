import type { Connection, ConnectionDiagnosis } from '@millrace/contract'
import type { Connectable, Problem } from '@millrace/engine'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { ApiError, call } from '../api/client.ts'
import type { ConnectionDraft } from './connection-draft.ts'

type Work = 'testing' | 'saving'

interface Outcome {
  readonly error?: unknown
  readonly diagnosis?: ConnectionDiagnosis
}

/** Tests and saves what is being edited; an answer that was overtaken by an edit is dropped. */
export function useConnectionWork(
  connectable: Connectable,
  stored: Connection | undefined,
  draft: ConnectionDraft,
) {
  const client = useQueryClient()
  const [work, setWork] = useState<Work>()
  const [outcome, setOutcome] = useState<Outcome>({})
  const turn = useRef(0)

  const during = async <Result>(kind: Work, action: () => Promise<Result>): Promise<Result | undefined> => {
    const mine = ++turn.current
    setWork(kind)
    setOutcome({})
    try {
      const result = await action()
      return mine === turn.current ? result : undefined
    } catch (error) {
      if (mine === turn.current) setOutcome({ error })
      return undefined
    } finally {
      if (mine === turn.current) setWork(undefined)
    }
  }

  const { settings, secrets } = draft
  const test = async () => {
    const body = { connector: connectable.name, settings, secrets, ...(stored && { id: stored.id }) }
    const diagnosis = await during('testing', () => call('testConnectionSettings', { body }))
    if (diagnosis) setOutcome({ diagnosis })
  }
  const save = () =>
    during('saving', async () => {
      const name = draft.name.trim()
      const saved = stored
        ? await call('saveConnection', { params: { id: stored.id }, body: { name, settings, secrets } })
        : await call('createConnection', { body: { connector: connectable.name, name, settings, secrets } })
      await client.invalidateQueries({ queryKey: ['connections'] })
      await client.invalidateQueries({ queryKey: ['catalog', saved.id] })
      return saved
    })

  const located: readonly Problem[] =
    outcome.error instanceof ApiError
      ? outcome.error.document.problems.filter(({ location }) => location.field !== undefined)
      : []
  return {
    test,
    save,
    isTesting: work === 'testing',
    isSaving: work === 'saving',
    error: outcome.error,
    /** Those that stand at a setting. */
    problems: located,
    diagnosis: outcome.diagnosis,
    /** What was said is of the settings before the edit. */
    forget() {
      if (work === 'saving') return
      turn.current++
      setWork(undefined)
      setOutcome({})
    },
  }
}
