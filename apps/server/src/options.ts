import os from 'node:os'
import path from 'node:path'

export interface ServerOptions {
  /** The one folder with everything the server keeps, unless it shares some of it. */
  readonly home: string
  /** The folder of all files that servers of one database share: uploads, results, keys. On its own: `home`. */
  readonly shared: string
  /** Address of a PostgreSQL database; undefined: SQLite in `home`. */
  readonly databaseUrl: string | undefined
  /** 0: any free port. */
  readonly port: number
  readonly host: string
  /** Further host names that people reach the server by. */
  readonly hostNames: readonly string[]
  /** Folders outside `home` that flows may use, by name. */
  readonly folders: Readonly<Record<string, string>>
  /** Runs that go on at the same time. */
  readonly concurrentRuns: number
  /** How long one run may take. */
  readonly runSeconds: number
  /** Bytes that one upload may have. */
  readonly uploadBytes: number
  /** Bytes that one file may have when it is unpacked. */
  readonly inputBytes: number
  /** Bytes that the history of runs may take. */
  readonly historyBytes: number
  readonly historyDays: number
  /** Keep an engine process ready, so that a run begins at once. */
  readonly warm: boolean
  readonly logLevel: string
  /** Built web app; undefined: the API alone. */
  readonly webRoot: string | undefined
  readonly migrations: string
  readonly samples: string
}

/** A setting that cannot be; its message is for the person who made it. */
export class OptionError extends Error {
  override name = 'OptionError'
}

const repository = path.resolve(import.meta.dirname, '../../..')

function positive(env: NodeJS.ProcessEnv, name: string, fallback: number, least = 1): number {
  const text = env[name]
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < least)
    throw new OptionError(`${name} must be a whole number of at least ${least}, not “${text}”.`)
  return value
}

/** Reads `name=/path,other=/path`. */
function readFolders(text: string): Record<string, string> {
  const folders: Record<string, string> = {}
  for (const part of text.split(',').filter(Boolean)) {
    const [, name, folder] = /^([A-Za-z0-9_-]+)=(.+)$/.exec(part.trim()) ?? []
    if (name === undefined || folder === undefined || !path.isAbsolute(folder))
      throw new OptionError(`MILLRACE_FOLDERS must read name=/absolute/path,…, not “${part}”.`)
    folders[name] = path.resolve(folder)
  }
  return folders
}

/** @throws OptionError with a sentence for the person who set the variable. */
export function readOptions(env: NodeJS.ProcessEnv): ServerOptions {
  const home = path.resolve(env['MILLRACE_HOME'] || path.join(os.homedir(), '.millrace'))
  return {
    home,
    shared: path.resolve(env['MILLRACE_SHARED'] || home),
    databaseUrl: env['DATABASE_URL'] || undefined,
    port: positive(env, 'PORT', 4680, 0),
    host: env['HOST'] || '127.0.0.1',
    hostNames: (env['MILLRACE_HOSTS'] ?? '').split(',').filter(Boolean),
    folders: readFolders(env['MILLRACE_FOLDERS'] ?? ''),
    concurrentRuns: positive(env, 'MILLRACE_RUNS', 2),
    runSeconds: positive(env, 'MILLRACE_RUN_SECONDS', 86_400),
    uploadBytes: positive(env, 'MILLRACE_UPLOAD_BYTES', 10 * 2 ** 30),
    inputBytes: positive(env, 'MILLRACE_INPUT_BYTES', 50 * 2 ** 30),
    historyBytes: positive(env, 'MILLRACE_HISTORY_BYTES', 5 * 2 ** 30),
    historyDays: positive(env, 'MILLRACE_HISTORY_DAYS', 90),
    warm: true,
    logLevel: env['LOG_LEVEL'] || 'info',
    webRoot: path.join(repository, 'apps/web/dist'),
    migrations: path.join(repository, 'prisma/migrations'),
    samples: path.join(repository, 'samples'),
  }
}
