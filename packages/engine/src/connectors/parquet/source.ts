import type { Column } from '../../model/index.ts'
import type { ConnectorContext, OpenedSource, SourceRuntime } from '../../spec/index.ts'
import { identifier, join, sql } from '../../sql/index.ts'
import { displayName, unreadable } from '../files/located.ts'
import type { parquet } from './spec.ts'

type Settings = { readonly path: string; readonly fileColumn: string }

async function openParquet(context: ConnectorContext, { path, fileColumn }: Settings): Promise<OpenedSource> {
  const files = await context.resolvePattern(path)
  const [first = ''] = files
  const described = await context
    .query(sql`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(${first}))`)
    .catch((error: unknown) => {
      throw unreadable(context, displayName(path, first), error)
    })
  const columns: Column[] = described.map((row) => ({
    name: row['column_name'] ?? '',
    type: row['column_type'] ?? '',
  }))
  const list = join(columns.map(({ name }) => identifier(name)))
  const selects = files.map((file) => {
    const name = displayName(path, file)
    const named = fileColumn === '' ? sql`` : sql`, ${name} AS ${identifier(fileColumn)}`
    return {
      plain: sql`SELECT ${list}${named} FROM read_parquet(${file})`,
      positioned: sql`SELECT ${list}${named}, ${name} AS "__mr_file", file_row_number + 1 AS "__mr_line" FROM read_parquet(${file}, file_row_number = true)`,
    }
  })
  return {
    columns: fileColumn === '' ? columns : [...columns, { name: fileColumn, type: 'VARCHAR' }],
    select: join(
      selects.map(({ plain }) => plain),
      ' UNION ALL ',
    ),
    selectWithPosition: join(
      selects.map(({ positioned }) => positioned),
      ' UNION ALL ',
    ),
  }
}

export const parquetSource: SourceRuntime<(typeof parquet.source)['settings']> = {
  open: openParquet,
  async detect(context, settings) {
    const { columns } = await openParquet(context, settings)
    const evidence = columns.map((column) => ({
      ...column,
      format: '',
      examined: 0,
      fitting: 0,
      missing: 0,
      samples: [],
    }))
    return { settings: {}, evidence, sampled: 0 }
  },
}
