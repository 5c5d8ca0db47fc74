import { TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useText } from '../../i18n/index.ts'

interface ParameterNameInputProps {
  readonly value: string
  /** Names of the other parameters. */
  readonly taken: readonly string[]
  readonly onChange: (name: string) => void
}

/** The name of a parameter: what is no name stays in the field with its reason, and is given up when that is left. */
export function ParameterNameInput({ value, taken, onChange }: ParameterNameInputProps) {
  const { t } = useText()
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const isName = /^[a-z][a-z0-9_]*$/.test(text)
  const isTaken = taken.includes(text)
  const fault = !isName ? t('editor.parameters.nameRule') : isTaken ? t('editor.parameters.nameTaken') : ''
  return (
    <TextInput
      size="sm"
      style={{ flex: 1 }}
      label={t('editor.parameters.name')}
      value={text}
      error={fault === '' ? undefined : fault}
      onChange={(event) => {
        const next = event.currentTarget.value.replaceAll(' ', '_').toLowerCase()
        setText(next)
        if (/^[a-z][a-z0-9_]*$/.test(next) && !taken.includes(next)) onChange(next)
      }}
      onBlur={() => setText(value)}
    />
  )
}
