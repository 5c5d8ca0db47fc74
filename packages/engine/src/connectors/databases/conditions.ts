import { kindOf, sameName } from '../../model/index.ts'
import { fail, type Problem, ProblemError } from '../../problems/index.ts'
import { nearest } from '../../problems/nearest.ts'
import { asksNothing, type Condition, type ConditionGroup, type ConnectorContext } from '../../spec/index.ts'
import { sql, typeText } from '../../sql/index.ts'

/** A column of what is read, for conditions that the system itself decides. */
export interface ConditionColumn {
  readonly name: string
  /** Its type in the flow. */
  readonly type: string
  /** How it is spelled in the system's SQL. */
  readonly sql: string
}

/** Where the SQL of systems differs. */
export interface ConditionDialect {
  text(value: string): string
  constant(value: string, column: ConditionColumn): string
  /** Whether two values differ, NULL being a value. */
  differ(left: string, right: string): string
  /** The operator for a regular expression; undefined: the system has none. */
  readonly matches: string | undefined
}

const numberPattern = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/
const label = { en: 'Read only rows where', zh: '仅读取满足条件的行' }

async function checkValue(
  { nodeId, query }: ConnectorContext,
  value: string,
  { name, type }: ConditionColumn,
  field: string,
): Promise<void> {
  const kind = kindOf(type)
  if (kind === 'text') return
  const isNumber = ['integer', 'decimal', 'float'].includes(kind)
  const [fits] = isNumber
    ? [{ unfit: numberPattern.test(value) ? 'false' : 'true' }]
    : await query(sql`SELECT TRY_CAST(${value} AS ${typeText(type)}) IS NULL AS unfit`)
  if (fits?.['unfit'] === 'true') fail('condition.value', { column: name, value, type }, { nodeId, field })
}

/**
 * A condition group in the system's own SQL, which compares as the system does (its collations, its time
 * zone). True for the same rows as the filter's conditions are, up to that; NULL is “not met”. Empty
 * where nothing is asked. Throws a problem at the column or value that is at fault.
 */
export async function conditionSql(
  context: ConnectorContext,
  group: ConditionGroup,
  columns: readonly ConditionColumn[],
  dialect: ConditionDialect,
  path = 'where',
): Promise<string> {
  const { nodeId } = context
  const parts: string[] = []
  for (const [index, condition] of group.conditions.entries()) {
    const field = `${path}.conditions.${index}`
    const names = columns.map(({ name }) => name)
    const column =
      columns.find(({ name }) => name === condition.column) ??
      columns.find(({ name }) => sameName(name, condition.column)) ??
      fail(
        'column.unknown',
        { column: condition.column },
        { nodeId, field: `${field}.column` },
        nearest(condition.column, names),
      )
    for (const [place, value] of condition.values.entries())
      await checkValue(context, value, column, `${field}.values.${place}`)
    parts.push(single(condition, column, dialect, { nodeId, field: `${field}.operator` }))
  }
  for (const [index, inner] of (group.groups ?? []).entries())
    if (!asksNothing(inner))
      parts.push(await conditionSql(context, inner, columns, dialect, `${path}.groups.${index}`))
  return parts.length === 0 ? '' : `(${parts.join(group.combine === 'or' ? ' OR ' : ' AND ')})`
}

/**
 * What is wrong with the choice of rows: a run fails of it; while drawing it is told, and the columns,
 * which the choice is made of, are known all the same.
 */
export async function chosen<T>(
  { sample }: Pick<ConnectorContext, 'sample'>,
  obstacles: Problem[],
  choose: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await choose()
  } catch (error) {
    if (sample === undefined || !(error instanceof ProblemError)) throw error
    obstacles.push(error.problem)
    return undefined
  }
}

const likePattern = (value: string): string => value.replaceAll(/[!%_]/g, '!$&')

function single(
  { operator, values }: Condition,
  column: ConditionColumn,
  dialect: ConditionDialect,
  at: { readonly nodeId: string; readonly field: string },
): string {
  const subject = column.sql
  const isText = kindOf(column.type) === 'text'
  const value = (index = 0) => dialect.constant(values[index] ?? '', column)
  const like = (before: string, after: string) =>
    `${subject} LIKE ${dialect.text(`${before}${likePattern(values[0] ?? '')}${after}`)} ESCAPE '!'`
  const list = values.map((_, index) => value(index)).join(', ')
  switch (operator) {
    case 'equals':
      return `${subject} = ${value()}`
    case 'notEquals':
      return dialect.differ(subject, value())
    case 'contains':
      return like('%', '%')
    case 'notContains':
      return `(${like('%', '%')}) IS NOT TRUE`
    case 'startsWith':
      return like('', '%')
    case 'endsWith':
      return like('%', '')
    case 'matches':
      if (dialect.matches === undefined)
        fail('setting.invalid', { label, detail: { en: 'it knows no patterns', zh: '不支持正则' } }, at)
      return `${subject} ${dialect.matches} ${dialect.text(values[0] ?? '')}`
    case 'lessThan':
      return `${subject} < ${value()}`
    case 'atMost':
      return `${subject} <= ${value()}`
    case 'greaterThan':
      return `${subject} > ${value()}`
    case 'atLeast':
      return `${subject} >= ${value()}`
    case 'between':
      return `${subject} BETWEEN ${value()} AND ${value(1)}`
    case 'oneOf':
      return list === '' ? '1 = 0' : `${subject} IN (${list})`
    case 'notOneOf':
      return list === '' ? '1 = 1' : `(${subject} IN (${list})) IS NOT TRUE`
    case 'isEmpty':
      return isText ? `(${subject} IS NULL OR TRIM(${subject}) = '')` : `${subject} IS NULL`
    case 'isNotEmpty':
      return isText ? `TRIM(${subject}) <> ''` : `${subject} IS NOT NULL`
    case 'isTrue':
      return `${subject} IS TRUE`
    case 'isFalse':
      return `${subject} IS FALSE`
  }
}
