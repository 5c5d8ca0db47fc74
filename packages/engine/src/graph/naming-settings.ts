import { fieldsOf, rowSchemaOf } from '../spec/index.ts'
import type { ConnectedNode } from './references.ts'
import { isGivenColumn } from './settings.ts'

type Settings = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A setting that names a column which the node makes. */
export interface NamingSetting {
  readonly field: string
  readonly text: string
  /** What the column is called when the text is empty. */
  readonly fallback: string
}

/** The settings that name columns which a node makes, told by their metadata. */
export function namingSettings({ node, kind }: ConnectedNode): NamingSetting[] {
  const found: NamingSetting[] = []
  const visit = (schema: typeof kind.settings, values: Settings, base: string): void => {
    for (const { name, schema: child, meta } of fieldsOf(schema)) {
      const value = Object.hasOwn(values, name) ? values[name] : child.safeParse(undefined).data
      if (meta.widget === 'text' && meta.makesColumn && !isGivenColumn(meta, node.settings)) {
        const { fallback } = meta.makesColumn
        const other = fallback !== undefined && Object.hasOwn(values, fallback) ? values[fallback] : ''
        found.push({ field: `${base}${name}`, text: textOf(value), fallback: textOf(other) })
      } else if (meta.widget === 'rows' && Array.isArray(value))
        value.forEach((row: unknown, index) => {
          if (isRecord(row)) visit(rowSchemaOf(child), row, `${base}${name}.${index}.`)
        })
    }
  }
  visit(kind.settings, node.settings, '')
  return found
}
