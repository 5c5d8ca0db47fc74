import { isDiskFull, ProblemError } from '@millrace/engine'
import type { ErrorRequestHandler, Response } from 'express'
import type { Logger } from 'pino'
import { RequestProblem } from './request-problem.ts'

export function sendProblem(response: Response, problem: RequestProblem): void {
  response
    .status(problem.status)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(problem.toDocument(response.req.path)))
}

const property = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined

/** What the client is told of anything thrown; never a stack trace, never a system path. */
export function toRequestProblem(error: unknown): RequestProblem {
  if (error instanceof RequestProblem) return error
  if (error instanceof ProblemError)
    return new RequestProblem('flow-problem', { detail: error.message, problems: [error.problem] })
  if (isDiskFull(error)) return new RequestProblem('disk-full')
  const status = property(error, 'status')
  if (status === 413) return new RequestProblem('too-large')
  if (status === 415) return new RequestProblem('unsupported-media-type')
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new RequestProblem('invalid-request')
  return new RequestProblem('internal')
}

/** The last handler of the application. */
export function answerProblems(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const problem = toRequestProblem(error)
    if (problem.status >= 500) log.error({ err: error, path: request.path }, 'request failed')
    if (response.headersSent) {
      // A download that broke off must not look complete.
      response.destroy()
      return
    }
    sendProblem(response, problem)
  }
}
