import type { Connection } from '@millrace/contract'
import { type Connectable, type FieldOf, fieldsOf, type Problem, secretsOf } from '@millrace/engine'

/** The widgets that PlainField has: of settings outside of a flow, without columns and expressions. */
export const plainWidgets = ['text', 'textarea', 'number', 'switch', 'select', 'file'] as const

/** A connection while it is edited. `secrets` has what was typed; what it leaves out stays as it is stored. */
export interface ConnectionDraft {
  readonly name: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
}

export function draftOf(connectable: Connectable, stored: Connection | undefined): ConnectionDraft {
  if (stored) return { name: stored.name, settings: stored.settings, secrets: {} }
  const secrets = new Set(secretsOf(connectable.connection))
  const defaults = fieldsOf(connectable.connection.settings).flatMap(({ name, schema }) => {
    const { success, data } = schema.safeParse(undefined)
    return success && !secrets.has(name) ? [[name, data]] : []
  })
  return { name: '', settings: Object.fromEntries(defaults), secrets: {} }
}

/** Whether stored secrets would go to another place than the one they were entered for. */
export const isMoved = (
  { connection }: Connectable,
  stored: Connection | undefined,
  draft: ConnectionDraft,
) =>
  stored !== undefined &&
  connection.boundTo.some(
    (name) => JSON.stringify(stored.settings[name]) !== JSON.stringify(draft.settings[name]),
  )

/** The secrets that have to be typed because what is stored may not be used. */
export const secretsWanted = (
  connectable: Connectable,
  stored: Connection | undefined,
  draft: ConnectionDraft,
): string[] => (isMoved(connectable, stored, draft) ? (stored?.secretsSet ?? []) : [])

/** What is wrong with one setting. */
export const problemsAt = (problems: readonly Problem[], { name }: FieldOf): Problem[] =>
  problems.filter(({ location: { field } }) => field === name || field?.startsWith(`${name}.`))
