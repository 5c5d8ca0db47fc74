import { nodeKinds, type Problem } from '@millrace/engine'
import { IconAlertCircleFilled, IconAlertTriangleFilled } from '@tabler/icons-react'
import { useDocument } from '../../../editor/document-store.ts'
import { useView } from '../../../editor/view-store.ts'
import { useText } from '../../../i18n/index.ts'
import styles from './data.module.css'
import { choicesOf, mendedSettings } from './mending.ts'

/** A problem with its place: pressed, it leads there; its suggestions mend it where it stands. */
export function ProblemLine({ problem }: { readonly problem: Problem }) {
  const { t, label } = useText()
  const node = useDocument(({ flow }) => flow.nodes.find(({ id }) => id === problem.location.nodeId))
  const setSettings = useDocument((state) => state.setSettings)
  const jump = useView((state) => state.jump)
  const { severity, message, location } = problem
  const kind = node && nodeKinds.get(node.kind)
  const Mark = severity === 'error' ? IconAlertCircleFilled : IconAlertTriangleFilled
  // What a setting can be chosen from has names.
  const options = node && choicesOf(node.kind, location.field)
  const nameOf = (suggestion: string) => {
    const option = options?.find(({ value }) => value === suggestion)
    return option ? label(option.label) : suggestion
  }
  const mends = node
    ? problem.suggestions.slice(0, 3).flatMap((suggestion) => {
        const settings = mendedSettings(node.settings, location, suggestion)
        return settings ? [{ suggestion, settings }] : []
      })
    : []
  return (
    <div className={styles['problem']} data-severity={severity}>
      <button
        type="button"
        className={styles['problemText']}
        onClick={() => node && jump(node.id, location.field)}
      >
        <Mark size={16} aria-hidden />
        <span>{label(message)}</span>
        <span className={styles['place']}>
          {node ? node.label || (kind ? label(kind.label) : node.id) : t('editor.problems.wholeFlow')}
        </span>
      </button>
      {node && mends.length > 0 && (
        <span className={styles['mends']}>
          {!options && t('editor.problems.didYouMean')}
          {mends.map(({ suggestion, settings }) => (
            <button
              key={suggestion}
              type="button"
              aria-label={t('editor.problems.use', { suggestion: nameOf(suggestion) })}
              onClick={() => setSettings(node.id, settings, `${location.field} mended`)}
            >
              {nameOf(suggestion)}
            </button>
          ))}
        </span>
      )}
    </div>
  )
}
