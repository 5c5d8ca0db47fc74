import { Autocomplete, Group, Select, TagsInput, Text } from '@mantine/core'
import {
  type Condition,
  type ConditionOperator,
  conditionOperators,
  kindOf,
  sameName,
} from '@millrace/engine'
import { useFormat, useText } from '../../../i18n/index.ts'
import styles from './inspector.module.css'
import type { OfferedValue } from './use-arriving.ts'

const operatorNames = Object.keys(conditionOperators).filter((name): name is ConditionOperator =>
  Object.hasOwn(conditionOperators, name),
)

/** Whether an operator can be asked of a column of this type. */
const fits = (operator: ConditionOperator, type: string | undefined): boolean => {
  const spec = conditionOperators[operator]
  if (type === undefined || !('kinds' in spec)) return true
  const kind = kindOf(type)
  return spec.kinds.some((one) => one === kind)
}

export interface ConditionRowProps {
  readonly condition: Condition
  /** Its place among all conditions of the field, for what screen readers say. */
  readonly number: number
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly offered: readonly OfferedValue[]
  readonly faulty: boolean
  readonly onChange: (condition: Condition) => void
}

/** One condition: column, operator by its type, and values, offered from what the column holds. */
export function ConditionRow({ condition, number, columns, offered, faulty, onChange }: ConditionRowProps) {
  const { t, label } = useText()
  const format = useFormat()
  const type = columns.find((column) => sameName(column.name, condition.column))?.type
  const { values } = conditionOperators[condition.operator]
  const names = columns.map((column) => column.name)
  const valueAt = (index: number) => condition.values[index] ?? ''
  const setValue = (index: number, text: string) =>
    onChange({
      ...condition,
      values: Array.from({ length: values === 2 ? 2 : 1 }, (_, n) => (n === index ? text : valueAt(n))),
    })
  const counts = new Map(offered.map(({ value, count }) => [value, count]))
  const offers = {
    data: [...counts.keys()],
    renderOption: ({ option }: { option: { value: string } }) => {
      const count = counts.get(option.value)
      return (
        <Group justify="space-between" wrap="nowrap" gap={8} w="100%">
          <Text size="xs" truncate>
            {option.value}
          </Text>
          {typeof count === 'number' && (
            <Text size="xs" c="dimmed">
              {format.number(count)}
            </Text>
          )}
        </Group>
      )
    },
  }
  return (
    <div className={styles['rowFields']}>
      <div className={styles['conditionTop']}>
        <Select
          size="xs"
          searchable
          selectFirstOptionOnChange
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
            const kept =
              count === 'list' ? condition.values.filter(Boolean) : condition.values.slice(0, count)
            onChange({ ...condition, operator, values: kept })
          }}
        />
      </div>
      {values === 'list' && (
        <TagsInput
          {...offers}
          size="xs"
          error={faulty}
          aria-label={t('editor.conditions.value', { number })}
          value={condition.values}
          placeholder={t('editor.field.typeAndEnter')}
          onChange={(next) => onChange({ ...condition, values: next })}
        />
      )}
      {(values === 1 || values === 2) && (
        <div className={values === 2 ? styles['conditionTop'] : undefined}>
          <Autocomplete
            {...offers}
            size="xs"
            error={faulty}
            aria-label={t('editor.conditions.value', { number })}
            placeholder={t('editor.conditions.valueHint')}
            value={valueAt(0)}
            onChange={(text) => setValue(0, text)}
          />
          {values === 2 && (
            <Autocomplete
              {...offers}
              size="xs"
              error={faulty}
              aria-label={t('editor.conditions.second', { number })}
              placeholder={t('editor.conditions.valueHint')}
              value={valueAt(1)}
              onChange={(text) => setValue(1, text)}
            />
          )}
        </div>
      )}
    </div>
  )
}
