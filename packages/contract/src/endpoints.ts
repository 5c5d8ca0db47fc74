import { flow } from '@millrace/engine'
import { z } from 'zod'
import {
  catalogColumn,
  catalogEntry,
  catalogPath,
  connection,
  connectionUse,
  createConnection,
  diagnosis,
  keyRotation,
  saveConnection,
  testSettings,
} from './connections.ts'
import {
  breakagesRequest,
  breakagesResponse,
  compareRowsRequest,
  compareRowsResponse,
  detection,
  detectRequest,
  evaluateRequest,
  evaluation,
  inferRequest,
  inferResponse,
  lineageRequest,
  lineageResponse,
  preview,
  previewRequest,
  renameRequest,
  renameResponse,
} from './design.ts'
import { fileEntry, filePreview } from './files.ts'
import {
  createFlow,
  environment,
  flowDocument,
  flowSummary,
  flowVersion,
  publishFlow,
  saveDraft,
  template,
} from './flows.ts'
import { createKey, keyEntry } from './keys.ts'
import { logLine, rejectPage, rejectQuery, run, runPage, runQuery, startRun } from './runs.ts'

interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Express spelling, under `/api`. */
  readonly path: string
  readonly summary: string
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  /** JSON answer; without it the answer is a file, an event stream, or nothing (204). */
  readonly answer?: z.ZodType
  readonly status?: 200 | 201 | 202 | 204
}

const path = z.strictObject({ path: z.string().min(1) })

