import {
  type Connectable,
  connectableOf,
  type Label,
  type Problem,
  secretsOf,
  settingProblems,
} from '@millrace/engine'
import { RequestProblem } from '../http/request-problem.ts'

type Values = Readonly<Record<string, unknown>>

/** @throws RequestProblem `connection-invalid` */
export function mustBeConnectable(name: string): Connectable {
  const found = connectableOf(name)
  if (!found)
    throw new RequestProblem('connection-invalid', { detail: `There are no connections of “${name}”.` })
  return found
}

/**
 * Settings as the connector's strict schema gives them, secrets apart from the rest. A secret is empty
 * where none is given.
 * @throws RequestProblem `connection-invalid` with a problem at each setting that cannot be
 */
export function parseSettings(
  { label, connection }: Connectable,
  settings: Values,
  secrets: Readonly<Record<string, string>>,
): { readonly open: Values; readonly secret: ReadonlyMap<string, string> } {
  const names = new Set(secretsOf(connection))
  const misplaced = [
    ...Object.keys(settings).filter((name) => names.has(name)),
    ...Object.keys(secrets).filter((name) => !names.has(name)),
  ]
  if (misplaced.length > 0)
    throw new RequestProblem('connection-invalid', {
      detail: `Secrets go into \`secrets\`, everything else into \`settings\`: ${misplaced.join(', ')}`,
    })
  const parsed = connection.settings.safeParse({ ...settings, ...secrets }, { reportInput: true })
  if (!parsed.success)
    throw new RequestProblem('connection-invalid', {
      problems: settingProblems({ label, settings: connection.settings }, parsed.error, {}).map(
        withoutValues,
      ),
    })
  const values: Values = parsed.data
  const of = (isSecret: boolean) => Object.entries(values).filter(([name]) => names.has(name) === isSecret)
  return {
    open: Object.fromEntries(of(false)),
    secret: new Map(of(true).map(([name, value]) => [name, typeof value === 'string' ? value : ''])),
  }
}

/** What a schema says of a value names no value; suggestions might. */
const withoutValues = (problem: Problem): Problem => ({ ...problem, suggestions: [] })

/** The settings that say where secrets go and are not the same in two states. */
export const movedSettings = ({ connection }: Connectable, before: Values, after: Values): string[] =>
  connection.boundTo.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))

const unnamed: Label = { en: '', zh: '' }

/** What stored settings lead to; empty where the connector no longer takes them. */
export function describeSettings(connector: string, settings: Values): Label {
  const found = connectableOf(connector)
  const parsed = found?.connection.settings.safeParse(settings)
  return found && parsed?.success ? found.connection.describe(parsed.data) : unnamed
}

/** Ids that read as something else in an address. */
const reserved = new Set(['test', 'rotate-keys', 'new'])

/** A readable id: `Sales (EU)` gives `sales-eu`; what has no Latin letters takes the connector's name. */
export function idFor(name: string, connector: string, isTaken: (id: string) => boolean): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replace(/^-+|-+$/g, '')
  const base = plain === '' ? connector.toLowerCase().replace(/[^a-z0-9]+/g, '-') : plain
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}-${number}`
    if (!reserved.has(id) && !isTaken(id)) return id
  }
}
