import type { WriteMode } from '../../spec/index.ts'
import { quoteIdentifier } from '../../sql/index.ts'
import { quoteText } from './catalog.ts'
import type { NativeType } from './types.ts'

/** The number of a staged row; negative for rows that are there for their keys alone. */
export const rowNumber = '"__mr_n"'

export interface StatementOptions {
  readonly mode: WriteMode
  /** `"schema"."table"`. */
  readonly target: string
  readonly stage: string
  readonly columns: readonly { readonly name: string; readonly native: NativeType }[]
  readonly keys: readonly string[]
  /** Where `replace` keeps the old rows, all columns; undefined: nowhere. */
  readonly previous?: string | undefined
}

/** Types that have no equality of their own are compared as text. */
const compared = (owner: string, { name, native }: StatementOptions['columns'][number]): string => {
  const bare = ['json', 'xml', 'point', 'polygon', 'line', 'path', 'box', 'txid_snapshot', 'pg_snapshot']
  const column = `${owner}.${quoteIdentifier(name)}`
  return native.builtIn && bare.includes(native.base) ? `${column}::text` : column
}

const list = (names: readonly string[]): string => names.join(', ')

/**
 * One statement that writes staged rows whose number satisfies `range` (SQL over `s`), and gives one
 * row: `inserted`, `updated`, `deleted` and `touched`, the number of staged rows that found a row.
 */
export function writeStatement(options: StatementOptions, range: string): string {
  const { mode, target, stage, columns, keys } = options
  const names = columns.map(({ name }) => quoteIdentifier(name))
  const from = `${stage} AS s WHERE s.${rowNumber} >= 0${range}`
  const source = `SELECT ${list(names.map((name) => `s.${name}`))} FROM ${from}`
  const others = columns.filter(({ name }) => !keys.includes(name))
  const differs = (owner: string) =>
    `(${list(others.map((column) => compared('t', column)))}) IS DISTINCT FROM (${list(others.map((column) => compared(owner, column)))})`
  const sets = (owner: string) =>
    list(others.map(({ name }) => `${quoteIdentifier(name)} = ${owner}.${quoteIdentifier(name)}`))
  const sameKey = keys.map((key) => `t.${quoteIdentifier(key)} = s.${quoteIdentifier(key)}`).join(' AND ')
  switch (mode) {
    case 'append':
    case 'replace':
      return `WITH done AS (INSERT INTO ${target} (${list(names)}) OVERRIDING SYSTEM VALUE ${source} RETURNING 1)
        SELECT count(*) AS inserted, 0 AS updated, 0 AS deleted, 0 AS touched FROM done`
    case 'upsert':
    case 'mirror': {
      const action =
        others.length === 0 ? 'NOTHING' : `UPDATE SET ${sets('excluded')} WHERE ${differs('excluded')}`
      // A row that was inserted has no transaction that ended it.
      return `WITH done AS (INSERT INTO ${target} AS t (${list(names)}) OVERRIDING SYSTEM VALUE ${source}
          ON CONFLICT (${list(keys.map(quoteIdentifier))}) DO ${action} RETURNING t.xmax = 0 AS is_new)
        SELECT count(*) FILTER (WHERE is_new) AS inserted, count(*) FILTER (WHERE NOT is_new) AS updated, 0 AS deleted, 0 AS touched FROM done`
    }
    case 'update': {
      if (others.length === 0) return 'SELECT 0 AS inserted, 0 AS updated, 0 AS deleted, 0 AS touched'
      return `WITH done AS (UPDATE ${target} AS t SET ${sets('s')} FROM ${from} AND ${sameKey} AND ${differs('s')} RETURNING s.${rowNumber} AS n)
        SELECT 0 AS inserted, count(DISTINCT n) AS updated, 0 AS deleted, 0 AS touched FROM done`
    }
    case 'delete':
      return `WITH done AS (DELETE FROM ${target} AS t USING ${from} AND ${sameKey} RETURNING s.${rowNumber} AS n)
        SELECT 0 AS inserted, 0 AS updated, count(*) AS deleted, count(DISTINCT n) AS touched FROM done`
  }
}

