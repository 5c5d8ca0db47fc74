import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import type { DiffTarget } from '@prisma/schema-engine-wasm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { postgresSchema } from '../../../../scripts/prepare.ts'
import { readOptions } from '../options.ts'
import { createTestDatabase, dropTestDatabase, testDatabaseUrl } from '../testing/test-database.ts'
import { openDatabase } from './database.ts'

const home = mkdtempSync(path.join(os.tmpdir(), 'millrace-migrations-'))
const url = testDatabaseUrl(home)
const { migrations } = readOptions({})
const models = readFileSync(path.join(migrations, '../schema.prisma'), 'utf8')
const schema = url === undefined ? models : postgresSchema(models, './client')

beforeAll(() => createTestDatabase(home))
afterAll(async () => {
  await dropTestDatabase(home)
  rmSync(home, { recursive: true, force: true })
})

const factory: SqlMigrationAwareDriverAdapterFactory =
  url === undefined
    ? new PrismaLibSql({ url: pathToFileURL(path.join(home, 'millrace.db')).href })
    : new PrismaPg({ connectionString: url, max: 1 })

/** The SQL that leads from one state to another. */
async function difference(from: DiffTarget, content: string): Promise<string> {
  const { SchemaEngine } = await import('@prisma/schema-engine-wasm')
  const bound = bindMigrationAwareSqlAdapterFactory(factory)
  const engine = await SchemaEngine.new({ datamodels: [['schema.prisma', content]] }, () => {}, bound)
  try {
    const { stdout } = await engine.diff({
      from,
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content }] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    })
    return stdout ?? ''
  } finally {
    engine.free()
  }
}

/** What a schema of PostgreSQL consists of. Prisma cannot describe one through this adapter. */
async function structure(name: string): Promise<string[]> {
  const session = await factory.connect()
  const { rows } = await session.queryRaw({
    sql: `SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default)
        FROM information_schema.columns WHERE table_schema = $1
      UNION ALL SELECT indexdef FROM pg_catalog.pg_indexes WHERE schemaname = $1
      UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid))
        FROM pg_catalog.pg_constraint WHERE connamespace = $1::regnamespace`,
    args: [name],
    argTypes: [{ scalarType: 'string', arity: 'scalar' }],
  })
  await session.dispose()
  return rows
    .map(([text]) => String(text).replaceAll(`${name}.`, ''))
    .filter((text) => !text.includes('_prisma_migrations'))
    .toSorted()
}

/** The steps that a migrated database lacks to be what the models say. */
async function missing(content: string): Promise<string[]> {
  const files = [{ path: 'schema.prisma', content }]
  if (url === undefined) {
    const sql = await difference({ tag: 'schemaDatasource', files, configDir: home }, content)
    return sql.split('\n').filter((line) => line !== '' && !line.startsWith('--'))
  }
  const session = await factory.connect()
  const script = (await difference({ tag: 'empty' }, content)).replace(/CREATE SCHEMA.*;/, '')
  await session.executeScript('DROP SCHEMA IF EXISTS models CASCADE; CREATE SCHEMA models')
  await session.executeScript(`SET search_path TO models; ${script}`)
  await session.dispose()
  const [wanted, there] = await Promise.all([structure('models'), structure('public')])
  return [...new Set(wanted).symmetricDifference(new Set(there))]
}

it('lead to what the models say', async () => {
  const { database } = await openDatabase(home, migrations, url)
  await database.$disconnect()
  expect(await missing(schema)).toEqual([])
  const further = schema.replace(/^model Setting \{/m, 'model Setting {\n  further String?')
  expect(await missing(further)).toEqual([expect.stringContaining('further')])
})

it('are the same steps on SQLite and PostgreSQL since there are both', () => {
  const steps = (folder: string) => readdirSync(folder).filter((name) => /^\d{14}_/.test(name))
  const [initial, ...postgresql] = steps(`${migrations}-postgresql`)
  expect(initial).toBeDefined()
  expect(steps(migrations).filter((name) => name > (initial ?? ''))).toEqual(postgresql)
})
