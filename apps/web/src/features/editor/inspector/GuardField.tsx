import { NumberInput } from '@mantine/core'
import type { FlowNode } from '@millrace/engine'
import { useDocument } from '../../../editor/document-store.ts'
import { useText } from '../../../i18n/index.ts'
import styles from './inspector.module.css'

type Guard = NonNullable<FlowNode['guard']>

/** How many rows a node has to give; with other numbers a run waits for a person before it writes. */
export function GuardField({ node }: { readonly node: FlowNode }) {
  const { t } = useText()
  const { setGuard } = useDocument.getState()
  const { minimum, tolerance } = node.guard ?? {}
  const set = (part: keyof Guard, value: string | number) => {
    const { [part]: _, ...others } = node.guard ?? {}
    const guard: Guard = typeof value === 'number' ? { ...others, [part]: value } : others
    setGuard(node.id, Object.keys(guard).length > 0 ? guard : undefined)
  }
  return (
    <fieldset className={styles['group']} aria-label={t('guard.title')}>
      <div className={styles['groupHead']}>
        <span>{t('guard.title')}</span>
      </div>
      <div className={styles['guard']}>
        <NumberInput
          size="xs"
          label={t('guard.minimum')}
          placeholder={t('guard.any')}
          min={0}
          allowDecimal={false}
          allowNegative={false}
          thousandSeparator=" "
          value={minimum ?? ''}
          onChange={(value) => set('minimum', value)}
        />
        <NumberInput
          size="xs"
          label={t('guard.tolerance')}
          placeholder={t('guard.any')}
          min={0}
          max={10_000}
          allowNegative={false}
          suffix=" %"
          value={tolerance ?? ''}
          onChange={(value) => set('tolerance', value)}
        />
      </div>
      <p className={styles['help']}>{t('guard.help')}</p>
    </fieldset>
  )
}
