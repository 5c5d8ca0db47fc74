import type { z } from 'zod'
import { type Column, kindOf, sameName, structFields } from '../../model/index.ts'
import { createProblem } from '../../problems/index.ts'
import { type CompileContext, type Compiled, defineOperator, type Input } from '../../spec/index.ts'
import { identifier, join, jsonPointer, type Sql, sql } from '../../sql/index.ts'
import { requireColumn } from '../conditions.ts'
import { onlyInput } from '../inputs.ts'
import { flattenSpec } from './spec.ts'

type Context = CompileContext<z.infer<typeof flattenSpec.settings>>

/** What a column is replaced by. */
interface Replacement {
  readonly parts: readonly Sql[]
  /** Rows that a row with this value becomes beyond itself, as BIGINT; undefined: none. */
  readonly added?: Sql
}

/** A row with an empty list stays, with nothing in the column. */
const rowsOf = (list: Sql, name: string): Sql =>
  sql`unnest(CASE WHEN len(${list}) > 0 THEN ${list} ELSE [NULL] END) AS ${identifier(name)}`

function flattenList(name: string): Replacement {
  const subject = identifier(name)
  return {
    parts: [rowsOf(subject, name)],
    added: sql`greatest(len(${subject}) - 1, 0)`,
  }
}

/** Elements become rows; what is no array counts as a list of itself. */
function flattenJsonRows(name: string, elements: 'json' | 'text'): Replacement {
  const subject = identifier(name)
  const items =
    elements === 'text'
      ? sql`json_extract_string(${subject}, '$[*]')`
      : // JSON's own null is a missing value, not the text “null”.
        sql`list_transform(json_extract(${subject}, '$[*]'), lambda item: CASE WHEN json_type(item) <> 'NULL' THEN item END)`
  const alone = elements === 'text' ? sql`json_extract_string(${subject}, '$')` : subject
  const list = sql`CASE json_type(${subject}) WHEN 'ARRAY' THEN ${items} WHEN 'NULL' THEN NULL ELSE [${alone}] END`
  return {
    parts: [rowsOf(list, name)],
    // The length is unsigned, and 0 for what is no array.
    added: sql`greatest(CAST(json_array_length(${subject}) AS BIGINT) - 1, 0)`,
  }
}

function flattenJsonColumns(name: string, fields: readonly string[], prefix: string): Replacement {
  const subject = identifier(name)
  return {
    parts: fields.map(
      (part) =>
        // A pointer would find the elements of an array by number.
        sql`CASE WHEN json_type(${subject}) = 'OBJECT' THEN json_extract_string(${subject}, ${jsonPointer(part)}) END AS ${identifier(`${prefix}${part}`)}`,
    ),
  }
}

function replacementOf(column: Column, others: readonly Column[], context: Context): Replacement {
  const { as, elements, fields, prefix } = context.settings
  const { name, type } = column
  const kind = kindOf(type)
  if (kind === 'list') return flattenList(name)
  if (kind === 'json' && as === 'rows') return flattenJsonRows(name, elements)
  const names = kind === 'json' ? fields : structFields(type)
  if (kind === 'json' && names.length === 0)
    context.report(
      createProblem('setting.required', { label: { en: 'Fields', zh: '字段' } }, { field: 'fields' }),
    )
  else if (names.length === 0)
    context.report(
      createProblem(
        'expression.type',
        { expected: { en: 'a list, a structure or JSON', zh: '列表、结构或 JSON' }, actual: type },
        { field: 'column' },
      ),
    )
  const made = names.map((part) => `${prefix}${part}`)
  made.forEach((each, index) => {
    const isTaken = others.some((other) => sameName(other.name, each))
    const isRepeated = made.findIndex((other) => sameName(other, each)) < index
    if (isTaken || isRepeated)
      context.report(
        createProblem('column.duplicate', { column: each }, { field: isTaken ? 'prefix' : 'fields' }),
      )
  })
  if (kind === 'json') return flattenJsonColumns(name, names, prefix)
  return {
    parts: names.map(
      (part) => sql`struct_extract(${identifier(name)}, ${part}) AS ${identifier(`${prefix}${part}`)}`,
    ),
  }
}

function compile({ relation, columns }: Input, context: Context): Compiled {
  const column = requireColumn(context.settings.column, columns, 'column', context)
  const none = sql`SELECT CAST(0 AS BIGINT)`
  if (!column) return { outputs: { out: sql`SELECT * FROM ${relation}` }, tallies: { added: none } }
  const others = columns.filter((other) => other !== column)
  const { parts, added } = replacementOf(column, others, context)
  const list = columns.flatMap((other) => (other === column ? parts : [identifier(other.name)]))
  return {
    outputs: { out: sql`SELECT ${join(list)}${context.carry} FROM ${relation}` },
    tallies: {
      added: added ? sql`SELECT CAST(coalesce(sum(${added}), 0) AS BIGINT) FROM ${relation}` : none,
    },
  }
}

export const flatten = defineOperator(flattenSpec, (context) => compile(onlyInput(context), context))
