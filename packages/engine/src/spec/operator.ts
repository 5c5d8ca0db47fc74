import type { z } from 'zod'
import type { Column } from '../model/column.ts'
import type { Label } from '../model/label.ts'
import type { Problem } from '../problems/problem.ts'
import { empty, identifier, join, type Sql, sql } from '../sql/sql.ts'
import type { RowLaw } from './law.ts'

export const categories = [
  'source',
  'shape',
  'clean',
  'combine',
  'summarise',
  'advanced',
  'flow',
  'target',
] as const
export type Category = (typeof categories)[number]

export const categoryLabels: Readonly<Record<Category, Label>> = {
  source: { en: 'Sources', zh: '数据源' },
  shape: { en: 'Shape', zh: '整形' },
  clean: { en: 'Check and clean', zh: '校验与清洗' },
  combine: { en: 'Combine', zh: '合并' },
  summarise: { en: 'Summarise', zh: '汇总' },
  advanced: { en: 'Advanced', zh: '高级' },
  flow: { en: 'Flows', zh: '流程' },
  target: { en: 'Targets', zh: '目标' },
}

export interface PortSpec {
  readonly name: string
  readonly label: Label
  /** Inputs only: takes any number of edges. */
  readonly many?: boolean
  /** Inputs only: may stay unconnected. */
  readonly optional?: boolean
}

/** A relation that arrives at an input port. */
export interface Input {
  /** Usable after FROM. */
  readonly relation: Sql
  readonly columns: readonly Column[]
}

export interface CompileContext<Settings> {
  readonly settings: Settings
  /** By input port, in the order of the edges; one entry unless the port takes many. */
  readonly inputs: Readonly<Record<string, readonly Input[]>>
  /**
   * Hidden columns (a row's position in its source) that a SELECT which keeps rows must pass on, as
   * `, "a", "b"`; empty most of the time. `SELECT *` passes them on by itself. An operator that
   * declares `provenance: 'end'` ignores it.
   */
  readonly carry: Sql
  /** Names of the keys that there are; undefined where that is not known. */
  readonly keys?: readonly string[] | undefined
  /** Reports a problem at `field` (a path into the settings, e.g. `columns.2.name`). */
  report(problem: Problem): void
}

export interface Compiled {
  /** A SELECT for each output port except `rejects`. */
  readonly outputs: Readonly<Record<string, Sql>>
  /**
   * Where rows can fail: `from` is a SELECT of the rejected rows: all input columns, the carried
   * ones, and `__mr_faults`: `STRUCT("column" VARCHAR, "value" VARCHAR, "rule" VARCHAR, reason VARCHAR)[]`,
   * never empty. Use `faults` of sql/faults.ts to build both halves from the same rules.
   */
  readonly rejects?: Sql
  /** Further terms of the row law: SELECTs of one BIGINT each, over the inputs. */
  readonly tallies?: Readonly<Record<string, Sql>>
  /** Where one pass gives both the rows of a port and terms of the law; see `countedPort`. */
  readonly counted?: CountedPort
}

/**
 * A port whose rows stand in a wider relation, together with rows that do not leave by it and with
 * hidden columns to count by. A run makes that relation a table: its rows are computed once, and
 * every term comes from them.
 */
export interface CountedPort {
  readonly port: string
  /** A SELECT of the port's columns and of hidden ones, `__mr_…`. */
  readonly select: Sql
  /** Which of its rows leave by the port, by hidden columns; undefined: all. */
  readonly leaves: Sql | undefined
  /** Terms of the row law: BIGINT aggregates over hidden columns. */
  readonly terms: Readonly<Record<string, Sql>>
}

/** A node with one output port whose law is counted while its rows are computed. `columns`: the port's, by name. */
export function countedPort(counted: CountedPort, columns: readonly string[]): Compiled {
  const where = counted.leaves ? sql` WHERE ${counted.leaves}` : empty
  const list = join(columns.map(identifier))
  return {
    outputs: { [counted.port]: sql`SELECT ${list} FROM (${counted.select})${where}` },
    counted,
  }
}

export interface ExampleFlow {
  readonly title: Label
  readonly settings: Readonly<Record<string, unknown>>
  /** Rows per input port; the types are inferred from `types`, else VARCHAR. */
  readonly inputs: Readonly<Record<string, ExampleTable>>
  /** Expected rows per output port, `rejects` included (there: input columns plus the reject columns). */
  readonly outputs: Readonly<Record<string, ExampleTable>>
}

/** Cells as DuckDB prints them as text; `null` is NULL. */
export interface ExampleTable {
  /** Column name → DuckDB type. */
  readonly columns: Readonly<Record<string, string>>
  readonly rows: readonly (readonly (string | null)[])[]
}

export interface OperatorSpec<Schema extends z.ZodObject = z.ZodObject> {
  readonly kind: string
  readonly category: Exclude<Category, 'source' | 'target'>
  readonly label: Label
  /** One sentence: what it does for the analyst. */
  readonly summary: Label
  /** Name of a Tabler icon, e.g. `IconFilter`. */
  readonly icon: string
  readonly settings: Schema
  /** A function where the ports depend on the settings. */
  readonly inputs: readonly PortSpec[] | ((settings: z.infer<Schema>) => readonly PortSpec[])
  /** `rejects` stands last where rows can fail. A function where the ports depend on the settings (route). */
  readonly outputs: readonly PortSpec[] | ((settings: z.infer<Schema>) => readonly PortSpec[])
  readonly law: RowLaw
  /** Whether an output row comes from exactly one input row of the first port. */
  readonly provenance: 'keep' | 'end'
  /** How wide a node is written on its card: one line that says what it is set to. */
  readonly describe: (settings: z.infer<Schema>) => Label
  readonly examples: readonly [ExampleFlow, ...ExampleFlow[]]
}

/** The input ports of an operator with these settings; none while they are not valid. */
export function inputPorts(
  { settings: schema, inputs }: Pick<OperatorSpec, 'settings' | 'inputs'>,
  settings: unknown,
): readonly PortSpec[] {
  if (typeof inputs !== 'function') return inputs
  const parsed = schema.safeParse(settings)
  return parsed.success ? inputs(parsed.data) : []
}

export interface Operator<Schema extends z.ZodObject = z.ZodObject> {
  readonly type: 'operator'
  readonly spec: OperatorSpec<Schema>
  compile(context: CompileContext<z.infer<Schema>>): Compiled
}

/** Says, once and type-checked, what an operator is and what it compiles to. Pure: no data, no files. */
export function defineOperator<Schema extends z.ZodObject>(
  spec: OperatorSpec<Schema>,
  compile: Operator<Schema>['compile'],
): Operator<Schema> {
  return { type: 'operator', spec, compile }
}

/** The port for rejected rows, the same everywhere. */
export const rejectsPort: PortSpec = { name: 'rejects', label: { en: 'Rejects', zh: '拒绝行' } }
export const inPort: PortSpec = { name: 'in', label: { en: 'In', zh: '输入' } }
export const outPort: PortSpec = { name: 'out', label: { en: 'Out', zh: '输出' } }
