import type { Column } from '../../model/index.ts'
import { createProblem } from '../../problems/index.ts'
import { defineOperator } from '../../spec/index.ts'
import { type Fault, identifier, join, type Sql, splitByFaults, sql } from '../../sql/index.ts'
import { requireColumn } from '../conditions.ts'
import { onlyInput } from '../inputs.ts'
import { type ColumnMasking, maskSpec } from './spec.ts'

const textOf = (column: Column): Sql => sql`CAST(${identifier(column.name)} AS VARCHAR)`

function maskedValue({ how, first, last, salt, key }: ColumnMasking, column: Column): Sql {
  const text = textOf(column)
  switch (how) {
    case 'hash':
      return sql`sha256(${salt} || ${text})`
    case 'partial':
      // A value too short to hide anything in is hidden whole.
      return sql`CASE WHEN length(${text}) <= ${first + last} THEN repeat('*', length(${text})) ELSE left(${text}, ${first}) || repeat('*', length(${text}) - ${first + last}) || right(${text}, ${last}) END`
    case 'remove':
      return sql`CAST(NULL AS VARCHAR)`
    case 'encrypt':
      return sql`millrace_encrypt(${key}, ${text})`
    case 'decrypt':
      return sql`millrace_decrypt(${key}, ${text})`
  }
}

/** Why a value cannot be decrypted, as far as it can be told by looking at it. */
function undecryptable(key: string, column: Column): Fault {
  const text = textOf(column)
  return {
    fails: sql`(${text} IS NOT NULL AND millrace_decrypt(${key}, ${text}) IS NULL)`,
    column: column.name,
    value: text,
    rule: 'decrypt',
    reason: sql`CASE WHEN NOT starts_with(${text}, 'mr1:') THEN 'this is not an encrypted value' WHEN NOT starts_with(${text}, ${`mr1:${key}:`}) THEN ${`this is not encrypted with the key “${key}”`} ELSE ${`this was changed, or encrypted with another key named “${key}”`} END`,
  }
}

export const mask = defineOperator(maskSpec, (context) => {
  const input = onlyInput(context)
  const masked = new Map<string, Sql>()
  const faults: Fault[] = []
  context.settings.columns.forEach((masking, index) => {
    const column = requireColumn(masking.column, input.columns, `columns.${index}.column`, context)
    if (masking.how === 'encrypt' || masking.how === 'decrypt') {
      const at = { field: `columns.${index}.key` }
      if (masking.key === '')
        context.report(createProblem('setting.required', { label: { en: 'Key', zh: '密钥' } }, at))
      else if (context.keys && !context.keys.includes(masking.key))
        context.report(createProblem('key.missing', { key: masking.key }, at, context.keys))
    }
    if (!column) return
    masked.set(column.name, sql`${maskedValue(masking, column)} AS ${identifier(column.name)}`)
    if (masking.how === 'decrypt') faults.push(undecryptable(masking.key, column))
  })
  const list = join(input.columns.map(({ name }) => masked.get(name) ?? identifier(name)))
  const { out, rejects } = splitByFaults(input.relation, faults, sql`${list}${context.carry}`)
  return { outputs: { out }, ...(rejects && { rejects }) }
})
