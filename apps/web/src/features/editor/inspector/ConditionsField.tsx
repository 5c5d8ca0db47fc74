import { ActionIcon, Button, SegmentedControl, Select, TagsInput, TextInput } from '@mantine/core'
import {
  type Condition,
  type ConditionOperator,
  conditionGroup,
  conditionOperators,
  kindOf,
  sameName,
} from '@millrace/engine'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useText } from '../../../i18n/index.ts'
import { useRowKeys } from '../row-keys.ts'
import { useForm, type WidgetProps } from './field-context.ts'
import styles from './inspector.module.css'

const operatorNames = Object.keys(conditionOperators).filter((name): name is ConditionOperator =>
  Object.hasOwn(conditionOperators, name),
)

const fits = (operator: ConditionOperator, type: string | undefined): boolean => {
  const spec = conditionOperators[operator]
  if (type === undefined || !('kinds' in spec)) return true
  const kind = kindOf(type)
  return spec.kinds.some((one) => one === kind)
}

/** Conditions as rows of column, operator and values, all of which or any of which must hold. */
export function ConditionsField({ meta, path, value, problems, onChange }: WidgetProps<'conditions'>) {
  const { t } = useText()
  const { columns } = useForm()
  const parsed = conditionGroup.safeParse(value)
  const group = parsed.success ? parsed.data : { combine: 'and' as const, conditions: [] }
  const offered = columns(meta.input)
  const identity = useRowKeys(group.conditions.length)
  const put = (conditions: Condition[]) => onChange({ ...group, conditions })
  return (
    <div className={styles['rows']}>
      {group.conditions.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label={t('editor.conditions.combine')}
          value={group.combine}
          onChange={(combine) => onChange({ ...group, combine })}
          data={[
            { value: 'and', label: t('editor.conditions.and') },
            { value: 'or', label: t('editor.conditions.or') },
          ]}
        />
      )}
      {group.conditions.map((condition, index) => (
        <div key={identity.keys[index]} className={styles['row']}>
          <ConditionRow
            condition={condition}
            number={index + 1}
            columns={offered}
            faulty={problems.some((problem) =>
              problem.location.field?.startsWith(`${path}.conditions.${index}`),
            )}
            onChange={(next) => put(group.conditions.with(index, next))}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t('editor.rows.remove', { number: index + 1 })}
            onClick={() => {
              identity.remove(index)
              put(group.conditions.toSpliced(index, 1))
            }}
          >
            <IconX size={14} />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPlus size={14} />}
        onClick={() => put([...group.conditions, { column: '', operator: 'equals', values: [] }])}
      >
        {t('editor.conditions.add')}
      </Button>
    </div>
  )
}

interface ConditionRowProps {
  readonly condition: Condition
  readonly number: number
  readonly columns: readonly { name: string; type: string }[]
  readonly faulty: boolean
  readonly onChange: (condition: Condition) => void
}

function ConditionRow({ condition, number, columns, faulty, onChange }: ConditionRowProps) {
  const { t, label } = useText()
  const type = columns.find((column) => sameName(column.name, condition.column))?.type
  const { values } = conditionOperators[condition.operator]
  const names = columns.map((column) => column.name)
  const valueAt = (index: number) => condition.values[index] ?? ''
  const setValue = (index: number, text: string) => {
    const count = values === 2 ? 2 : 1
    onChange({
      ...condition,
      values: Array.from({ length: count }, (_, n) => (n === index ? text : valueAt(n))),
    })
  }
  return (
    <div className={styles['rowFields']}>
      <div className={styles['conditionTop']}>
        <Select
          size="xs"
          searchable
          error={faulty}
          aria-label={t('editor.conditions.column', { number })}
          placeholder={t('editor.field.chooseColumn')}
          data={
            names.includes(condition.column) || condition.column === '' ? names : [...names, condition.column]
          }
          value={condition.column || null}
          onChange={(column) => {
            const nextType = columns.find((item) => item.name === column)?.type
            const operator = fits(condition.operator, nextType) ? condition.operator : 'equals'
            onChange({ ...condition, column: column ?? '', operator })
          }}
        />
        <Select
          size="xs"
          allowDeselect={false}
          aria-label={t('editor.conditions.operator', { number })}
          data={operatorNames
            .filter((operator) => operator === condition.operator || fits(operator, type))
            .map((operator) => ({
              value: operator as string,
              label: label(conditionOperators[operator].label),
            }))}
          value={condition.operator}
          onChange={(next) => {
            const operator = operatorNames.find((one) => one === next)
            if (!operator) return
            const count = conditionOperators[operator].values
            onChange({
              ...condition,
              operator,
              values: count === 'list' ? condition.values : condition.values.slice(0, count),
            })
          }}
        />
      </div>
      {values === 'list' && (
        <TagsInput
          size="xs"
          aria-label={t('editor.conditions.value', { number })}
          value={condition.values}
          placeholder={t('editor.field.typeAndEnter')}
          onChange={(next) => onChange({ ...condition, values: next })}
        />
      )}
      {(values === 1 || values === 2) && (
        <div className={values === 2 ? styles['conditionTop'] : undefined}>
          <TextInput
            size="xs"
            error={faulty}
            aria-label={t('editor.conditions.value', { number })}
            placeholder={t('editor.conditions.valueHint')}
            value={valueAt(0)}
            onChange={(event) => setValue(0, event.currentTarget.value)}
          />
          {values === 2 && (
            <TextInput
              size="xs"
              error={faulty}
              aria-label={t('editor.conditions.second', { number })}
              value={valueAt(1)}
              onChange={(event) => setValue(1, event.currentTarget.value)}
            />
          )}
        </div>
      )}
    </div>
  )
}
