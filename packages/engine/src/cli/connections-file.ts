import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { connectableOf } from '../connectors/connectable.ts'
import { fail } from '../problems/index.ts'
import type { Connection, Connections } from '../run/connections.ts'
import { fieldsOf } from '../spec/index.ts'

const content = z.record(
  z.string().min(1),
  z.strictObject({ connector: z.string(), settings: z.record(z.string(), z.unknown()) }),
)
type Content = z.infer<typeof content>

/** `${env:NAME}` stands for a variable of the environment. */
const variable = /\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g
const isVariable = new RegExp(`^${variable.source}$`)

const fieldsOfConnector = (name: string) => {
  const connectable = connectableOf(name)
  return connectable && fieldsOf(connectable.connection.settings)
}

/** Secrets stand in the environment, so that the file can be shared and kept under version control. */
function refuseFaults(file: string, entries: Content): void {
  for (const [id, { connector, settings }] of Object.entries(entries)) {
    const fields = fieldsOfConnector(connector)
    if (!fields) throw new Error(`${file}: ${id}: there are no connections of "${connector}"`)
    for (const { name, meta } of fields) {
      const value = settings[name]
      const isPlain = typeof value === 'string' && value !== '' && !isVariable.test(value)
      if (meta.widget === 'secret' && isPlain)
        throw new Error(`${file}: ${id}: ${name} is a secret; write "\${env:NAME}" and set that variable`)
    }
  }
}

/**
 * The connections of a JSON file: `{ "sales": { "connector": "postgres", "settings": { … } } }`. Variables
 * are read when a flow needs the connection; a number may come from one.
 * @throws Error for a file that is not so, in words for the person who wrote it
 */
export function readConnections(file: string, environment: NodeJS.ProcessEnv): Connections {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  const parsed = content.safeParse(json)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Error(`${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
  }
  refuseFaults(file, parsed.data)
  const entries = new Map(Object.entries(parsed.data))
  return {
    async find(id): Promise<Connection | undefined> {
      const entry = entries.get(id)
      if (!entry) return undefined
      const numbers = new Set(
        fieldsOfConnector(entry.connector)?.flatMap(({ name, meta }) =>
          meta.widget === 'number' ? [name] : [],
        ),
      )
      const filled = Object.entries(entry.settings).map(([name, value]) => {
        if (typeof value !== 'string') return [name, value]
        const text = value.replace(
          variable,
          (_, key: string) =>
            environment[key] ??
            fail('connection.incomplete', { id, detail: `the variable ${key} is not set` }),
        )
        return [name, numbers.has(name) && /^\d+$/.test(text) ? Number(text) : text]
      })
      return { connector: entry.connector, settings: Object.fromEntries(filled) }
    },
  }
}
