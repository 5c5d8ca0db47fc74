import { TextInput, type TextInputProps } from '@mantine/core'
import { sameName } from '@millrace/engine'
import { useEffect, useState } from 'react'
import { renameColumn } from '../../../editor/columns.ts'
import { inferred, useInference } from '../../../editor/inference.ts'
import { useText } from '../../../i18n/index.ts'
import { useErrorText } from '../../../ui/use-error-text.ts'
import { useForm } from './field-context.ts'

interface ColumnNameInputProps extends Omit<TextInputProps, 'value' | 'onChange'> {
  readonly value: string
  /** The name that the column has while `value` is empty. */
  readonly fallback?: string
  readonly onChange: (value: string) => void
}

/**
 * The name of a column that a node makes. Once it is left, or Enter is pressed, a column that the flow knows is
 * renamed with everything that names it; one that it does not know yet is just named.
 */
export function ColumnNameInput({ value, fallback = '', onChange, ...input }: ColumnNameInputProps) {
  const { label } = useText()
  const errorText = useErrorText()
  const { nodeId } = useForm()
  const [text, setText] = useState(value)
  const [fault, setFault] = useState('')
  useEffect(() => {
    setText(value)
    setFault('')
  }, [value])
  const commit = async () => {
    if (text === value) return
    const from = value.trim() || fallback
    const to = text.trim() === '' ? fallback : text
    await inferred()
    const ports = useInference.getState().ports[nodeId] ?? {}
    const isKnown = Object.values(ports).some((columns) => columns.some(({ name }) => sameName(name, from)))
    if (from === '' || to === '' || !isKnown) {
      onChange(text)
      return
    }
    try {
      const against = await renameColumn({ nodeId, column: from }, to)
      setFault(against.map(({ message }) => label(message)).join(' '))
    } catch (error) {
      setFault(errorText(error))
    }
  }
  return (
    <TextInput
      {...input}
      value={text}
      error={fault === '' ? input.error : fault}
      onChange={(event) => {
        setText(event.currentTarget.value)
        setFault('')
      }}
      onBlur={() => void commit()}
      onKeyDown={(event) => {
        if (event.key === 'Enter') void commit()
        if (event.key === 'Escape') setText(value)
      }}
    />
  )
}
