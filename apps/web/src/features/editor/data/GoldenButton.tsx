import { IconFlask } from '@tabler/icons-react'
import { useNavigate } from 'react-router'
import { useDocument } from '../../../editor/document-store.ts'
import { useText } from '../../../i18n/index.ts'
import styles from './data.module.css'
import type { PortAt } from './use-port-data.ts'

/** Leads to where the rows of this port are kept as expected. */
export function GoldenButton({ at }: { at: PortAt }) {
  const { t } = useText()
  const navigate = useNavigate()
  const flowId = useDocument((state) => state.flowId)
  const search = new URLSearchParams({ node: at.nodeId, port: at.port })
  return (
    <button
      type="button"
      className={styles['tool']}
      title={t('golden.buttonHelp')}
      onClick={() => void navigate(`/flows/${flowId}/tests?${search}`)}
    >
      <IconFlask size={14} aria-hidden />
      <span>{t('golden.button')}</span>
    </button>
  )
}
