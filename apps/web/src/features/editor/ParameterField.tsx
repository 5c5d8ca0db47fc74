import { Select, TextInput } from '@mantine/core'
import type { Parameter } from '@millrace/engine'
import { useText } from '../../i18n/index.ts'

interface ParameterFieldProps {
  readonly parameter: Parameter
  readonly value: string
  /** What stands for an empty value. */
  readonly placeholder?: string
  readonly onChange: (value: string) => void
}

/** A value of a parameter, written as its type is written. */
export function ParameterField({ parameter, value, placeholder, onChange }: ParameterFieldProps) {
  const { t } = useText()
  const { name, type, description } = parameter
  const shared = { mb: 12, label: name, description: description || t(`editor.kind.${type}`) }
  if (type === 'boolean')
    return (
      <Select
        {...shared}
        clearable={placeholder !== undefined}
        allowDeselect={placeholder !== undefined}
        placeholder={placeholder}
        data={[
          { value: 'true', label: t('versions.yes') },
          { value: 'false', label: t('versions.no') },
        ]}
        value={value === '' ? null : value}
        onChange={(chosen) => onChange(chosen ?? '')}
      />
    )
  return (
    <TextInput
      {...shared}
      {...(type === 'date' && { type: 'date' })}
      {...((type === 'integer' || type === 'decimal') && { inputMode: 'decimal' as const })}
      {...(placeholder !== undefined &&
        type === 'date' && { description: `${shared.description} · ${placeholder}` })}
      placeholder={placeholder ?? (type === 'timestamp' ? '2026-01-31 12:00:00' : '')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
