import { sameName } from '../../model/index.ts'
import { createProblem, fail, type Problem } from '../../problems/index.ts'
import { type ConnectorContext, nameInSource, type SourceColumn } from '../../spec/index.ts'
import type { NewColumns } from './fields.ts'

export interface SourceColumnsRequest {
  readonly context: ConnectorContext
  /** The file as people know it. */
  readonly path: string
  /** The columns that the settings name; none: all that the file has. */
  readonly columns: readonly SourceColumn[]
  readonly newColumns: NewColumns
  /** What the file has, and as what, where it says so itself; text else. */
  readonly names: readonly string[]
  readonly found?: readonly SourceColumn[] | undefined
  /** The names are made up (a file without a header), so that only the place of a column tells which it is. */
  readonly byPlace?: boolean
}

export interface AgreedColumns {
  readonly wanted: readonly SourceColumn[]
  /** What the file calls each of them. */
  readonly raw: readonly string[]
  /** What the author should know, though rows can be read. */
  readonly notices: readonly Problem[]
}

/**
 * Which columns a file source gives: those that its settings name, and what has come to the file since, as the
 * setting for new columns wants it. A named column that the file does not have is a located problem.
 */
export function agreedColumns(request: SourceColumnsRequest): AgreedColumns {
  const { context, columns, newColumns, names, found } = request
  const typed = (name: string): SourceColumn =>
    found?.find((column) => nameInSource(column) === name) ?? { name, type: 'VARCHAR', format: '' }
  if (columns.length === 0) return { wanted: found ?? names.map(typed), raw: names, notices: [] }
  const raw = rawNames(request)
  const others = names.filter((name) => !raw.includes(name))
  const isFree = (name: string) => !columns.some((column) => sameName(column.name, name))
  const passed = newColumns === 'pass' ? others.filter(isFree) : []
  const list = others.length > 5 ? `${others.slice(0, 5).join(', ')} …` : others.join(', ')
  const notices =
    newColumns === 'ask' && others.length > 0
      ? [
          createProblem(
            'source.newColumns',
            { path: request.path, columns: list },
            { nodeId: context.nodeId, field: 'newColumns' },
            ['pass', 'hold'],
          ),
        ]
      : []
  return { wanted: [...columns, ...passed.map(typed)], raw: [...raw, ...passed], notices }
}

/** The named columns as the file calls them. */
export function rawNames({ context, path, columns, names, byPlace = false }: SourceColumnsRequest): string[] {
  return columns.map((column, index) => {
    const name = nameInSource(column)
    if (names.includes(name)) return name
    const there = byPlace ? names[index] : undefined
    return (
      there ??
      fail(
        'source.columnMissing',
        { path, column: name },
        { nodeId: context.nodeId, field: `columns.${index}` },
      )
    )
  })
}