/** Every request the server answers. Routes, the web client and OpenAPI derive from this list. */
export const endpoints = {
  health: {
    method: 'GET',
    path: '/health',
    summary: 'Is the server up',
    answer: z.object({ status: z.literal('ok'), version: z.string() }),
  },
  listFlows: {
    method: 'GET',
    path: '/flows',
    summary: 'All flows, last changed first',
    answer: z.array(flowSummary),
  },
  createFlow: {
    method: 'POST',
    path: '/flows',
    summary: 'Make a flow',
    body: createFlow,
    answer: flowDocument,
    status: 201,
  },
  getFlow: { method: 'GET', path: '/flows/:id', summary: 'A flow with its draft', answer: flowDocument },
  saveDraft: {
    method: 'PUT',
    path: '/flows/:id/draft',
    summary: 'Save the draft; 409 flow-changed when somebody saved in between',
    body: saveDraft,
    answer: flowDocument,
  },
  publishFlow: {
    method: 'POST',
    path: '/flows/:id/versions',
    summary: 'Publish the draft as a new version',
    body: publishFlow,
    answer: flowVersion,
    status: 201,
  },
  listVersions: {
    method: 'GET',
    path: '/flows/:id/versions',
    summary: 'Published versions, newest first',
    answer: z.array(flowVersion),
  },
  getVersion: {
    method: 'GET',
    path: '/flows/:id/versions/:version',
    summary: 'A published version',
    answer: flow,
  },
  listEnvironments: {
    method: 'GET',
    path: '/flows/:id/environments',
    summary: 'Named sets of parameter values of a flow',
    answer: z.array(environment),
  },
  createEnvironment: {
    method: 'POST',
    path: '/flows/:id/environments',
    summary: 'Add a set of parameter values; 409 environment-exists when there is one of that name',
    body: environment,
    answer: environment,
    status: 201,
  },
  saveEnvironment: {
    method: 'PUT',
    path: '/flows/:id/environments/:name',
    summary: 'Change the values of an environment, and its name',
    body: environment,
    answer: environment,
  },
  deleteEnvironment: {
    method: 'DELETE',
    path: '/flows/:id/environments/:name',
    summary: 'Delete an environment',
    status: 204,
  },
  deleteFlow: { method: 'DELETE', path: '/flows/:id', summary: 'Delete a flow and its runs', status: 204 },
  startRun: {
    method: 'POST',
    path: '/flows/:id/runs',
    summary: 'Queue a run',
    body: startRun,
    answer: run,
    status: 202,
  },
  listTemplates: {
    method: 'GET',
    path: '/templates',
    summary: 'Flows to begin with',
    answer: z.array(template),
  },
  listRuns: {
    method: 'GET',
    path: '/runs',
    summary: 'Execution history, newest first',
    query: runQuery,
    answer: runPage,
  },
  getRun: { method: 'GET', path: '/runs/:id', summary: 'A run with its nodes and ledger', answer: run },
  getRunFlow: { method: 'GET', path: '/runs/:id/flow', summary: 'The flow as it ran', answer: flow },
  cancelRun: { method: 'POST', path: '/runs/:id/cancel', summary: 'Cancel a run', answer: run, status: 202 },
  deleteRun: {
    method: 'DELETE',
    path: '/runs/:id',
    summary: 'Delete a finished run and its payloads',
    status: 204,
  },
  getRunLog: { method: 'GET', path: '/runs/:id/log', summary: 'Log lines', answer: z.array(logLine) },
  getRunRejects: {
    method: 'GET',
    path: '/runs/:id/rejects',
    summary: 'Rejected rows',
    query: rejectQuery,
    answer: rejectPage,
  },
  downloadRunRejects: { method: 'GET', path: '/runs/:id/rejects.csv', summary: 'All rejected rows as CSV' },
  downloadRunOutput: { method: 'GET', path: '/runs/:id/outputs/:nodeId', summary: 'The file a target wrote' },
  runEvents: {
    method: 'GET',
    path: '/runs/:id/events',
    summary: 'Live events (SSE), resumable by Last-Event-ID',
  },
  listFiles: { method: 'GET', path: '/files', summary: 'The Files area', answer: z.array(fileEntry) },
  uploadFile: {
    method: 'POST',
    path: '/files',
    summary: 'Upload (multipart/form-data, part `file`; `?overwrite=true` replaces)',
    query: z.strictObject({ overwrite: z.enum(['true', 'false']).default('false') }),
    answer: z.array(fileEntry),
    status: 201,
  },
  downloadFile: { method: 'GET', path: '/files/content', summary: 'Download a file', query: path },
  previewFile: {
    method: 'GET',
    path: '/files/preview',
    summary: 'First rows of a file',
    query: path,
    answer: filePreview,
  },
  deleteFile: { method: 'DELETE', path: '/files', summary: 'Delete a file', query: path, status: 204 },
  listKeys: {
    method: 'GET',
    path: '/keys',
    summary: 'Names of the keys that values are encrypted by; their bytes never leave the server',
    answer: z.array(keyEntry),
  },
  createKey: {
    method: 'POST',
    path: '/keys',
    summary: 'Make a key; 409 key-exists when there is one of that name',
    body: createKey,
    answer: keyEntry,
    status: 201,
  },
  listConnections: {
    method: 'GET',
    path: '/connections',
    summary: 'All connections by name, without their secrets',
    answer: z.array(connection),
  },
  createConnection: {
    method: 'POST',
    path: '/connections',
    summary: 'Make a connection; 422 connection-invalid with located problems',
    body: createConnection,
    answer: connection,
    status: 201,
  },
  testConnectionSettings: {
    method: 'POST',
    path: '/connections/test',
    summary: 'Test settings that are not stored',
    body: testSettings,
    answer: diagnosis,
  },
  rotateConnectionKeys: {
    method: 'POST',
    path: '/connections/rotate-keys',
    summary: 'Seal all secrets by a new master key, while everything goes on',
    answer: keyRotation,
  },
  getConnection: {
    method: 'GET',
    path: '/connections/:id',
    summary: 'A connection, without its secrets',
    answer: connection,
  },
  saveConnection: {
    method: 'PUT',
    path: '/connections/:id',
    summary: 'Change a connection; 422 connection-secret-required when its secrets would go to another place',
    body: saveConnection,
    answer: connection,
  },
  deleteConnection: {
    method: 'DELETE',
    path: '/connections/:id',
    summary: 'Delete a connection; 409 connection-in-use while flows name it',
    status: 204,
  },
  testConnection: {
    method: 'POST',
    path: '/connections/:id/test',
    summary: 'Test a connection as it is stored',
    answer: diagnosis,
  },
  browseConnection: {
    method: 'POST',
    path: '/connections/:id/browse',
    summary: 'What lies inside of a connection, or of a schema of it',
    body: catalogPath,
    answer: z.array(catalogEntry),
  },
  connectionColumns: {
    method: 'POST',
    path: '/connections/:id/columns',
    summary: 'The columns of a table or view, with types and keys',
    body: catalogPath,
    answer: z.array(catalogColumn),
  },
  connectionUsedBy: {
    method: 'GET',
    path: '/connections/:id/used-by',
    summary: 'Flows whose draft or published version names a connection',
    answer: z.array(connectionUse),
  },
  infer: {
    method: 'POST',
    path: '/design/infer',
    summary: 'Columns at every port, and all problems',
    body: inferRequest,
    answer: inferResponse,
  },
  renameColumn: {
    method: 'POST',
    path: '/design/rename',
    summary: 'Rename a column with everything downstream that names it',
    body: renameRequest,
    answer: renameResponse,
  },
  breakages: {
    method: 'POST',
    path: '/design/breakages',
    summary: 'What breaks when a column goes',
    body: breakagesRequest,
    answer: breakagesResponse,
  },
  lineage: {
    method: 'POST',
    path: '/design/lineage',
    summary: 'Where a column comes from and where it goes',
    body: lineageRequest,
    answer: lineageResponse,
  },
  preview: {
    method: 'POST',
    path: '/design/preview',
    summary: 'First rows at a port',
    body: previewRequest,
    answer: preview,
  },
  compareRows: {
    method: 'POST',
    path: '/design/compare',
    summary: 'The rows in which two states of a flow differ at a port, over the same samples',
    body: compareRowsRequest,
    answer: compareRowsResponse,
  },
  evaluate: {
    method: 'POST',
    path: '/design/evaluate',
    summary: 'An expression over the first rows that arrive at a node, or why not and where',
    body: evaluateRequest,
    answer: evaluation,
  },
  detect: {
    method: 'POST',
    path: '/design/detect',
    summary: 'Read a source’s columns and types, with the evidence',
    body: detectRequest,
    answer: detection,
  },
} as const satisfies Readonly<Record<string, Endpoint>>

export type EndpointName = keyof typeof endpoints
