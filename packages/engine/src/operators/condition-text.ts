import { type Column, kindOf, sameName } from '../model/index.ts'
import { asksNothing, type Condition, type ConditionGroup } from '../spec/condition.ts'
import { quotedName } from '../sql/quoted-name.ts'

const quotedText = (text: string) => `'${text.replaceAll("'", "''")}'`

/** In code a parameter stands for a constant of its own type, which has no place inside of quotes. */
const isParameter = (value: string) => /^\$\{[^}]*\}$/.test(value)
const textConstant = (value: string) => (isParameter(value) ? `CAST(${value} AS VARCHAR)` : quotedText(value))

/** Whether a bare number means the same to DuckDB as the text does for a column of this type. */
export function isPlainNumber(value: string, type: string): boolean {
  const kind = kindOf(type)
  if (kind === 'float') return /^-?\d{1,15}(\.\d{1,15})?$/.test(value)
  return (kind === 'integer' || kind === 'decimal') && /^-?\d{1,18}(\.\d{1,18})?$/.test(value)
}

const compared: Partial<Record<Condition['operator'], string>> = {
  equals: '=',
  notEquals: 'IS DISTINCT FROM',
  lessThan: '<',
  atMost: '<=',
  greaterThan: '>',
  atLeast: '>=',
}
const called: Partial<Record<Condition['operator'], string>> = {
  contains: 'contains',
  notContains: 'contains',
  startsWith: 'starts_with',
  endsWith: 'ends_with',
  matches: 'regexp_matches',
}

function conditionText({ column: name, operator, values }: Condition, columns: readonly Column[]): string {
  const subject = quotedName(name)
  const type = columns.find((column) => sameName(column.name, name))?.type ?? 'VARCHAR'
  const isText = kindOf(type) === 'text'
  const constant = (value = ''): string => {
    if (isText) return textConstant(value)
    return isPlainNumber(value, type)
      ? value
      : `CAST(${isParameter(value) ? value : quotedText(value)} AS ${type})`
  }
  const sign = compared[operator]
  if (sign) return `${subject} ${sign} ${constant(values[0])}`
  const call = called[operator]
  if (call) {
    const text = `${call}(${isText ? subject : `CAST(${subject} AS VARCHAR)`}, ${textConstant(values[0] ?? '')})`
    return operator === 'notContains' ? `${text} IS NOT TRUE` : text
  }
  switch (operator) {
    case 'between':
      return `${subject} BETWEEN ${constant(values[0])} AND ${constant(values[1])}`
    case 'oneOf':
      return values.length === 0 ? 'false' : `${subject} IN (${values.map(constant).join(', ')})`
    case 'notOneOf':
      return values.length === 0 ? 'true' : `(${subject} IN (${values.map(constant).join(', ')})) IS NOT TRUE`
    case 'isEmpty':
      return isText ? `coalesce(trim(${subject}), '') = ''` : `${subject} IS NULL`
    case 'isNotEmpty':
      return isText ? `coalesce(trim(${subject}), '') <> ''` : `${subject} IS NOT NULL`
    case 'isTrue':
      return `${subject} IS TRUE`
    default:
      return `${subject} IS FALSE`
  }
}

/**
 * A condition group as an expression that an analyst reads and writes. True for the rows for which
 * `compileConditions` is true; where that is false, this is false or NULL. Empty where nothing is asked.
 */
export function textOfConditions(group: ConditionGroup, columns: readonly Column[]): string {
  const parts = [
    ...group.conditions.map((condition) => conditionText(condition, columns)),
    ...(group.groups ?? [])
      .filter((inner) => !asksNothing(inner))
      .map((inner) => `(${textOfConditions(inner, columns)})`),
  ]
  return parts.join(group.combine === 'or' ? '\nOR ' : '\nAND ')
}
