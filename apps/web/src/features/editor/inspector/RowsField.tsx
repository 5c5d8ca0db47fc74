import { ActionIcon, Button, Group } from '@mantine/core'
import { type FieldOf, fieldsOf, quotedName, rowSchemaOf } from '@millrace/engine'
import { IconArrowDown, IconArrowsShuffle, IconArrowUp, IconPlus, IconX } from '@tabler/icons-react'
import { type ComponentType, lazy, Suspense, useMemo, useState } from 'react'
import { removeColumn } from '../../../editor/columns.ts'
import { useText } from '../../../i18n/index.ts'
import { useRowKeys } from '../row-keys.ts'
import { FieldGroup } from './FieldGroup.tsx'
import {
  defaultOf,
  recordOf,
  type SettingFieldProps,
  textOf,
  useForm,
  type WidgetProps,
} from './field-context.ts'
import styles from './inspector.module.css'

const MapperDialog = lazy(() =>
  import('./mapper/MapperDialog.tsx').then((module) => ({ default: module.MapperDialog })),
)

const defaultsOf = (fields: readonly FieldOf[]): Record<string, unknown> =>
  Object.fromEntries(fields.map((field) => [field.name, defaultOf(field)]))

/** A list of form rows: added, removed, put in order; the fields of a row describe themselves. */
export function RowsField({
  meta,
  path,
  value,
  schema,
  onChange,
  Field,
}: WidgetProps<'rows'> & {
  readonly schema: FieldOf['schema']
  /** How a setting is edited; handed in, because a row's settings may be rows again. */
  readonly Field: ComponentType<SettingFieldProps>
}) {
  const { t, label } = useText()
  const { nodeId, columns } = useForm()
  const fields = useMemo(() => fieldsOf(rowSchemaOf(schema)), [schema])
  const rows = Array.isArray(value) ? value.map(recordOf) : []
  const identity = useRowKeys(rows.length)
  const swap = (a: number, b: number) => {
    const [first, second] = [rows[a], rows[b]]
    if (!first || !second) return
    identity.swap(a, b)
    onChange(rows.with(a, second).with(b, first))
  }
  const naming = fields.find(({ meta: own }) => own.widget === 'text' && own.makesColumn)
  const remove = async (index: number) => {
    const proceed = () => {
      identity.remove(index)
      onChange(rows.toSpliced(index, 1))
    }
    const column = naming && rows[index]?.[naming.name]
    // A row that makes a column takes it from everything that names it.
    if (typeof column === 'string' && column !== '') await removeColumn({ nodeId, column }, proceed)
    else proceed()
  }
  const isMapping =
    fields.some(({ name, meta: own }) => name === 'name' && own.widget === 'text' && own.makesColumn) &&
    fields.some(({ name, meta: own }) => name === 'expression' && own.widget === 'expression')
  const missing = isMapping
    ? columns().filter(
        (column) =>
          !rows.some((row) => row['expression'] === quotedName(column.name) || row['name'] === column.name),
      )
    : []
  const [isMapper, setMapper] = useState(false)
  return (
    <div className={styles['rows']}>
      {isMapping && (
        <Button
          variant="light"
          size="xs"
          leftSection={<IconArrowsShuffle size={14} />}
          onClick={() => setMapper(true)}
        >
          {t('editor.rules.map.open')}
        </Button>
      )}
      {isMapper && (
        <Suspense fallback={null}>
          <MapperDialog
            path={path}
            rows={rows.map((row) => ({
              ...row,
              name: textOf(row['name']),
              expression: textOf(row['expression']),
            }))}
            onChange={onChange}
            onClose={() => setMapper(false)}
          />
        </Suspense>
      )}
      {rows.map((row, index) => (
        <fieldset
          key={identity.keys[index]}
          className={styles['row']}
          aria-label={t('editor.rows.row', { number: index + 1 })}
        >
          <div className={styles['rowFields']}>
            <FieldGroup
              fields={fields}
              prefix={`${path}.${index}.`}
              values={row}
              quiet={index > 0}
              Field={Field}
              onChange={(name, next) => onChange(rows.with(index, { ...row, [name]: next }))}
            />
          </div>
          <div className={styles['rowTools']}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={t('editor.rows.remove', { number: index + 1 })}
              onClick={() => void remove(index)}
            >
              <IconX size={14} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              disabled={index === 0}
              aria-label={t('editor.rows.up', { number: index + 1 })}
              onClick={() => swap(index, index - 1)}
            >
              <IconArrowUp size={14} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              disabled={index === rows.length - 1}
              aria-label={t('editor.rows.down', { number: index + 1 })}
              onClick={() => swap(index, index + 1)}
            >
              <IconArrowDown size={14} />
            </ActionIcon>
          </div>
        </fieldset>
      ))}
      <Group gap={8}>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...rows, defaultsOf(fields)])}
        >
          {label(meta.add)}
        </Button>
        {missing.length > 0 && (
          <Button
            variant="subtle"
            size="xs"
            onClick={() =>
              onChange([
                ...rows,
                ...missing.map((column) => ({
                  ...defaultsOf(fields),
                  name: column.name,
                  expression: quotedName(column.name),
                })),
              ])
            }
          >
            {t('editor.rows.addAll', { count: missing.length })}
          </Button>
        )}
      </Group>
    </div>
  )
}
