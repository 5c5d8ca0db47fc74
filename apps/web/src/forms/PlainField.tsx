import { NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core'
import type { FieldOf, Problem } from '@millrace/engine'
import { useText } from '../i18n/index.ts'
import { FileChoice } from './FileChoice.tsx'

interface Props {
  readonly field: FieldOf
  readonly value: unknown
  readonly problems: readonly Problem[]
  readonly onChange: (value: unknown) => void
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** One setting of a form that belongs to no node. Secrets are edited by SecretField. */
export function PlainField({ field: { meta, schema }, value: given, problems, onChange }: Props) {
  const { label } = useText()
  const value = given === undefined ? schema.safeParse(undefined).data : given
  const [problem] = problems
  const common = {
    label: label(meta.label),
    description: meta.help && label(meta.help),
    error: problem && label(problem.message),
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as (
      | 'label'
      | 'input'
      | 'description'
      | 'error'
    )[],
  }
  switch (meta.widget) {
    case 'text':
      return (
        <TextInput
          {...common}
          autoComplete="off"
          spellCheck={false}
          value={textOf(value)}
          placeholder={meta.placeholder}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )
    case 'textarea':
      return (
        <Textarea
          {...common}
          autosize
          minRows={2}
          maxRows={6}
          spellCheck={false}
          value={textOf(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )
    case 'number':
      return (
        <NumberInput
          {...common}
          hideControls
          min={meta.min}
          max={meta.max}
          step={meta.step}
          value={typeof value === 'number' ? value : ''}
          onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
        />
      )
    case 'switch':
      return (
        <Switch
          label={common.label}
          description={common.description}
          error={common.error}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      )
    case 'select':
      return (
        <Select
          {...common}
          allowDeselect={false}
          data={meta.options.map((option) => ({ value: option.value, label: label(option.label) }))}
          value={textOf(value)}
          onChange={(next) => onChange(next ?? undefined)}
        />
      )
    case 'file':
      return <FileChoice {...common} extensions={meta.extensions} value={textOf(value)} onChange={onChange} />
    default:
      throw new TypeError(`a form outside of flows has no widget ${meta.widget}`)
  }
}
