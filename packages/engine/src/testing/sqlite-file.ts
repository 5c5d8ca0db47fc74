import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type SqliteSettings, sqlite } from '../connectors/sqlite/spec.ts'
import type { Connections } from '../run/connections.ts'
import { EngineBench } from './engine-bench.ts'

/** A SQLite file in the Files area of an engine, and the connection `db` that leads to it. */
export class SqliteFile {
  readonly settings: SqliteSettings = sqlite.connection.settings.parse({ path: 'shop.db', patience: 2 })
  /** As the engine gets it, by the id `db`. */
  readonly connections: Connections = {
    find: (id) =>
      Promise.resolve(id === 'db' ? { connector: 'sqlite', settings: { ...this.settings } } : undefined),
  }
  readonly bench = new EngineBench({ connections: this.connections })
  readonly path = path.join(this.bench.files, 'shop.db')
  readonly files = { resolveInput: (name: string) => Promise.resolve(path.join(this.bench.files, name)) }

  /** As another program opens it. */
  open(): DatabaseSync {
    return new DatabaseSync(this.path)
  }

  run(...statements: readonly string[]): void {
    const database = this.open()
    for (const statement of statements) database.exec(statement)
    database.close()
  }

  /** Every cell as text or null, bytes in hexadecimal digits. */
  query(text: string): (string | null)[][] {
    const database = this.open()
    const statement = database.prepare(text)
    statement.setReadBigInts(true)
    const rows = statement
      .all()
      .map((row) =>
        Object.values(row).map((cell) =>
          cell === null
            ? null
            : cell instanceof Uint8Array
              ? Buffer.from(cell).toString('hex')
              : String(cell),
        ),
      )
    database.close()
    return rows
  }
}
