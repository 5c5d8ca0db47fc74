import { type EndpointName, endpoints, problemDocument, runEvent } from '@millrace/contract'
import { z } from 'zod'

const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}

interface AnyEndpoint {
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  readonly answer?: z.ZodType
  readonly status?: number
}

const otherContent: Partial<Record<EndpointName, object>> = {
  runEvents: {
    'text/event-stream': { schema: { type: 'string', contentSchema: schemaOf(runEvent, 'output') } },
  },
  downloadRunRejects: { 'text/csv': { schema: { type: 'string' } } },
}
const file = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }

function parametersOf(endpoint: AnyEndpoint): object[] {
  const inPath = [...endpoint.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const query = endpoint.query && schemaOf(endpoint.query, 'input')
  const inQuery = Object.entries(query?.properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: query?.required?.includes(name) ?? false,
    schema,
  }))
  return [...inPath, ...inQuery]
}

function operation(name: EndpointName): object {
  const endpoint: AnyEndpoint = endpoints[name]
  const status = String(endpoint.status ?? 200)
  const content = endpoint.answer
    ? { 'application/json': { schema: schemaOf(endpoint.answer, 'output') } }
    : status === '204'
      ? undefined
      : (otherContent[name] ?? file)
  const upload = {
    'multipart/form-data': {
      schema: {
        type: 'object',
        properties: { file: { type: 'string', format: 'binary' } },
        required: ['file'],
      },
    },
  }
  const body = endpoint.body
    ? { 'application/json': { schema: schemaOf(endpoint.body, 'input') } }
    : name === 'uploadFile'
      ? upload
      : undefined
  return {
    operationId: name,
    summary: endpoint.summary,
    parameters: parametersOf(endpoint),
    ...(body && { requestBody: { required: true, content: body } }),
    responses: {
      [status]: { description: endpoint.summary, ...(content && { content }) },
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

/** The contract as an OpenAPI 3.1 document. */
export function openApi(version: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const name of Object.keys(endpoints) as EndpointName[]) {
    const { path, method } = endpoints[name]
    const spelled = path.replace(/:(\w+)/g, '{$1}')
    paths[spelled] = { ...paths[spelled], [method.toLowerCase()]: operation(name) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Millrace', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/api' }],
    paths,
    components: {
      responses: {
        Problem: {
          description: 'What went wrong (RFC 9457)',
          content: { 'application/problem+json': { schema: schemaOf(problemDocument, 'output') } },
        },
      },
    },
  }
}
