import { Button, Input, PasswordInput } from '@mantine/core'
import type { FieldOf, Problem } from '@millrace/engine'
import { IconLock } from '@tabler/icons-react'
import { useText } from '../i18n/index.ts'
import classes from './forms.module.css'

interface Props {
  readonly field: FieldOf
  /** What was typed; undefined: what is stored stays. */
  readonly value: string | undefined
  readonly isStored: boolean
  /** What is stored may not be used: its address has changed. */
  readonly isWanted: boolean
  readonly problems: readonly Problem[]
  readonly onChange: (value: string | undefined) => void
}

/** A secret: written only. Of one that is stored nothing is shown but that it is. */
export function SecretField({ field: { meta }, value, isStored, isWanted, problems, onChange }: Props) {
  const { t, label } = useText()
  const name = label(meta.label)
  const [problem] = problems
  if (isStored && !isWanted && value === undefined)
    return (
      <Input.Wrapper
        label={name}
        labelElement="div"
        error={problem && label(problem.message)}
        description={meta.help && label(meta.help)}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
      >
        <div className={classes['stored']}>
          <IconLock size={16} stroke={1.6} aria-hidden />
          <span aria-hidden>••••••••</span>
          <span className={classes['storedWord']}>{t('connections.stored')}</span>
          <Button
            size="compact-xs"
            variant="light"
            aria-label={`${t('connections.replace')}: ${name}`}
            onClick={() => onChange('')}
          >
            {t('connections.replace')}
          </Button>
        </div>
      </Input.Wrapper>
    )
  return (
    <div>
      <PasswordInput
        label={name}
        description={isWanted ? t('connections.again') : meta.help && label(meta.help)}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        error={problem && label(problem.message)}
        autoComplete="new-password"
        data-autofocus={isStored && !isWanted ? true : undefined}
        visibilityToggleButtonProps={{ 'aria-label': t('connections.show', { name }), tabIndex: 0 }}
        value={value ?? ''}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {isStored && !isWanted && (
        <Button mt={4} size="compact-xs" variant="subtle" color="gray" onClick={() => onChange(undefined)}>
          {t('connections.keep')}
        </Button>
      )}
    </div>
  )
}
