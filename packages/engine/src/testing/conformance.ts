import { createSecretKey } from 'node:crypto'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { withRejectColumns } from '../graph/infer.ts'
import { portRelation } from '../graph/settings.ts'
import type { Column } from '../model/index.ts'
import type { AnyOperator } from '../operators/index.ts'
import type { Problem } from '../problems/index.ts'
import { keyBytes } from '../run/key-ring.ts'
import { maskingFunctions } from '../run/masking.ts'
import { type Compiled, type ExampleFlow, type ExampleTable, type Input, inputPorts } from '../spec/index.ts'
import { empty, faultTexts, identifier, join, literal, Sql, sql, typeText } from '../sql/index.ts'

/** One key, always the same, so that an example can show what it decrypts. */
const exampleKeys = {
  read: (name: string) =>
    name === 'example' ? createSecretKey(Buffer.alloc(keyBytes, 'example')) : undefined,
}

/** A real DuckDB in which an operator's SQL is run over tables made for a test. */
export class Bench {
  readonly #connection: DuckDBConnection
  private constructor(connection: DuckDBConnection) {
    this.#connection = connection
  }

  static async open(): Promise<Bench> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
    const connection = await instance.connect()
    for (const masking of maskingFunctions(exampleKeys)) connection.registerScalarFunction(masking)
    return new Bench(connection)
  }

  /** Runs a statement; a failure shows the SQL. */
  async rows(statement: Sql): Promise<(string | null)[][]> {
    try {
      const rows = await (await this.#connection.run(statement.text)).getRowsJson()
      return rows.map((row) => row.map((cell) => (cell === null ? null : String(cell))))
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : String(error)}\n\n${statement.text}`)
    }
  }

  async describe(statement: Sql): Promise<Column[]> {
    const rows = await this.rows(sql`DESCRIBE ${statement}`)
    return rows.map(([name, type]) => ({ name: name ?? '', type: type ?? '' }))
  }

  /** Makes a table and returns it as an input. With `position`, rows carry where they come from. */
  async input(name: string, table: ExampleTable, position = false): Promise<Input> {
    const columns = Object.entries(table.columns).map(([column, type]) => ({ name: column, type }))
    const relation = Sql.make(portRelation('test', name))
    const definitions = columns.map((column) => sql`${identifier(column.name)} ${typeText(column.type)}`)
    if (position) definitions.push(sql`"__mr_file" VARCHAR`, sql`"__mr_line" BIGINT`)
    await this.rows(sql`CREATE OR REPLACE TABLE ${relation} (${join(definitions)})`)
    for (const [index, row] of table.rows.entries()) {
      const cells = row.map(
        (cell, at) => sql`CAST(${literal(cell)} AS ${typeText(columns[at]?.type ?? 'VARCHAR')})`,
      )
      if (position) cells.push(sql`'f.csv'`, sql`${index + 2}`)
      await this.rows(sql`INSERT INTO ${relation} VALUES (${join(cells)})`)
    }
    return { relation, columns }
  }

  async inputs(
    operator: AnyOperator,
    example: ExampleFlow,
    position = false,
  ): Promise<Record<string, Input[]>> {
    const inputs: Record<string, Input[]> = {}
    for (const port of inputPorts(operator.spec, example.settings)) inputs[port.name] = []
    for (const [name, table] of Object.entries(example.inputs)) {
      // `in`, `in#2` …: further edges into a port that takes many.
      const port = name.replace(/#\d+$/, '')
      inputs[port] = [...(inputs[port] ?? []), await this.input(name, table, position)]
    }
    return inputs
  }

  /** The rows and columns of each output port, `rejects` included. */
  async outputs(operator: AnyOperator, compiled: Compiled, inputs: Record<string, Input[]>) {
    const outputs: Record<string, { columns: Column[]; rows: (string | null)[][] }> = {}
    for (const [port, select] of Object.entries(compiled.outputs)) outputs[port] = await this.#read(select)
    const hasRejects = portsOf(operator, compiled).includes('rejects')
    if (hasRejects && compiled.rejects) {
      const columns = withRejectColumns(inputs[Object.keys(inputs)[0] ?? 'in']?.[0]?.columns ?? [])
      const kept = columns.slice(0, -3).map(({ name }) => identifier(name))
      outputs['rejects'] = await this.#read(
        sql`SELECT ${join([...kept, sql`${faultTexts('column')} AS reject_column`, sql`${faultTexts('value')} AS reject_value`, sql`${faultTexts('reason')} AS reject_reason`])} FROM (${compiled.rejects})`,
      )
    }
    return outputs
  }

  async #read(select: Sql) {
    const columns = await this.describe(select)
    const cells = columns.map(({ name }) => sql`CAST(${identifier(name)} AS VARCHAR)`)
    return { columns, rows: await this.rows(sql`SELECT ${join(cells)} FROM (${select})`) }
  }
}

function portsOf({ spec }: AnyOperator, compiled: Compiled): string[] {
  const ports =
    typeof spec.outputs === 'function' ? Object.keys(compiled.outputs) : spec.outputs.map(({ name }) => name)
  return compiled.rejects ? [...ports, 'rejects'] : ports
}

/** Compiles with settings as a flow would carry them; problems that the operator reports come back too. */
export function compileWith(
  operator: AnyOperator,
  settings: Readonly<Record<string, unknown>>,
  inputs: Readonly<Record<string, readonly Input[]>>,
  carry: Sql = empty,
): { compiled: Compiled; problems: Problem[] } {
  const problems: Problem[] = []
  const parsed = operator.spec.settings.parse(settings)
  const compiled = operator.compile({
    settings: parsed,
    inputs,
    carry,
    report: (problem) => void problems.push(problem),
  })
  return { compiled, problems }
}
