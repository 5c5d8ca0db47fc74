import { Button } from '@mantine/core'
import { type FieldOf, isShown } from '@millrace/engine'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { type ComponentType, useState } from 'react'
import { useView } from '../../../editor/view-store.ts'
import { useText } from '../../../i18n/index.ts'
import { defaultOf, type SettingFieldProps, useForm } from './field-context.ts'
import styles from './inspector.module.css'

interface Props {
  readonly fields: readonly FieldOf[]
  /** Of the group within the settings: empty, or a row's `columns.2.`. */
  readonly prefix: string
  readonly values: Readonly<Record<string, unknown>>
  /** Rows say once what their fields mean. */
  readonly quiet?: boolean
  readonly onChange: (name: string, value: unknown) => void
  /** How a setting is edited; handed in, because settings may be groups again. */
  readonly Field: ComponentType<SettingFieldProps>
}

const isWithin = (field: string | undefined, path: string): boolean =>
  field === path || field?.startsWith(`${path}.`) === true

/** The settings that matter for what is chosen; the rest of them wait behind “More settings”. */
export function FieldGroup({ fields, prefix, values, quiet = false, onChange, Field }: Props) {
  const { t } = useText()
  const { problems } = useForm()
  const focus = useView((state) => state.focus)
  const [more, setMore] = useState(false)
  const hasProblem = ({ name }: FieldOf) =>
    problems.some(({ location }) => isWithin(location.field, `${prefix}${name}`))
  const isSet = (field: FieldOf) => {
    const value = values[field.name]
    return value !== undefined && JSON.stringify(value) !== JSON.stringify(defaultOf(field))
  }
  // Conditions show the expression beside them themselves.
  const within = new Set(fields.map(({ meta }) => (meta.widget === 'conditions' ? meta.code : undefined)))
  // What is wrong is never hidden.
  const shown = fields.filter(
    (field) => !within.has(field.name) && (isShown(field, fields, values) || hasProblem(field)),
  )
  const advanced = shown.filter(({ meta }) => meta.advanced)
  const isOpen =
    more || advanced.some((field) => isWithin(focus?.field, `${prefix}${field.name}`) || hasProblem(field))
  const changed = advanced.filter(isSet).length
  const setting = (field: FieldOf) => (
    <Field
      key={field.name}
      field={field}
      quiet={quiet}
      path={`${prefix}${field.name}`}
      value={values[field.name]}
      onChange={(value) => onChange(field.name, value)}
    />
  )
  return (
    <>
      {shown.filter(({ meta }) => !meta.advanced).map(setting)}
      {advanced.length > 0 && (
        <Button
          className={styles['more']}
          size="compact-xs"
          variant="subtle"
          color="gray"
          justify="flex-start"
          aria-expanded={isOpen}
          leftSection={isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
          rightSection={
            !isOpen &&
            changed > 0 && (
              <span className={styles['changed']}>{t('editor.inspector.changed', { count: changed })}</span>
            )
          }
          onClick={() => setMore(!isOpen)}
        >
          {t('editor.inspector.more')}
        </Button>
      )}
      {isOpen && advanced.map(setting)}
    </>
  )
}
