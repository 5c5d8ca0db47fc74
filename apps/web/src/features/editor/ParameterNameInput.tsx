import { TextInput } from '@mantine/core'
import { clockNames } from '@millrace/engine'
import { useEffect, useState } from 'react'
import { useText } from '../../i18n/index.ts'

interface ParameterNameInputProps {
  readonly value: string
  /** Names of the other parameters. */
  readonly taken: readonly string[]
  readonly onChange: (name: string) => void
}

/**
 * The name of a parameter; it counts once the field is left or Enter is pressed. What cannot be one stays in the
 * field with its reason, and is given up when that is left.
 */
export function ParameterNameInput({ value, taken, onChange }: ParameterNameInputProps) {
  const { t } = useText()
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const isName = /^[a-z][a-z0-9_]*$/.test(text)
  const isTaken = taken.includes(text) || clockNames.has(text)
  const fault = !isName ? t('editor.parameters.nameRule') : isTaken ? t('editor.parameters.nameTaken') : ''
  const commit = () => {
    if (fault !== '') setText(value)
    else if (text !== value) onChange(text)
  }
  return (
    <TextInput
      size="sm"
      style={{ flex: 1 }}
      label={t('editor.parameters.name')}
      value={text}
      error={fault === '' ? undefined : fault}
      onChange={(event) => setText(event.currentTarget.value.replaceAll(' ', '_').toLowerCase())}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && fault === '') commit()
      }}
    />
  )
}
