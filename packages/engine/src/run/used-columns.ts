import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type InferredNode, relationOf } from '../graph/infer.ts'
import type { Column } from '../model/index.ts'
import type { Plan } from '../plan/plan.ts'
import type { OpenedSource } from '../spec/index.ts'
import { identifier, join, type Sql, sql, typeText } from '../sql/index.ts'
import type { Relations } from './relations.ts'
import type { PlanNode, Session } from './session.ts'

/** Columns, by the name of a landed port (`node.port`) or of a source that sends what is wanted (`node`), that anything reads. */
export type UsedColumns = ReadonlyMap<string, ReadonlySet<string>>

export type Reception = NonNullable<OpenedSource['reception']>

/** What is wanted of the rows that a source sends; undefined: all columns. */
export function wantedOf(
  sourceId: string,
  { landed, positioned }: Plan,
  used: UsedColumns,
): ReadonlySet<string> | undefined {
  const port = `${sourceId}.out`
  if (positioned.has(port)) return undefined
  return used.get(landed.has(port) ? port : sourceId)
}

/**
 * Asks DuckDB's optimizer which columns of each landed port the rest of the flow needs, so that
 * only these are kept: every landed port becomes a reader of an empty file, whose columns have
 * names of their own, and the plans of all that is going to run show which of them are read.
 * Nothing is executed. Leaves views of the ports behind, which the run makes anew.
 */
export async function usedColumns(
  nodes: readonly InferredNode[],
  { landed, positioned }: Plan,
  relations: Relations,
  session: Session,
  workFolder: string,
  receptions: ReadonlyMap<string, Reception>,
): Promise<UsedColumns> {
  const file = path.join(workFolder, 'no-rows.csv')
  await writeFile(file, '')
  const ports: { name: string; columns: readonly Column[] }[] = []
  const statements: Sql[] = []
  /** In the place of a relation, a reader whose plan shows which of its columns are read. */
  const watch = (name: string, relation: Sql, columns: readonly Column[]) => {
    const list = columns.map(
      (column, index) =>
        sql`CAST(${identifier(markOf(ports.length, index))} AS ${typeText(column.type)}) AS ${identifier(column.name)}`,
    )
    const raw = columns.map((_, index) => sql`${markOf(ports.length, index)}: 'VARCHAR'`)
    ports.push({ name, columns })
    return session.run(
      sql`CREATE OR REPLACE TEMP VIEW ${relation} AS SELECT ${join(list)} FROM read_csv(${file}, auto_detect = false, header = false, columns = {${join(raw)}})`,
    )
  }
  for (const node of nodes) {
    const reception = receptions.get(node.node.id)
    if (reception)
      await watch(node.node.id, reception.relation, [...(node.columns['out'] ?? []), ...positionColumns])
    for (const port of Object.keys(node.columns)) {
      const name = `${node.node.id}.${port}`
      if (positioned.has(name)) {
        // Rejects want the whole row, so all of it is kept.
        const { table, select, expose } = relations.landing(node, port)
        await session.run(sql`CREATE OR REPLACE TEMP TABLE ${table} AS SELECT * FROM (${select}) LIMIT 0`)
        await session.run(expose)
      } else if (landed.has(name)) {
        // What is kept of a source's rows is what is wanted of them.
        if (!reception) statements.push(relations.landing(node, port).select)
        await watch(name, relationOf(node.node.id, port), node.columns[port] ?? [])
      } else if (node.kind.role === 'source' && port === 'rejects')
        await session.declare(name, node.columns[port] ?? [])
      else {
        await session.run(relations.view(node, port))
        // The ledger may have to count it.
        statements.push(sql`SELECT count(*) FROM ${relationOf(node.node.id, port)}`)
      }
    }
    statements.push(...Object.values(node.compiled?.tallies ?? {}))
    if (node.compiled?.rejects) statements.push(relations.rejectsOf(node))
    if (node.kind.role === 'target')
      statements.push(...(node.inputs['in'] ?? []).map(({ relation }) => sql`SELECT * FROM ${relation}`))
  }
  const used = new Map(ports.map(({ name }) => [name, new Set<string>()]))
  for (const statement of statements) {
    for (const mark of readMarks(await session.explain(statement))) {
      const port = ports[mark.port]
      const column = port?.columns[mark.column]
      if (port && column) used.get(port.name)?.add(column.name)
    }
  }
  return used
}

/** A relation of a reception may have them. */
const positionColumns: readonly Column[] = [
  { name: '__mr_file', type: 'VARCHAR' },
  { name: '__mr_line', type: 'BIGINT' },
]

const markOf = (port: number, column: number): string => `mr_${port}_${column}`

function readMarks(node: PlanNode): { port: number; column: number }[] {
  const projections = [node.extra_info?.Projections ?? []].flat()
  const own = node.name?.trim() === 'READ_CSV' ? projections : []
  const marks = own.flatMap((text) => {
    const [, port, column] = /^mr_(\d+)_(\d+)/.exec(text) ?? []
    return port === undefined ? [] : [{ port: Number(port), column: Number(column) }]
  })
  return [...marks, ...(node.children ?? []).flatMap(readMarks)]
}
