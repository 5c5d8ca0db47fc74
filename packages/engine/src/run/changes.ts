import { mkdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { type Column, sameName } from '../model/index.ts'
import { fail } from '../problems/index.ts'
import type { Input, Standing, WriteMode } from '../spec/index.ts'
import {
  and,
  empty,
  identifier,
  join,
  missingKey,
  or,
  repeatedKey,
  rowText,
  type Sql,
  sql,
  typeText,
  unknownKey,
} from '../sql/index.ts'
import type { Session } from './session.ts'

export const changeKinds = ['insert', 'update', 'delete', 'missing', 'same'] as const
export type ChangeKind = (typeof changeKinds)[number]

/** What a run would do to one target. */
export interface TargetChanges {
  readonly nodeId: string
  readonly mode: WriteMode
  readonly keys: readonly string[]
  /** False: what is there cannot be read row by row; all rows count as inserted. */
  readonly compared: boolean
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
  /** Rows that are there already as they would be written. */
  readonly unchanged: number
  /** Rows to update or delete whose key is not there. */
  readonly missing: number
  /** Rows that the target would reject, because their key is missing or other rows of the run have it too. */
  readonly repeated: number
  /** Of all the changes, whatever their order: two change sets are the same when their digests are. */
  readonly digest: string
}

const tables = (nodeId: string) => ({
  after: identifier(`${nodeId} after`),
  before: identifier(`${nodeId} before`),
  changes: identifier(`${nodeId} changes`),
})

const hasNoKey = (keys: readonly string[]): Sql => or(keys.map((name) => sql`${identifier(name)} IS NULL`))

/** How many rows have the key of a row; NULL where it has none. Only of a key of its own can a target tell the row. */
const isClear = sql`("__mr_alike" IS NOT DISTINCT FROM 1)`

/** How many rows the target would reject for their keys: of an update also those whose key is not there. */
export const rejectedRows = ({ mode, repeated, missing }: TargetChanges): number =>
  repeated + (mode === 'update' ? missing : 0)

/** Those rows as a SELECT of `Compiled.rejects`; after `compareWithTarget`. */
export function rejectedForKeys({ nodeId, mode, keys }: TargetChanges): Sql {
  const { after, before } = tables(nodeId)
  const same = keys.map((name) => sql`b.${identifier(name)} = a.${identifier(name)}`)
  const isUnknown =
    mode === 'update' ? sql`NOT EXISTS (SELECT 1 FROM ${before} AS b WHERE ${and(same)})` : sql`false`
  return sql`SELECT *, CASE WHEN "__mr_alike" IS NULL THEN ${missingKey(keys)} WHEN "__mr_alike" > 1 THEN ${repeatedKey(keys, sql`"__mr_alike"`)} ELSE ${unknownKey(keys)} END AS "__mr_faults" FROM ${after} AS a WHERE NOT ${isClear} OR ${isUnknown}`
}

const isChange = sql`change <> 'same'`

/** A SELECT of `node`, `change`, `key`, `columns`, `before`, `after`; the rows as JSON objects. */
const storedChanges = (nodeId: string): Sql =>
  sql`SELECT ${nodeId} AS node, * FROM ${tables(nodeId).changes} WHERE ${isChange}`

/**
 * Compares the rows that would be written with those that stand there, and keeps the changes in a
 * table of the session. Rows are compared as values of the input's types. Rejects with a problem where a mirror
 * would delete more than it may.
 */
export async function compareWithTarget(
  session: Session,
  nodeId: string,
  input: Input,
  standing: Standing | undefined,
): Promise<TargetChanges> {
  const { mode = 'replace', keys = [] } = standing ?? {}
  const { after, before, changes } = tables(nodeId)
  const nth = (names: readonly string[]) =>
    sql`row_number() OVER (PARTITION BY ${names.length > 0 ? join(names.map(identifier)) : sql`1`}) AS "__mr_nth"`
  const alike =
    keys.length > 0
      ? sql`CASE WHEN NOT (${hasNoKey(keys)}) THEN count(*) OVER (PARTITION BY ${join(keys.map(identifier))}) END`
      : sql`1`
  const all = input.columns.map(({ name }) => name)
  const by = keys.length > 0 ? keys : all
  await session.run(
    sql`CREATE OR REPLACE TEMP TABLE ${after} AS SELECT ${join(all.map(identifier))}, ${nth(by)}, ${alike} AS "__mr_alike" FROM ${input.relation}`,
  )
  const there = standing?.rows ? await session.describe(standing.rows) : []
  const shared = input.columns.filter(({ name }) => there.some((column) => sameName(column.name, name)))
  const typed = (column: Column) =>
    shared.includes(column)
      ? sql`TRY_CAST(${identifier(column.name)} AS ${typeText(column.type)}) AS ${identifier(column.name)}`
      : sql`CAST(NULL AS ${typeText(column.type)}) AS ${identifier(column.name)}`
  const standingRows =
    standing?.rows && mode !== 'append'
      ? sql`(${standing.rows})`
      : sql`(SELECT ${join(input.columns.map(({ name, type }) => sql`CAST(NULL AS ${typeText(type)}) AS ${identifier(name)}`))} WHERE false)`
  await session.run(
    sql`CREATE OR REPLACE TEMP TABLE ${before} AS SELECT *, ${nth(by)} FROM (SELECT ${join(input.columns.map(typed))} FROM ${standingRows})`,
  )
  await session.run(
    sql`CREATE OR REPLACE TEMP TABLE ${changes} AS ${changesSelect(mode, keys, by, all, { after, before })}`,
  )
  const kinds = changeKinds.map((kind) => sql`count(*) FILTER (change = ${kind})`)
  const repeated = sql`(SELECT count(*) FROM ${after} WHERE NOT ${isClear})`
  const [row] = await (
    await session.run(
      sql`SELECT ${join(kinds)}, ${repeated}, concat(count(*) FILTER (${isChange}), ':', coalesce(sum(hash(change, key, before, after)) FILTER (${isChange}), 0)), (SELECT count(*) FROM ${before}) FROM ${changes}`,
    )
  ).getRowsJson()
  const figure = (index: number) => Number(row?.[index] ?? 0)
  if (mode === 'mirror') checkCap(nodeId, figure(2), figure(7), standing?.mirrorCap)
  return {
    nodeId,
    mode,
    keys,
    compared: standing !== undefined,
    inserted: figure(0),
    updated: figure(1),
    deleted: figure(2),
    missing: figure(3),
    unchanged: figure(4),
    repeated: figure(5),
    digest: String(row?.[6]),
  }
}

/** Fails where a mirror would delete more than so many percent of the rows that are there, as its run will. */
function checkCap(nodeId: string, count: number, total: number, percent = 100): void {
  if (count * 100 > total * percent)
    fail(
      'target.mirrorCap',
      { count: String(count), total: String(total), percent: String(percent) },
      { nodeId, field: 'mirrorCap' },
    )
}

/** Every value as a text: a JSON number does not keep all digits of one, and people look at texts. */
const asText = (value: Sql): Sql => sql`CAST(${value} AS VARCHAR)`

function changesSelect(
  mode: WriteMode,
  keys: readonly string[],
  by: readonly string[],
  all: readonly string[],
  { after, before }: { readonly after: Sql; readonly before: Sql },
): Sql {
  const onlyFirst = keys.length > 0 ? sql`"__mr_nth" = 1` : sql`true`
  // Of a key that is not clear all rows are rejected, and a mirror keeps the row that stands there.
  const stays =
    keys.length > 0
      ? sql` AND NOT EXISTS (SELECT 1 FROM ${after} AS r WHERE r."__mr_alike" > 1 AND ${and(keys.map((name) => sql`r.${identifier(name)} = t.${identifier(name)}`))})`
      : empty
  const on = and([
    ...by.map((name) => sql`a.${identifier(name)} IS NOT DISTINCT FROM b.${identifier(name)}`),
    sql`a."__mr_nth" = b."__mr_nth"`,
  ])
  const rest = all.filter((name) => !by.some((key) => sameName(key, name)))
  const differs = (name: string) => sql`a.${identifier(name)} IS DISTINCT FROM b.${identifier(name)}`
  const isDifferent = rest.length > 0 ? or(rest.map(differs)) : sql`false`
  const isNew = sql`b."__mr_nth" IS NULL`
  const isGone = sql`a."__mr_nth" IS NULL`
  const what: Readonly<Record<WriteMode, Sql>> = {
    append: sql`'insert'`,
    replace: sql`CASE WHEN ${isNew} THEN 'insert' WHEN ${isGone} THEN 'delete' ELSE 'same' END`,
    upsert: sql`CASE WHEN ${isNew} THEN 'insert' WHEN ${isDifferent} THEN 'update' ELSE 'same' END`,
    update: sql`CASE WHEN ${isNew} THEN 'missing' WHEN ${isDifferent} THEN 'update' ELSE 'same' END`,
    delete: sql`CASE WHEN ${isNew} THEN 'missing' ELSE 'delete' END`,
    mirror: sql`CASE WHEN ${isNew} THEN 'insert' WHEN ${isGone} THEN 'delete' WHEN ${isDifferent} THEN 'update' ELSE 'same' END`,
  }
  const keepsGone = mode === 'replace' || mode === 'mirror'
  const of = (side: Sql, names: readonly string[]) =>
    rowText(names.map((name) => [name, asText(sql`${side}.${identifier(name)}`)]))
  const changed = rest.map((name) => sql`CASE WHEN ${differs(name)} THEN ${name} END`)
  const none = sql`CAST(NULL AS VARCHAR)`
  const key =
    keys.length > 0
      ? rowText(
          keys.map((name) => [name, asText(sql`coalesce(a.${identifier(name)}, b.${identifier(name)})`)]),
        )
      : none
  return sql`SELECT change, key, CASE WHEN change = 'update' THEN columns END AS columns, CASE WHEN change IN ('update', 'delete') THEN before END AS before, CASE WHEN change IN ('insert', 'update', 'missing') THEN after END AS after FROM (
    SELECT ${what[mode]} AS change, ${key} AS key,
      ${changed.length > 0 ? sql`list_filter([${join(changed)}], lambda name: name IS NOT NULL)` : sql`CAST([] AS VARCHAR[])`} AS columns,
      ${of(sql`b`, all)} AS before, ${of(sql`a`, all)} AS after
    FROM (SELECT * FROM ${after} WHERE ${isClear}) AS a ${keepsGone ? sql`FULL` : sql`LEFT`} JOIN (SELECT * FROM ${before} AS t WHERE ${onlyFirst}${stays}) AS b ON ${on})`
}

/** The file of a dry run in its result folder. */
export const changesFile = 'changes.parquet'

/** Stores the changes of targets in the result folder. */
export async function keepChanges(
  session: Session,
  nodeIds: readonly string[],
  workFolder: string,
  resultFolder: string,
): Promise<void> {
  if (nodeIds.length === 0) return
  const temporary = path.join(workFolder, changesFile)
  await session.run(
    sql`COPY (${join(nodeIds.map(storedChanges), ' UNION ALL ')}) TO ${temporary} (FORMAT parquet, COMPRESSION zstd)`,
  )
  await mkdir(resultFolder, { recursive: true })
  await rename(temporary, path.join(resultFolder, changesFile))
}
