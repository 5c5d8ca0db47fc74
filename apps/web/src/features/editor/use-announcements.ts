import { isFinal } from '@millrace/engine'
import { useEffect, useRef } from 'react'
import { useInference } from '../../editor/inference.ts'
import { useRun } from '../../editor/run-store.ts'
import { useFormat, useText } from '../../i18n/index.ts'
import { announce } from '../../ui/Announcer.tsx'

/** Problems come and go with every letter; they are told when the hands rest, ms. */
const rest = 1000

/** Tells people who listen to the page what others see: problems of the flow, and how its run goes. */
export function useAnnouncements(): void {
  useProblemAnnouncements()
  useRunAnnouncements()
}

function useProblemAnnouncements() {
  const { t, label } = useText()
  const { problems, state } = useInference()
  /** As many problems as before may be other ones. */
  const told = useRef('')
  useEffect(() => {
    if (state !== 'current') return
    const timer = setTimeout(() => {
      const errors = problems.filter(({ severity }) => severity === 'error')
      const [first] = errors
      const { nodeId, field } = first?.location ?? {}
      const found = first ? JSON.stringify([errors.length, nodeId, field, first.code]) : ''
      if (found === told.current) return
      told.current = found
      announce(
        first
          ? t('editor.announce.problems', { count: errors.length, first: label(first.message) })
          : t('editor.announce.noProblems'),
      )
    }, rest)
    return () => clearTimeout(timer)
  }, [problems, state, t, label])
}

function useRunAnnouncements() {
  const { t, label } = useText()
  const format = useFormat()
  const { runId, status, result, problem } = useRun()
  const told = useRef('')
  useEffect(() => {
    if (runId === null || status === null) return
    // The figures of a run come with its end.
    if (isFinal(status) && !result) return
    const key = `${runId} ${status}`
    if (told.current === key) return
    told.current = key
    const text = t('editor.announce.run', { status: t(`state.${status}`) })
    if (!result) return announce(text)
    const { rowsIn, rowsOut, rejected } = result
    announce(
      [
        text,
        t('editor.announce.rows', {
          rowsIn: format.number(rowsIn),
          rowsOut: format.number(rowsOut),
          rejected: format.number(rejected),
        }),
        ...(result.balanced ? [t('editor.run.balanced')] : []),
        ...(problem ? [label(problem.message)] : []),
      ].join('. '),
    )
  }, [runId, status, result, problem, t, label, format])
}
