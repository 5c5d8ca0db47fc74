import { Button } from '@mantine/core'
import type { Problem } from '@millrace/engine'
import { IconAlertCircle, IconAlertTriangle } from '@tabler/icons-react'
import { useText } from '../../../i18n/index.ts'
import { choicesOf, mendedSettings } from '../data/mending.ts'
import { useForm } from './field-context.ts'
import styles from './inspector.module.css'

const most = 4

/** What is wrong, with what could stand there instead: pressed, it does. */
export function FieldProblem({ problem }: { readonly problem: Problem }) {
  const { t, label, language } = useText()
  const { kind, settings, setAll } = useForm()
  const { severity, message, location, suggestions } = problem
  const mends = suggestions.slice(0, most).flatMap((suggestion) => {
    const mended = mendedSettings(settings, location, suggestion)
    return mended ? [{ suggestion, mended }] : []
  })
  const options = choicesOf(kind.kind, location.field)
  const nameOf = (suggestion: string) => {
    const option = options?.find(({ value }) => value === suggestion)
    return option ? label(option.label) : suggestion
  }
  const Mark = severity === 'error' ? IconAlertCircle : IconAlertTriangle
  return (
    <div className={styles['problem']} data-severity={severity}>
      <Mark size={14} aria-hidden />
      <div>
        {message[language]}
        {mends.length > 0 && (
          <div className={styles['suggestions']}>
            {!options && t('editor.problems.didYouMean')}
            {mends.map(({ suggestion, mended }) => (
              <Button
                key={suggestion}
                size="compact-xs"
                variant="light"
                onClick={() => setAll(mended)}
                aria-label={t('editor.problems.use', { suggestion: nameOf(suggestion) })}
              >
                {nameOf(suggestion)}
              </Button>
            ))}
          </div>
        )}
      </div>
    </div>
  )
}
