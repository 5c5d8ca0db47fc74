import type { CatalogColumn, CatalogEntry, ConnectionDiagnosis } from '@millrace/contract'
import { createProblem, fail, ProblemError } from '@millrace/engine'
import {
  type ConnectionRuntime,
  connectionMaintenance,
  connectionRuntime,
  type FileAccess,
  withoutSecrets,
} from '@millrace/engine/runtime'
import { RequestProblem } from '../http/request-problem.ts'

type Values = Readonly<Record<string, unknown>>
type Secrets = Readonly<Record<string, string>>

/** A test goes through name, TCP, TLS and login one after the other; in ms. */
const testDeadline = 20_000
/** Catalogs of large systems are slow; in ms. */
const catalogDeadline = 30_000
/** All rows of a table may have to be moved; in ms. */
const restoreDeadline = 30 * 60_000
/** In ms. */
const sweepDeadline = 60_000

/** What systems behind connections say; `files`: where connections that lead to a file find it. */
export class Systems {
  readonly #files: FileAccess

  constructor(files: FileAccess) {
    this.#files = files
  }

  /** How far one comes with these settings. */
  diagnose(
    connector: string,
    settings: Values,
    secrets: Secrets,
    signal: AbortSignal,
  ): Promise<ConnectionDiagnosis> {
    return ask(connector, secrets, testDeadline, signal, async (runtime, either) => {
      const all = { ...settings, ...secrets }
      const { steps, system, durationMs } = await runtime.test(all, either, this.#files)
      return { steps: steps.map((step) => ({ ...step })), system, durationMs }
    })
  }

  browse(
    connector: string,
    settings: Values,
    secrets: Secrets,
    path: readonly string[],
    signal: AbortSignal,
  ): Promise<CatalogEntry[]> {
    const all = { ...settings, ...secrets }
    return askForNames(connector, secrets, catalogDeadline, signal, (runtime, either) =>
      runtime.browse(all, path, either, this.#files),
    )
  }

  columns(
    connector: string,
    settings: Values,
    secrets: Secrets,
    path: readonly string[],
    signal: AbortSignal,
  ): Promise<CatalogColumn[]> {
    const all = { ...settings, ...secrets }
    return askForNames(connector, secrets, catalogDeadline, signal, (runtime, either) =>
      runtime.columns(all, path, either, this.#files),
    )
  }

  /** How many rows the last replacement of a table kept; null: none, or the connector keeps none. */
  previous(
    connector: string,
    settings: Values,
    secrets: Secrets,
    table: string,
    signal: AbortSignal,
  ): Promise<number | null> {
    return ask(connector, secrets, catalogDeadline, signal, async (_, either) => {
      const maintenance = connectionMaintenance(connector)
      const all = { ...settings, ...secrets }
      return (await maintenance?.previousRows(all, table, either, this.#files)) ?? null
    })
  }

  /** Puts them back; the present ones take their place. Returns how many are back. */
  restore(connector: string, settings: Values, secrets: Secrets, table: string): Promise<number> {
    // Begun is done: a person who goes away does not leave half of it.
    return ask(connector, secrets, restoreDeadline, new AbortController().signal, (_, either) => {
      const maintenance = connectionMaintenance(connector)
      if (!maintenance) return fail('target.noPrevious', { table })
      return maintenance.restorePrevious({ ...settings, ...secrets }, table, either, this.#files)
    })
  }

  /** Undoes what runs that died left there; undefined where the connector leaves nothing. */
  sweep(
    connector: string,
    settings: Values,
    secrets: Secrets,
    leftovers: { readonly known: ReadonlySet<string>; readonly olderThanSeconds: number },
    signal: AbortSignal,
  ): Promise<{ readonly transactions: number; readonly tables: number } | undefined> {
    return ask(connector, secrets, sweepDeadline, signal, async (_, either) =>
      connectionMaintenance(connector)?.sweep({ ...settings, ...secrets }, leftovers, either, this.#files),
    )
  }
}

/**
 * Asks a system for what lies in it. Names go into flows and back to the system as they are, as rows do; a
 * password that is also the name of a schema must not make it one that nobody can open. All else is said.
 */
function askForNames<Entry extends { readonly name: string }>(
  connector: string,
  secrets: Secrets,
  deadline: number,
  signal: AbortSignal,
  question: (runtime: ConnectionRuntime, signal: AbortSignal) => Promise<readonly Entry[]>,
): Promise<Entry[]> {
  let names: readonly string[] = []
  const entries = ask(connector, secrets, deadline, signal, async (runtime, either) => {
    const found = await question(runtime, either)
    names = found.map(({ name }) => name)
    return found
  })
  return entries.then((clean) =>
    clean.map((entry, index) => ({ ...entry, name: names[index] ?? entry.name })),
  )
}

/**
 * Asks a system; whatever comes back, values and errors alike, has no secret in it, even where the system
 * repeats what it was sent.
 * @throws RequestProblem `connection-problem` with what the system says, or that it says nothing in time
 */
async function ask<Result>(
  connector: string,
  secrets: Secrets,
  deadline: number,
  signal: AbortSignal,
  question: (runtime: ConnectionRuntime, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const runtime = connectionRuntime(connector)
  if (!runtime) throw new RequestProblem('connection-invalid')
  const late = AbortSignal.timeout(deadline)
  const stopped = Promise.withResolvers<never>()
  const stop = () => stopped.reject(new Error('stopped'))
  const either = AbortSignal.any([signal, late])
  either.addEventListener('abort', stop, { once: true })
  try {
    // A driver that does not listen to the signal must not hold the request.
    return withoutSecrets(await Promise.race([question(runtime, either), stopped.promise]), secrets)
  } catch (error) {
    if (late.aborted) {
      const seconds = String(deadline / 1000)
      throw new RequestProblem('connection-problem', {
        problems: [createProblem('connection.noAnswer', { seconds })],
      })
    }
    if (error instanceof ProblemError)
      throw new RequestProblem('connection-problem', { problems: [withoutSecrets(error.problem, secrets)] })
    throw withoutSecretsInError(error, secrets)
  } finally {
    either.removeEventListener('abort', stop)
  }
}

/** What is thrown unexpectedly is logged, with its stack. */
function withoutSecretsInError(error: unknown, secrets: Secrets): Error {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  const clean = new Error(withoutSecrets(message, secrets))
  if (stack !== undefined) clean.stack = withoutSecrets(stack, secrets)
  return clean
}
