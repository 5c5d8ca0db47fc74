import type { FlowNode } from '@millrace/engine'
import { IconArrowUp } from '@tabler/icons-react'
import { useUsableFlows } from '../api/queries.ts'
import { takeVersion, usedBy } from '../editor/used-flows.ts'
import { useText } from '../i18n/index.ts'
import styles from './canvas.module.css'

/** On the card of a flow of which a newer version is published: a click takes it. */
export function NewerVersion({ node }: { readonly node: FlowNode }) {
  const { t } = useText()
  const flows = useUsableFlows()
  const used = usedBy(node)
  const newest = flows.data?.find(({ flow }) => flow === used?.flow)
  if (!used || !newest || newest.version <= used.version) return null
  const { version } = newest
  return (
    <button
      type="button"
      className={`${styles['newer']} nodrag nopan`}
      aria-label={t('editor.subflow.take', { version })}
      title={t('editor.subflow.newer', { version })}
      onClick={(event) => {
        event.stopPropagation()
        void takeVersion(node.id, newest)
      }}
    >
      <IconArrowUp size={12} stroke={2.4} aria-hidden />
      {version}
    </button>
  )
}