/** Empties the target, keeping its rows where they are wanted, and writes the staged ones, all in one statement. */
export function replaceStatement(options: StatementOptions): string {
  const { target, stage, columns, previous } = options
  const names = columns.map(({ name }) => quoteIdentifier(name))
  // `gone` is computed to its end before the first row comes of it, so no old row is in the way of a new one;
  // foreign keys are checked after the statement, when the new rows are there.
  return `WITH gone AS (DELETE FROM ${target} RETURNING *),
      kept AS (${previous ? `INSERT INTO ${previous} SELECT * FROM gone` : 'SELECT FROM gone'}),
      emptied AS MATERIALIZED (SELECT count(*) AS n FROM gone),
      done AS (INSERT INTO ${target} (${list(names)}) OVERRIDING SYSTEM VALUE
        SELECT ${list(names.map((name) => `s.${name}`))} FROM emptied, ${stage} AS s WHERE s.${rowNumber} >= 0 AND emptied.n >= 0 RETURNING 1)
    SELECT (SELECT count(*) FROM done) AS inserted, 0 AS updated, (SELECT n FROM emptied) AS deleted, 0 AS touched`
}

/** The rows that a mirror deletes: those whose key is in no staged row. */
export const mirrorDelete = ({ target, stage, keys }: StatementOptions): string => {
  const sameKey = keys.map((key) => `t.${quoteIdentifier(key)} = s.${quoteIdentifier(key)}`).join(' AND ')
  return `DELETE FROM ${target} AS t WHERE NOT EXISTS (SELECT FROM ${stage} AS s WHERE ${sameKey})`
}

/** Rows of an `update` that find no row to change. */
export const unmatchedRows = ({ target, stage, keys }: StatementOptions): string => {
  const sameKey = keys.map((key) => `t.${quoteIdentifier(key)} = s.${quoteIdentifier(key)}`).join(' AND ')
  return `SELECT s.${rowNumber} AS n FROM ${stage} AS s WHERE s.${rowNumber} >= 0 AND NOT EXISTS (SELECT FROM ${target} AS t WHERE ${sameKey})`
}

/**
 * A block that writes piece by piece, each in a subtransaction: a piece that the server refuses is halved
 * until the single rows at fault are known. They go to `refused` with the server's reason, the sums of
 * the others' effects in a row of number -1. Stops when more than `tolerance` rows are refused.
 */
export function piecewise(
  options: StatementOptions,
  refused: string,
  rows: number,
  tolerance: number,
  pieceRows = 1000,
): string {
  const statement = writeStatement(options, ` AND s.${rowNumber} BETWEEN $1 AND $2`)
  const block = `DECLARE
      pieces bigint[]; low bigint; high bigint; middle bigint; refusals bigint := 0; first bigint := 0;
      effects bigint[] := ARRAY[0, 0, 0, 0]; one record; why text; field text; rule text; more text;
    BEGIN
      WHILE first < ${rows} LOOP
        pieces := ARRAY[first, first + ${pieceRows - 1}];
        first := first + ${pieceRows};
        WHILE cardinality(pieces) > 0 LOOP
          high := pieces[cardinality(pieces)]; low := pieces[cardinality(pieces) - 1];
          pieces := pieces[1:cardinality(pieces) - 2];
          BEGIN
            EXECUTE ${quoteText(statement)} INTO one USING low, high;
            effects := ARRAY[effects[1] + one.inserted, effects[2] + one.updated, effects[3] + one.deleted, effects[4] + one.touched];
          EXCEPTION WHEN data_exception OR integrity_constraint_violation OR with_check_option_violation OR cardinality_violation OR program_limit_exceeded OR raise_exception THEN
            IF low < high THEN
              middle := (low + high) / 2;
              pieces := pieces || ARRAY[middle + 1, high, low, middle];
            ELSE
              GET STACKED DIAGNOSTICS why = MESSAGE_TEXT, more = PG_EXCEPTION_DETAIL, field = COLUMN_NAME, rule = CONSTRAINT_NAME;
              refusals := refusals + 1;
              INSERT INTO ${refused} VALUES (low, field, coalesce(nullif(rule, ''), SQLSTATE), why || CASE WHEN more <> '' THEN ' (' || more || ')' ELSE '' END);
              IF refusals > ${tolerance} THEN RETURN; END IF;
            END IF;
          END;
        END LOOP;
      END LOOP;
      INSERT INTO ${refused} VALUES (-1, effects[1]::text, effects[2]::text, effects[3]::text || ' ' || effects[4]::text);
    END`
  return `DO ${quoteText(block)}`
}
