import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const repository = path.resolve(import.meta.dirname, '..')
const inRepository = (...parts: string[]) => path.join(repository, ...parts)

/** Runs a JavaScript program of a dependency and shows its output only when it fails. */
function runTool(
  what: string,
  script: string,
  parameters: string[],
  folder: string,
  env: NodeJS.ProcessEnv = {},
): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...parameters], {
    cwd: folder,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${what} failed:\n${stdout}${stderr}`)
}

/** The script that a package offers under its name. */
function programOf(folder: string, packageName: string): string {
  const manifest = createRequire(path.join(folder, 'package.json')).resolve(`${packageName}/package.json`)
  const { bin }: { bin: string | Record<string, string> } = JSON.parse(readFileSync(manifest, 'utf8'))
  const program = typeof bin === 'string' ? bin : bin[packageName]
  if (program === undefined) throw new Error(`${packageName} has no program of that name`)
  return path.join(path.dirname(manifest), program)
}

/** Does `work` unless the stamp says that it was done for the same `state`. */
function unlessDone(stamp: string, state: string, work: () => void): void {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return
  work()
  mkdirSync(path.dirname(stamp), { recursive: true })
  writeFileSync(stamp, state)
}

/**
 * The models of `prisma/schema.prisma` for PostgreSQL: a schema names one kind of database, and its client
 * speaks to that one alone. Nothing else differs, so the one file stays the only truth.
 * @param output folder of the client, seen from the schema
 */
export function postgresSchema(schema: string, output: string): string {
  const replaceOnce = (text: string, pattern: RegExp, replacement: string) => {
    if (text.match(pattern)?.length !== 1) throw new Error(`prisma/schema.prisma has no single ${pattern}`)
    return text.replace(pattern, replacement)
  }
  return replaceOnce(
    replaceOnce(schema, /(?<=provider = )"sqlite"/g, '"postgresql"'),
    /(?<=\boutput\s*= )".*"/g,
    JSON.stringify(output),
  )
}

/** Generates the database clients when they are missing or older than the schema. */
export function prepareClient(): void {
  const schema = inRepository('prisma/schema.prisma')
  const server = inRepository('apps/server')
  const models = readFileSync(schema, 'utf8')
  const state = [models, readFileSync(path.join(server, 'package.json')), readFileSync(import.meta.filename)]
    .reduce((hash, part) => hash.update(part), createHash('sha256'))
    .digest('hex')
  const generate = (file: string) =>
    runTool('prisma generate', programOf(server, 'prisma'), ['generate', '--schema', file], server, {
      // Generating needs no schema engine, but looks for one and would download it.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    })
  const client = path.join(server, 'src/generated/schema.sha256')
  unlessDone(client, state, () => {
    console.log('Preparing the database client …')
    generate(schema)
  })
  const postgres = path.join(server, 'src/database/generated')
  unlessDone(path.join(postgres, 'schema.sha256'), state, () => {
    console.log('Preparing the client for PostgreSQL …')
    const derived = path.join(postgres, 'postgresql.prisma')
    mkdirSync(postgres, { recursive: true })
    writeFileSync(derived, postgresSchema(models, './postgresql'))
    generate(derived)
  })
}

/** Names, sizes and times of all sources under the entries, tests left out. */
function stateOf(entries: readonly string[]): string {
  const hash = createHash('sha256')
  const visit = (entry: string): void => {
    const found = statSync(entry)
    if (!found.isDirectory()) {
      hash.update(`${path.relative(repository, entry)}|${found.size}|${found.mtimeMs}\n`)
      return
    }
    for (const name of readdirSync(entry).sort())
      if (name !== 'node_modules' && name !== 'dist' && !name.endsWith('.test.ts'))
        visit(path.join(entry, name))
  }
  for (const name of entries) visit(inRepository(name))
  return hash.digest('hex')
}

/** Builds the web app when its sources have changed since the last build. */
export function prepareWeb(): void {
  const web = inRepository('apps/web')
  const stamp = path.join(web, 'dist/.sources.sha256')
  const sources = ['apps/web', 'packages/engine/src', 'packages/contract/src', 'pnpm-lock.yaml']
  unlessDone(stamp, stateOf(sources), () => {
    console.log('Building the web app …')
    runTool('vite build', programOf(web, 'vite'), ['build', '--logLevel', 'warn'], web)
  })
}

/**
 * Makes one file of the program of an engine process when its sources have changed, and has the engine start that:
 * half of the time in which such a process starts goes into finding six hundred modules.
 */
export function prepareEngine(): void {
  const engine = inRepository('packages/engine')
  const folder = path.join(engine, 'dist')
  unlessDone(
    path.join(folder, '.sources.sha256'),
    stateOf(['packages/engine/src', 'pnpm-lock.yaml', 'scripts/prepare.ts']),
    () => {
      console.log('Building the engine …')
      const output = ['--dir', folder, '--cleanDir', '--format', 'esm', '--platform', 'node']
      // The binding finds its library beside itself.
      const options = [...output, '--external', '@duckdb/node-bindings', '--logLevel', 'silent']
      runTool('rolldown', programOf(repository, 'rolldown'), ['src/run/child.ts', ...options], engine)
    },
  )
  process.env['MILLRACE_ENGINE_PROGRAM'] = path.join(folder, 'child.js')
}

/** Everything that is generated and that a start needs. */
export function prepare(): void {
  prepareClient()
  prepareEngine()
  prepareWeb()
}

if (import.meta.main) prepare()
