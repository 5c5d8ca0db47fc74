import { type EndpointName, endpoints } from '@millrace/contract'
import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import type { z } from 'zod'
import { parseJsonBody } from './json-body.ts'
import { RequestProblem } from './request-problem.ts'

type Endpoints = typeof endpoints
type PathParameters<Path extends string> = Path extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer Tail}`
    ? Record<PlainName<Name>, string> & PathParameters<Tail>
    : Record<PlainName<Rest>, string>
  : Record<never, string>
type PlainName<Name extends string> = Name extends `${infer Plain}.${string}` ? Plain : Name

type Parsed<Name extends EndpointName, Part extends 'query' | 'body'> =
  Endpoints[Name] extends Readonly<Record<Part, infer Schema extends z.ZodType>>
    ? z.output<Schema>
    : undefined

export interface Call<Name extends EndpointName> {
  readonly params: PathParameters<Endpoints[Name]['path']>
  readonly query: Parsed<Name, 'query'>
  readonly body: Parsed<Name, 'body'>
  readonly request: Request
  readonly response: Response
}

/** A JSON endpoint returns its answer; one without `answer` writes to `response` itself (or nothing: 204). */
export type Answer<Name extends EndpointName> = Endpoints[Name] extends {
  readonly answer: infer Schema extends z.ZodType
}
  ? z.input<Schema>
  : undefined

type Handler<Name extends EndpointName> = (call: Call<Name>) => Promise<Answer<Name>>
export type Handlers = { readonly [Name in EndpointName]: Handler<Name> }

/** The endpoint as the router sees it, when its name is no longer known to the compiler. */
interface AnyEndpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly summary: string
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  readonly answer?: z.ZodType
  readonly status?: number
}

/** Megabytes are for flows with thousands of nodes; files do not come this way. */
const bodyLimit = '20mb'

const jsonBody: RequestHandler[] = [
  (request, _response, next) => {
    next(request.is('application/json') ? undefined : new RequestProblem('unsupported-media-type'))
  },
  express.text({ type: 'application/json', limit: bodyLimit, inflate: false, defaultCharset: 'utf-8' }),
]

function parse(schema: z.ZodType, value: unknown, place: string): unknown {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const detail = parsed.error.issues
    .slice(0, 20)
    .map((issue) => `${[place, ...issue.path.map(String)].join('.')}: ${issue.message}`)
    .join('; ')
  throw new RequestProblem('invalid-request', { detail })
}

async function answerCall(
  endpoint: AnyEndpoint,
  handler: (call: never) => Promise<unknown>,
  request: Request,
  response: Response,
): Promise<void> {
  const call = {
    params: request.params,
    query: endpoint.query && parse(endpoint.query, request.query, 'query'),
    body:
      endpoint.body &&
      parse(endpoint.body, parseJsonBody(typeof request.body === 'string' ? request.body : ''), 'body'),
    request,
    response,
  }
  // The handler's type was checked where `Handlers` was made; here only its name is lost.
  const answer = await handler(call as never)
  if (endpoint.answer)
    response
      .status(endpoint.status ?? 200)
      .set('Cache-Control', 'no-store')
      .json(endpoint.answer.parse(answer))
  else if (endpoint.status === 204) response.status(204).end()
}

/** All endpoints of the contract; other methods on their paths are 405, other paths 404. */
export function createRouter(handlers: Handlers): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const methods = new Map<string, string[]>()
  for (const name of Object.keys(endpoints) as EndpointName[]) {
    const endpoint: AnyEndpoint = endpoints[name]
    const handle: RequestHandler = (request, response) =>
      answerCall(endpoint, handlers[name], request, response)
    const steps = endpoint.body ? [...jsonBody, handle] : [handle]
    const { method, path } = endpoint
    router[method === 'GET' ? 'get' : method === 'POST' ? 'post' : method === 'PUT' ? 'put' : 'delete'](
      path,
      ...steps,
    )
    methods.set(path, [...(methods.get(path) ?? []), method])
  }
  for (const [path, allowed] of methods)
    router.all(path, (_request, response) => {
      response.set('Allow', allowed.join(', '))
      throw new RequestProblem('method-not-allowed')
    })
  router.use(() => {
    throw new RequestProblem('not-found')
  })
  return router
}
