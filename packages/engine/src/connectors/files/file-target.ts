import { randomUUID } from 'node:crypto'
import { copyFile, open, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { ConnectorContext, TargetRuntime, Token, WriteSession } from '../../spec/index.ts'

/** Where a target's temporary files begin; run/local-engine.ts sweeps what dead runs leave. */
const temporaryPrefix = '.millrace-'

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Moves a file beside its final place, also from another file system. */
async function moveBeside(from: string, final: string): Promise<string> {
  const temporary = path.join(path.dirname(final), `${temporaryPrefix}${randomUUID()}`)
  try {
    await rename(from, temporary)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error
    await copyFile(from, temporary).catch(async (fault: unknown) => {
      await rm(temporary, { force: true })
      throw fault
    })
    await rm(from, { force: true })
  }
  return temporary
}

/**
 * The commit protocol of every target that writes one file: `write` makes the whole file in the work
 * folder and returns its rows; `prepare` puts it beside the old one, durable; `commit` renames.
 */
export async function openFileTarget(
  context: ConnectorContext,
  name: string,
  write: (file: string, input: Parameters<WriteSession['write']>[0], final: string) => Promise<number>,
): Promise<WriteSession> {
  const final = await context.resolveOutput(name)
  const work = path.join(context.workFolder, `${context.nodeId}-${randomUUID()}`)
  let rows = 0
  return {
    async write(input) {
      rows = await write(work, input, final)
      return { rows }
    },
    async prepare() {
      const { size } = await stat(work)
      const temporary = await moveBeside(work, final)
      await flush(temporary)
      await flush(path.dirname(final))
      return { token: { temporary, final }, output: { name, rows, bytes: size } }
    },
    async abort() {
      await rm(work, { force: true })
    },
  }
}

const paths = (token: Token) => ({ temporary: String(token['temporary']), final: String(token['final']) })

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

/** Both are idempotent: after a crash they may be called again. */
export const fileCommit: Pick<TargetRuntime, 'commit' | 'abort'> = {
  async commit(token) {
    const { temporary, final } = paths(token)
    try {
      await rename(temporary, final)
    } catch (error) {
      // Renamed already, by the run that died after it.
      if (!isMissing(error)) throw error
    }
    await flush(path.dirname(final))
  },
  async abort(token) {
    await rm(paths(token).temporary, { force: true })
  },
}
