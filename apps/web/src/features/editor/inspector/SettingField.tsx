import {
  MultiSelect,
  NumberInput,
  PasswordInput,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core'
import type { FieldOf, Problem } from '@millrace/engine'
import { useEffect, useRef } from 'react'
import { useView } from '../../../editor/view-store.ts'
import { useText } from '../../../i18n/index.ts'
import { CodeField } from './CodeField.tsx'
import { ColumnNameInput } from './ColumnNameInput.tsx'
import { ConditionsField } from './ConditionsField.tsx'
import { ConnectionField } from './ConnectionField.tsx'
import { ExpressionField } from './ExpressionField.tsx'
import { FieldProblem } from './FieldProblem.tsx'
import { FileField } from './FileField.tsx'
import { FlowParametersField } from './FlowParametersField.tsx'
import {
  defaultOf,
  recordOf,
  type SettingFieldProps,
  textOf,
  textsOf,
  useForm,
  type WidgetProps,
} from './field-context.ts'
import styles from './inspector.module.css'
import { KeyField } from './KeyField.tsx'
import { NewFileField } from './NewFileField.tsx'
import { offers } from './offers.tsx'
import { RowsField } from './RowsField.tsx'
import { SourceColumnsField } from './SourceColumnsField.tsx'
import { SubflowField } from './SubflowField.tsx'
import { siblingPath } from './setting-path.ts'
import { TableField } from './TableField.tsx'
import { TypeField } from './TypeField.tsx'

const isOf = (problem: Problem, path: string) =>
  problem.location.field === path || problem.location.field?.startsWith(`${path}.`) === true

/** One setting: its label, its widget, and what is wrong with it. */
export function SettingField({ field, quiet = false, path, value: given, onChange }: SettingFieldProps) {
  const value = given === undefined ? defaultOf(field) : given
  const { label } = useText()
  const { problems } = useForm()
  const { meta } = field
  const box = useRef<HTMLFieldSetElement>(null)
  const focus = useView((state) => state.focus)
  const beside = meta.widget === 'conditions' && meta.code ? siblingPath(path, meta.code) : undefined
  const isFocused = focus?.field !== undefined && (focus.field === path || focus.field === beside)
  useEffect(() => {
    if (!isFocused || !focus) return
    box.current?.scrollIntoView({ block: 'nearest' })
    box.current?.querySelector<HTMLElement>('input, textarea, [contenteditable], button')?.focus()
  }, [focus, isFocused])
  const mine = problems.filter(
    (problem) => isOf(problem, path) || (beside !== undefined && isOf(problem, beside)),
  )
  // Rows show their problems themselves, where they are.
  const shown = meta.widget === 'rows' ? mine.filter((problem) => problem.location.field === path) : mine
  const name = label(meta.label)
  return (
    <fieldset ref={box} className={styles['field']} aria-label={name} data-focused={isFocused || undefined}>
      {meta.widget !== 'switch' && <span className={styles['label']}>{name}</span>}
      <Widget field={field} path={path} name={name} value={value} problems={mine} onChange={onChange} />
      {meta.help && !quiet && <span className={styles['help']}>{label(meta.help)}</span>}
      {shown.map((problem) => (
        <FieldProblem
          key={`${problem.code} ${problem.location.field} ${problem.location.position}`}
          problem={problem}
        />
      ))}
    </fieldset>
  )
}

/** What another setting beside the one at `path` is set to, where it is a text. */
function sibling(settings: unknown, path: string, name: string | undefined): string {
  if (name === undefined) return ''
  const steps = path.split('.').slice(0, -1)
  const parent = steps.reduce<unknown>(
    (value, step) => (Array.isArray(value) ? value[Number(step)] : recordOf(value)[step]),
    settings,
  )
  return textOf(recordOf(parent)[name])
}

/** The widgets, each of the closed union; a new one does not compile until it is handled here. */
function Widget({
  field,
  path,
  name,
  value,
  problems,
  onChange,
}: Omit<WidgetProps, 'meta'> & { readonly field: FieldOf }) {
  const { t, label } = useText()
  const { columns, settings } = useForm()
  const { meta } = field
  const common = { 'aria-label': name, error: problems.length > 0, size: 'sm' } as const
  const rest = { path, name, value, problems, onChange }
  switch (meta.widget) {
    case 'text':
      if (meta.makesColumn)
        return (
          <ColumnNameInput
            {...common}
            value={textOf(value)}
            fallback={sibling(settings, path, meta.makesColumn.fallback)}
            placeholder={meta.placeholder}
            onChange={onChange}
          />
        )
      return (
        <TextInput
          {...common}
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
          maxRows={12}
          value={textOf(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )
    case 'number':
      return (
        <NumberInput
          {...common}
          min={meta.min}
          max={meta.max}
          step={meta.step}
          value={typeof value === 'number' || typeof value === 'string' ? value : ''}
          onChange={(next) => onChange(next === '' ? undefined : next)}
        />
      )
    case 'switch':
      return (
        <Switch
          label={name}
          size="sm"
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
          comboboxProps={{ withinPortal: true }}
        />
      )
    case 'column': {
      const names = columns(meta.input).map((column) => column.name)
      return (
        <Select
          {...common}
          searchable
          selectFirstOptionOnChange
          clearable
          data={[...new Set([...names, ...(textOf(value) ? [textOf(value)] : [])])]}
          value={textOf(value) || null}
          placeholder={names.length > 0 ? t('editor.field.chooseColumn') : t('editor.field.noColumns')}
          onChange={(next) => onChange(next ?? '')}
        />
      )
    }
    case 'columns': {
      const names = columns(meta.input).map((column) => column.name)
      return (
        <MultiSelect
          {...common}
          searchable
          selectFirstOptionOnChange
          clearable
          data={[...new Set([...names, ...textsOf(value)])]}
          value={textsOf(value)}
          placeholder={textsOf(value).length > 0 ? undefined : t('editor.field.chooseColumns')}
          onChange={onChange}
        />
      )
    }
    case 'expression':
      return (
        <ExpressionField
          value={textOf(value)}
          name={name}
          input={meta.input}
          expects={meta.expects}
          problems={problems}
          onChange={onChange}
        />
      )
    case 'conditions':
      return <ConditionsField {...rest} meta={meta} />
    case 'type':
      return <TypeField value={textOf(value)} name={name} onChange={onChange} />
    case 'sql':
      return (
        <CodeField
          statement
          value={textOf(value)}
          name={name}
          columns={columns()}
          problems={problems}
          onChange={onChange}
        />
      )
    case 'file':
      return <FileField {...rest} meta={meta} />
    case 'newFile':
      return <NewFileField {...rest} meta={meta} />
    case 'secret':
      return (
        <PasswordInput
          {...common}
          value={textOf(value)}
          autoComplete="off"
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )
    case 'key':
      return <KeyField {...rest} meta={meta} />
    case 'connection':
      return <ConnectionField {...rest} meta={meta} />
    case 'table':
      return <TableField {...rest} meta={meta} />
    case 'sourceColumns':
      return <SourceColumnsField {...rest} meta={meta} />
    case 'subflow':
      return <SubflowField {...rest} meta={meta} />
    case 'flowParameters':
      return <FlowParametersField {...rest} meta={meta} />
    case 'rows':
      return <RowsField Field={SettingField} {...rest} meta={meta} schema={field.schema} />
    case 'texts':
      return (
        <TagsInput
          {...common}
          {...(meta.offered && offers(meta.offered))}
          value={textsOf(value)}
          placeholder={t('editor.field.typeAndEnter')}
          onChange={onChange}
        />
      )
    default:
      return meta satisfies never
  }
}
