import { type Column, kindOf, sameName } from '../../model/index.ts'
import { createProblem } from '../../problems/index.ts'
import { defineOperator } from '../../spec/index.ts'
import {
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
import { type ColumnConversion, convertSpec } from './spec.ts'

interface Converted {
  readonly value: Sql
  readonly faults: readonly Fault[]
}

/** Text → code list → characters left out → type → factor; each step can set a row aside. */
function convertColumn(conversion: ColumnConversion, column: Column): Converted {
  const { codes, unlisted, strip, type, formats, decimalComma, factor } = conversion
  const subject = identifier(column.name)
  const faults: Fault[] = []
  const asText = sql`CAST(${subject} AS VARCHAR)`
  const isTemporal = ['date', 'timestamp', 'time'].includes(kindOf(column.type))
  const [format] = formats
  if (isTemporal && type === 'VARCHAR')
    return { value: format ? sql`strftime(${subject}, ${format})` : asText, faults }

  let text = asText
  if (codes.length > 0) {
    const listed = codes.map(({ from }) => literal(from))
    const cases = join(
      codes.map(({ from, to }) => sql`WHEN ${from} THEN ${to}`),
      ' ',
    )
    const rest = unlisted === 'keep' ? text : literal(null)
    if (unlisted === 'reject')
      faults.push({
        fails: sql`coalesce(NOT ${isOneOf(text, listed)}, false)`,
        column: column.name,
        value: text,
        rule: 'code',
        reason: sql`'“' || ${text} || '” is not in the code list'`,
      })
    text = sql`CASE ${text} ${cases} ELSE ${rest} END`
  }
  if (strip !== '') text = sql`translate(${text}, ${strip}, '')`

  const rescales = factor !== 1
  // A rescaled amount is rounded to its type only at the end, so all its digits count.
  const readAs = rescales && kindOf(type) === 'decimal' ? 'DECIMAL(38,12)' : type
  const { value, fails } = convertText(text, readAs, { formats, decimalComma })
  faults.push({ fails, column: column.name, value: asText, rule: 'type', reason: reasonFor(type, asText) })
  if (!rescales) return { value, faults }
  // The factor as an exact decimal: a binary fraction would show in the last digits.
  const scaled = sql`CAST(${value} AS DOUBLE) * ${factor}`
  const exact = kindOf(type) === 'decimal' || kindOf(type) === 'integer' ? sql`round(${scaled}, 10)` : scaled
  const result = sql`TRY_CAST(${exact} AS ${typeText(type)})`
  faults.push({
    fails: sql`(${value} IS NOT NULL AND ${result} IS NULL)`,
    column: column.name,
    value: asText,
    rule: 'range',
    reason: sql`'“' || ${asText} || ${`” times ${factor} does not fit ${type}`}`,
  })
  return { value: result, faults }
}

export const convert = defineOperator(convertSpec, (context) => {
  const input = onlyInput(context)
  const faults: Fault[] = []
  const conversions = new Map<string, { value: Sql; name: string }>()
  context.settings.columns.forEach((conversion, index) => {
    const column = requireColumn(conversion.column, input.columns, `columns.${index}.column`, context)
    if (!column) return
    const converted = convertColumn(conversion, column)
    faults.push(...converted.faults)
    conversions.set(column.name, { value: converted.value, name: conversion.name.trim() || column.name })
  })
  const list = input.columns.map(({ name }) => {
    const converted = conversions.get(name)
    return converted ? sql`${converted.value} AS ${identifier(converted.name)}` : identifier(name)
  })
  const names = input.columns.map(({ name }) => conversions.get(name)?.name ?? name)
  names.forEach((name, index) => {
    if (names.findIndex((other) => sameName(other, name)) < index)
      context.report(createProblem('column.duplicate', { column: name }, { field: 'columns' }))
  })
  const { out, rejects } = splitByFaults(input.relation, faults, sql`${join(list)}${context.carry}`)
  return { outputs: { out }, rejects }
})
