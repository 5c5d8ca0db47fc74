import { type Column, kindOf } from '../../model/index.ts'
import { createProblem } from '../../problems/index.ts'
import { type CompileContext, defineOperator, type Input } from '../../spec/index.ts'
import {
  and,
  convertText,
  type Fault,
  identifier,
  isOneOf,
  join,
  literal,
  reasonFor,
  type Sql,
  splitByFaults,
  sql,
  typeText,
} from '../../sql/index.ts'
import { requireColumn } from '../conditions.ts'
import { onlyInput } from '../inputs.ts'
import { type ValidationRule, validateSpec } from './spec.ts'

/** A local part, an @, and a domain with a dot; stricter than RFC 5322, as forms in the wild are. */
const email =
  "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
/** Chinese mobile and landline numbers, and E.164 with its usual spaces and brackets. */
const phone =
  '(?:(?:\\+?86[ -]?)?1[3-9][0-9]{9}|(?:\\+?86[ -]?)?(?:0[0-9]{2,3}[ -]?)[0-9]{7,8}(?:-[0-9]{1,6})?|\\+[1-9](?:[ ().-]?[0-9]){6,14})'

interface Check {
  /** May be NULL for a missing value: that is no fault. */
  readonly fails: Sql
  readonly reason: Sql
}

const quoted = (text: Sql, rest: string): Sql => sql`'“' || left(${text}, 200) || ${`” ${rest}`}`

function checkOf(rule: ValidationRule, column: Column, reference: Input | undefined): Check {
  const subject = identifier(column.name)
  const text = sql`CAST(${subject} AS VARCHAR)`
  const typed = (value: string): Sql => sql`CAST(${value} AS ${typeText(column.type)})`
  const bounds = (value: Sql, bound: (text: string) => Sql): Sql =>
    and([
      ...(rule.least === '' ? [] : [sql`${value} >= ${bound(rule.least)}`]),
      ...(rule.most === '' ? [] : [sql`${value} <= ${bound(rule.most)}`]),
    ])
  const between =
    rule.most === ''
      ? `is less than ${rule.least}`
      : rule.least === ''
        ? `is more than ${rule.most}`
        : `is not between ${rule.least} and ${rule.most}`
  switch (rule.check) {
    case 'required':
      return {
        fails:
          kindOf(column.type) === 'text'
            ? sql`(${subject} IS NULL OR trim(${text}) = '')`
            : sql`${subject} IS NULL`,
        reason: literal('the value is missing'),
      }
    case 'type':
      return { fails: convertText(text, rule.type).fails, reason: reasonFor(rule.type, text) }
    case 'pattern':
      return {
        fails: sql`NOT regexp_full_match(${text}, ${rule.pattern})`,
        reason: quoted(text, `does not match ${rule.pattern}`),
      }
    case 'email':
      return {
        fails: sql`NOT regexp_full_match(${text}, ${email})`,
        reason: quoted(text, 'is not an e-mail address'),
      }
    case 'phone':
      return {
        fails: sql`NOT regexp_full_match(${text}, ${phone})`,
        reason: quoted(text, 'is not a phone number'),
      }
    case 'range':
      return { fails: sql`NOT ${bounds(subject, typed)}`, reason: quoted(text, between) }
    case 'length':
      return {
        fails: sql`NOT ${bounds(sql`length(${text})`, (bound) => sql`CAST(${bound} AS BIGINT)`)}`,
        reason: sql`${quoted(text, 'has a length of ')} || length(${text}) || ${`, which ${between}`}`,
      }
    case 'allowed':
      return {
        fails:
          rule.values.length === 0
            ? sql`${subject} IS NOT NULL`
            : sql`NOT ${isOneOf(text, rule.values.map(literal))}`,
        reason: quoted(text, 'is not one of the allowed values'),
      }
    case 'unique':
      // `__mr_order` numbers the rows as they came; see below.
      return {
        fails: sql`(${subject} IS NOT NULL AND row_number() OVER (PARTITION BY ${subject} ORDER BY "__mr_order") > 1)`,
        reason: quoted(text, 'stands in an earlier row'),
      }
    case 'reference':
      return {
        fails: reference
          ? sql`(${subject} IS NOT NULL AND ${text} NOT IN (SELECT CAST(${identifier(rule.referenceColumn)} AS VARCHAR) FROM ${reference.relation} WHERE ${identifier(rule.referenceColumn)} IS NOT NULL))`
          : sql`false`,
        reason: quoted(text, 'is not in the reference'),
      }
  }
}

function checkReference(
  rule: ValidationRule,
  index: number,
  reference: Input | undefined,
  context: CompileContext<unknown>,
): boolean {
  if (rule.check !== 'reference') return true
  const field = `rules.${index}.referenceColumn`
  if (reference) return requireColumn(rule.referenceColumn, reference.columns, field, context) !== undefined
  context.report(
    createProblem(
      'port.unconnected',
      { port: { en: 'Reference', zh: '参照' } },
      { field, port: 'reference' },
    ),
  )
  return false
}

export const validate = defineOperator(validateSpec, (context) => {
  const input = onlyInput(context)
  const reference = context.inputs['reference']?.[0]
  const windows: Sql[] = []
  const faults = context.settings.rules.flatMap((rule, index): Fault[] => {
    const column = requireColumn(rule.column, input.columns, `rules.${index}.column`, context)
    if (!column || !checkReference(rule, index, reference, context)) return []
    const { fails, reason } = checkOf(rule, column, reference)
    const value = sql`CAST(${identifier(column.name)} AS VARCHAR)`
    const base = { column: column.name, value, rule: rule.check, reason }
    if (rule.check !== 'unique') return [{ ...base, fails: sql`coalesce(${fails}, false)` }]
    const mark = identifier(`__mr_repeated_${windows.length}`)
    windows.push(sql`${fails} AS ${mark}`)
    return [{ ...base, fails: mark }]
  })
  const columns = join(input.columns.map(({ name }) => identifier(name)))
  if (windows.length === 0) {
    const { out, rejects } = splitByFaults(input.relation, faults, sql`${columns}${context.carry}`)
    return { outputs: { out }, rejects }
  }
  const numbered = sql`(SELECT *, row_number() OVER () AS "__mr_order" FROM ${input.relation})`
  const marked = sql`(SELECT *, ${join(windows)} FROM ${numbered})`
  const { out, rejects } = splitByFaults(marked, faults, sql`${columns}${context.carry}`)
  const hidden = join([sql`"__mr_order"`, ...windows.map((_, index) => identifier(`__mr_repeated_${index}`))])
  const inOrder = sql`ORDER BY "__mr_order"`
  return {
    outputs: { out: sql`${out} ${inOrder}` },
    rejects: rejects && sql`SELECT * EXCLUDE (${hidden}) FROM (${rejects}) ${inOrder}`,
  }
})
