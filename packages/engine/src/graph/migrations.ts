import { fail } from '../problems/index.ts'

type Document = Readonly<Record<string, unknown>>

/** A step from one version of the flow format to the next. */
export interface Migration {
  /** The version it starts from; it ends with the next. */
  readonly from: number
  /** What changes, for the reader of this list. */
  readonly change: string
  /** Pure; `version` is set afterwards. */
  migrate(old: Document): Document
  /** A flow before and after; executed by a test. */
  readonly example: { readonly before: Document; readonly after: Document }
}

/** Every migration, oldest first. A new version of the format is a line here and in `model/flow.ts`. */
export const migrations: readonly Migration[] = []

const isDocument = (json: unknown): json is Document =>
  typeof json === 'object' && json !== null && !Array.isArray(json)

/**
 * Brings a flow of any version to the newest one, which is one more than there are `steps`. What is no
 * flow at all comes back as it is, for the schema to refuse; a version that is missing, not known or
 * not known yet is a problem.
 */
export function migrate(json: unknown, steps: readonly Migration[] = migrations): unknown {
  if (!isDocument(json) || json['format'] !== 'millrace.flow') return json
  const newest = steps.length + 1
  const version: unknown = json['version']
  if (version === undefined) fail('flow.noVersion', {})
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) return json
  if (version > newest) fail('flow.newer', { version: String(version), newest: String(newest) })
  return steps
    .slice(version - 1)
    .reduce((old, step) => ({ ...step.migrate(old), version: step.from + 1 }), json)
}
