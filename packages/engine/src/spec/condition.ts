import { z } from 'zod'
import type { ColumnKind } from '../model/column.ts'
import type { Label } from '../model/label.ts'

/** What a condition can ask of a column. `values`: how many values it takes; `list`: any number. */
export const conditionOperators = {
  equals: { label: { en: 'is', zh: '等于' }, values: 1 },
  notEquals: { label: { en: 'is not', zh: '不等于' }, values: 1 },
  contains: { label: { en: 'contains', zh: '包含' }, values: 1, kinds: ['text'] },
  notContains: { label: { en: 'does not contain', zh: '不包含' }, values: 1, kinds: ['text'] },
  startsWith: { label: { en: 'starts with', zh: '开头是' }, values: 1, kinds: ['text'] },
  endsWith: { label: { en: 'ends with', zh: '结尾是' }, values: 1, kinds: ['text'] },
  matches: { label: { en: 'matches pattern', zh: '匹配正则' }, values: 1, kinds: ['text'] },
  lessThan: { label: { en: 'is less than', zh: '小于' }, values: 1 },
  atMost: { label: { en: 'is at most', zh: '小于等于' }, values: 1 },
  greaterThan: { label: { en: 'is greater than', zh: '大于' }, values: 1 },
  atLeast: { label: { en: 'is at least', zh: '大于等于' }, values: 1 },
  between: { label: { en: 'is between', zh: '介于' }, values: 2 },
  oneOf: { label: { en: 'is one of', zh: '属于其中之一' }, values: 'list' },
  notOneOf: { label: { en: 'is none of', zh: '不属于其中任一' }, values: 'list' },
  isEmpty: { label: { en: 'is empty', zh: '为空' }, values: 0 },
  isNotEmpty: { label: { en: 'is not empty', zh: '不为空' }, values: 0 },
  isTrue: { label: { en: 'is true', zh: '为真' }, values: 0, kinds: ['boolean'] },
  isFalse: { label: { en: 'is false', zh: '为假' }, values: 0, kinds: ['boolean'] },
} as const satisfies Record<
  string,
  { label: Label; values: 0 | 1 | 2 | 'list'; kinds?: readonly ColumnKind[] }
>

export type ConditionOperator = keyof typeof conditionOperators

export const condition = z.strictObject({
  column: z.string(),
  operator: z.enum(Object.keys(conditionOperators) as [ConditionOperator, ...ConditionOperator[]]),
  /** As typed by the user; compiled to a literal of the column's type. */
  values: z.array(z.string()).default([]),
})
export type Condition = z.infer<typeof condition>

/** Conditions and groups of conditions, all of which (`and`) or any of which (`or`) must hold. */
export const conditionGroup = z.strictObject({
  combine: z.enum(['and', 'or']).default('and'),
  conditions: z.array(condition).default([]),
  /** Nested groups; one with nothing in it asks for nothing. */
  get groups(): z.ZodOptional<z.ZodArray<typeof conditionGroup>> {
    return z.array(conditionGroup).optional()
  },
})
export type ConditionGroup = z.infer<typeof conditionGroup>

/** Whether a group asks for anything at all. */
export const asksNothing = ({ conditions, groups = [] }: ConditionGroup): boolean =>
  conditions.length === 0 && groups.every(asksNothing)

/** A group as a short sentence; empty where it asks for nothing. */
export function conditionWords(group: ConditionGroup, language: keyof Label): string {
  const link = {
    and: { en: ' and ', zh: ' 且 ' },
    or: { en: ' or ', zh: ' 或 ' },
  }[group.combine][language]
  const own = group.conditions.map(({ column, operator, values }) =>
    `${column} ${conditionOperators[operator].label[language]} ${values.join(', ')}`.trim(),
  )
  const nested = (group.groups ?? [])
    .map((inner) => conditionWords(inner, language))
    .filter((words) => words !== '')
    .map((words) => `(${words})`)
  return [...own, ...nested].join(link)
}
