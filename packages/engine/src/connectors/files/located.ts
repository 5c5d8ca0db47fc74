import path from 'node:path'
import { createProblem, isDiskFull, ProblemError } from '../../problems/index.ts'
import { saidIn } from '../../problems/said-in.ts'
import type { ConnectorContext } from '../../spec/index.ts'

/** A file of a pattern is called as the pattern is, with its own last name. */
export const displayName = (setting: string, file: string): string =>
  /[*?]/.test(setting) ? path.posix.join(path.posix.dirname(setting), path.basename(file)) : setting

/** Says of a file what a reader complained about, at the node's path setting. */
export function unreadable(
  context: Pick<ConnectorContext, 'nodeId'>,
  name: string,
  error: unknown,
): ProblemError {
  if (error instanceof ProblemError) return error
  // The file is not to blame.
  if (isDiskFull(error))
    return new ProblemError(createProblem('disk.full', {}, { nodeId: context.nodeId }), { cause: error })
  const text = error instanceof Error ? error.message : String(error)
  const detail = /"exception_message":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text
  const location = { nodeId: context.nodeId, field: 'path' }
  return new ProblemError(
    createProblem(
      'file.unreadable',
      { path: name, detail: saidIn((detail.split('\n')[0] ?? detail).replaceAll('\\"', '"')) },
      location,
    ),
    { cause: error },
  )
}
