import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { repository } from './boundaries.ts'

export interface Outcome {
  readonly ok: boolean
  readonly output: string
}

/** Runs a program of `node_modules/.bin`; with `show`, its output goes to the terminal as it comes. */
export function runTool(
  name: string,
  parameters: readonly string[],
  show = false,
  env: NodeJS.ProcessEnv = {},
): Outcome {
  const { status, stdout, stderr, error } = spawnSync(
    path.join(repository, 'node_modules/.bin', name),
    parameters,
    {
      cwd: repository,
      encoding: 'utf8',
      env: { ...process.env, ...env },
      maxBuffer: 2 ** 28,
      stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    },
  )
  return { ok: status === 0 && !error, output: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}` }
}
