import type { FlowNode } from '@millrace/engine'
import { IconShieldHalf } from '@tabler/icons-react'
import { useText } from '../i18n/index.ts'
import styles from './canvas.module.css'

/** That the rows of a node are counted before anything is written, and which number is in order. */
export function GuardMark({ guard }: { readonly guard: NonNullable<FlowNode['guard']> }) {
  const { t } = useText()
  const { minimum, tolerance } = guard
  const rules = [
    minimum !== undefined && t('guard.atLeast', { minimum }),
    tolerance !== undefined && t('guard.within', { tolerance }),
  ]
  const text = t('guard.card', { rule: rules.filter(Boolean).join(' · ') })
  return (
    <span className={styles['noted']} role="img" aria-label={text} title={text}>
      <IconShieldHalf size={14} aria-hidden />
    </span>
  )
}
