import { NumberInput } from '@mantine/core'
import type { FlowNode } from '@millrace/engine'
import { useDocument } from '../../../editor/document-store.ts'
import { useText } from '../../../i18n/index.ts'
import styles from './inspector.module.css'

/** Seconds before the first retry, as long as nobody has said otherwise. */
const usualWait = 2

/** How often a node tries its work in its system again after a fault that passes. */
export function RetryField({ node }: { readonly node: FlowNode }) {
  const { t } = useText()
  const { setRetry } = useDocument.getState()
  const { times = 0, backOffSeconds = usualWait } = node.retry ?? {}
  return (
    <fieldset className={styles['group']} aria-label={t('retry.title')}>
      <div className={styles['groupHead']}>
        <span>{t('retry.title')}</span>
      </div>
      <div className={styles['guard']}>
        <NumberInput
          size="xs"
          label={t('retry.times')}
          min={0}
          max={10}
          clampBehavior="strict"
          allowDecimal={false}
          allowNegative={false}
          value={times}
          onChange={(value) =>
            setRetry(node.id, Number(value) > 0 ? { times: Number(value), backOffSeconds } : undefined)
          }
        />
        <NumberInput
          size="xs"
          label={t('retry.wait')}
          min={0}
          max={300}
          clampBehavior="strict"
          allowNegative={false}
          suffix={t('retry.seconds')}
          disabled={times === 0}
          value={backOffSeconds}
          onChange={(value) => {
            if (typeof value === 'number') setRetry(node.id, { times, backOffSeconds: value })
          }}
        />
      </div>
      <p className={styles['help']}>{t('retry.help')}</p>
    </fieldset>
  )
}
