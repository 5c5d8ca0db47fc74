import { createProblem, isDiskFull, type Problem, ProblemError } from '../problems/index.ts'
import { saidIn } from '../problems/said-in.ts'
import { toSqlFault } from './sql-fault.ts'

/** What an analyst is told of an error that a statement, a connector or the system raised at a node. */
export function problemOf(error: unknown, nodeId: string | undefined): Problem {
  const location = nodeId === undefined ? {} : { nodeId }
  if (error instanceof ProblemError)
    return { ...error.problem, location: { ...location, ...error.problem.location } }
  if (isDiskFull(error)) return createProblem('disk.full', {}, location)
  const { message } = toSqlFault(error)
  if (
    /^(Out of Memory|failed to (allocate|pin block)|could not allocate)|std::bad_alloc|Out of Memory Error|"exception_type":"Out of Memory"/i.test(
      message,
    )
  )
    return createProblem('run.memory', { limit: { en: 'the limit', zh: '上限' }, detail: message }, location)
  const isValue =
    /Conversion Error|Invalid Input|Out of Range|could not (convert|parse)|overflow|out of range|cast/i.test(
      message,
    )
  return createProblem(isValue ? 'run.value' : 'run.failed', { detail: saidIn(message) }, location)
}
