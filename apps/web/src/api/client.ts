import type { EndpointName, endpoints, ProblemDocument } from '@millrace/contract'
import type { z } from 'zod'
import { routes } from './routes.ts'

type Endpoint<Name extends EndpointName> = (typeof endpoints)[Name]
type Body<Name extends EndpointName> =
  Endpoint<Name> extends { body: infer Schema extends z.ZodType } ? z.input<Schema> : undefined
type Query<Name extends EndpointName> =
  Endpoint<Name> extends { query: infer Schema extends z.ZodType } ? z.input<Schema> : undefined
export type Answer<Name extends EndpointName> =
  Endpoint<Name> extends { answer: infer Schema extends z.ZodType } ? z.output<Schema> : undefined

export interface CallOptions<Name extends EndpointName> {
  readonly params?: Readonly<Record<string, string | number>>
  readonly query?: Query<Name>
  readonly body?: Body<Name>
  readonly signal?: AbortSignal
}

/** The server said no, and why. `status` 0: it could not be reached. */
export class ApiError extends Error {
  readonly document: ProblemDocument
  constructor(document: ProblemDocument) {
    super(document.detail ?? document.title)
    this.name = 'ApiError'
    this.document = document
  }
}

/** The address of an endpoint, for links and downloads. */
export function addressOf(
  name: EndpointName,
  params: Readonly<Record<string, string | number>> = {},
  query: Readonly<Record<string, unknown>> = {},
): string {
  const path = routes[name].path.replace(/:(\w+)/g, (_, key: string) =>
    encodeURIComponent(String(params[key] ?? '')),
  )
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([key, value]) =>
      value === undefined || value === '' ? [] : [[key, String(value)]],
    ),
  ).toString()
  return `/api${path}${search === '' ? '' : `?${search}`}`
}

const unreachable = (detail: string): ProblemDocument => ({
  type: 'about:blank',
  title: 'The server cannot be reached',
  status: 0,
  detail,
  code: 'unreachable',
  problems: [],
})

/** The problem document of an answer that is not a success. */
export async function problemOf(answer: Response): Promise<ProblemDocument> {
  const document: Partial<ProblemDocument> | undefined = await answer.json().catch(() => undefined)
  // Something between here and the server may have answered instead of it.
  const { statusText: title, status } = answer
  return typeof document?.code === 'string'
    ? { ...unreachable(''), title, status, ...document, code: document.code }
    : { ...unreachable(''), title, status, code: 'error' }
}

/** Calls the server; throws ApiError. Answers have the types that the contract says. */
export async function call<Name extends EndpointName>(
  name: Name,
  { params, query, body, signal }: CallOptions<Name> = {},
): Promise<Answer<Name>> {
  const { method, answers } = routes[name]
  const address = addressOf(name, params, query as Record<string, unknown> | undefined)
  let answer: Response
  try {
    answer = await fetch(address, {
      method,
      signal,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(unreachable(error instanceof Error ? error.message : String(error)))
  }
  if (!answer.ok) throw new ApiError(await problemOf(answer))
  // The server derives its answers from the same contract; checking them again would only cost time.
  return (answers ? await answer.json() : undefined) as Answer<Name>
}
