import type { ColumnProfile } from '@millrace/contract'
import { useFormat, useText } from '../../../i18n/index.ts'
import { summaryOf } from './profile-summary.ts'

/** A column in a few words, for its header. */
export function useSummary(): (profile: ColumnProfile, rows: number) => string {
  const { t } = useText()
  const format = useFormat()
  return (profile, rows) => {
    const summary = summaryOf(profile, rows)
    switch (summary.kind) {
      case 'empty':
        return t('editor.profile.allMissing')
      case 'constant':
        return t('editor.profile.always', { value: summary.value.slice(0, 40) })
      case 'range':
        return t('editor.profile.range', { minimum: summary.minimum, maximum: summary.maximum })
      case 'unique':
        return t('editor.profile.unique')
      case 'distinct':
        return t('editor.profile.distinctValues', { count: format.number(summary.count) })
    }
  }
}
