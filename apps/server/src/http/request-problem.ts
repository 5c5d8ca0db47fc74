import type { ProblemDocument } from '@millrace/contract'
import type { Problem } from '@millrace/engine'

const titles = {
  'invalid-request': [400, 'The request is not valid'],
  'invalid-json': [400, 'The body is not JSON that can be read'],
  'invalid-path': [400, 'This is not a usable file name'],
  'foreign-host': [403, 'This server is not known by that name'],
  'foreign-origin': [403, 'Changes are accepted only from Millrace’s own pages'],
  'read-only': [403, 'This folder can only be read'],
  'not-found': [404, 'There is nothing at this address'],
  'method-not-allowed': [405, 'This address does not answer that method'],
  'flow-changed': [409, 'Somebody else has saved this flow in the meantime'],
  'file-exists': [409, 'A file of that name exists already'],
  'environment-exists': [409, 'An environment of that name exists already'],
  'golden-exists': [409, 'A golden test of that name exists already'],
  'key-exists': [409, 'A key of that name exists already'],
  'cursor-moved': [409, 'The position has moved in the meantime'],
  'connection-in-use': [409, 'The connection is in use'],
  'connection-changed': [409, 'Somebody else has changed this connection in the meantime'],
  'run-active': [409, 'The run has not ended yet'],
  'run-not-held': [409, 'The run does not wait for a decision'],
  'reject-closed': [409, 'One of these rows is replayed or dropped already'],
  'run-not-approvable': [409, 'Only a dry run that has succeeded can be approved'],
  'not-resumable': [409, 'What the failed run had read is not kept, or out of date'],
  'approval-used': [409, 'What was approved is written already, or being written'],
  'approval-required': [409, 'The flow writes only what a dry run has shown and somebody approved'],
  'output-gone': [410, 'The file of this run is no longer there'],
  'too-large': [413, 'The request is larger than the server takes'],
  'unsupported-media-type': [415, 'The server does not take this kind of content here'],
  'cursor-invalid': [422, 'This is no position of the cursor'],
  'backfill-impossible': [422, 'Only a source that reads incrementally can be backfilled'],
  'flow-problem': [422, 'The flow has a problem'],
  'connection-invalid': [422, 'The settings of the connection are not valid'],
  'connection-secret-required': [422, 'The secrets of the connection must be entered again'],
  'connection-problem': [422, 'The system behind the connection says no'],
  internal: [500, 'The server failed; the fault is ours'],
  stopping: [503, 'The server is stopping'],
  'disk-full': [507, 'There is no disk space left on the server'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>

export type ProblemName = keyof typeof titles

interface Particulars {
  readonly detail?: string
  readonly problems?: readonly Problem[]
  /** `flow-changed` only: the revision that is stored. */
  readonly revision?: number
}

/** Thrown wherever a request cannot be answered; becomes an RFC 9457 problem document. */
export class RequestProblem extends Error {
  readonly code: ProblemName
  readonly particulars: Particulars

  constructor(code: ProblemName, particulars: Particulars = {}) {
    super(particulars.detail ?? titles[code][1])
    this.name = 'RequestProblem'
    this.code = code
    this.particulars = particulars
  }

  get status(): number {
    return titles[this.code][0]
  }

  toDocument(instance: string): ProblemDocument {
    const { detail, problems, revision } = this.particulars
    return {
      type: 'about:blank',
      title: titles[this.code][1],
      status: this.status,
      ...(detail !== undefined && { detail }),
      instance,
      code: this.code,
      problems: [...(problems ?? [])],
      ...(revision !== undefined && { revision }),
    }
  }
}
