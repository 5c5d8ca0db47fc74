import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import type { MigrationDirectory } from '@prisma/schema-engine-wasm'

async function readMigrations(folder: string): Promise<MigrationDirectory[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return Promise.all(
    names.sort().map(async (name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: {
          tag: 'ok' as const,
          value: await readFile(path.join(folder, name, 'migration.sql'), 'utf8'),
        },
      },
    })),
  )
}

/**
 * Brings a database to the newest schema with Prisma's own migration engine, in this process.
 * @param folder `prisma/migrations` or `prisma/migrations-postgresql`
 * @throws when a migration fails, or when one that has been applied was changed afterwards
 */
export async function applyMigrations(
  factory: SqlMigrationAwareDriverAdapterFactory,
  folder: string,
): Promise<void> {
  const provider = factory.provider === 'postgres' ? 'postgresql' : factory.provider
  // Loaded here: it is WebAssembly of some megabytes that nothing else needs.
  const { SchemaEngine } = await import('@prisma/schema-engine-wasm')
  const engine = await SchemaEngine.new(
    { datamodels: undefined },
    () => {},
    bindMigrationAwareSqlAdapterFactory(factory),
  )
  try {
    await engine.applyMigrations({
      migrationsList: {
        baseDir: folder,
        lockfile: { path: 'migration_lock.toml', content: `provider = "${provider}"` },
        shadowDbInitScript: '',
        migrationDirectories: await readMigrations(folder),
      },
      filters: { externalTables: [], externalEnums: [] },
    })
  } finally {
    engine.free()
  }
}
