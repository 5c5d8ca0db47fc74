import { isIP } from 'node:net'
import { createProblem, type Location, type Problem, ProblemError } from '../../problems/index.ts'
import type { ConnectionStep } from '../../spec/index.ts'
import { isNetworkFault } from '../databases/network-fault.ts'
import { tlsProblem } from '../databases/tls-fault.ts'
import type { PostgresSettings } from './spec.ts'

/** What the server says of an error, see “PostgreSQL Error Codes” in its manual; the driver hands the parts on. */
export interface ServerFault extends Error {
  /** SQLSTATE: five characters, the first two of which are its class. */
  readonly code: string
  readonly detail?: string
  readonly severity?: string
  readonly column?: string
  readonly where?: string
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

export const isServerFault = (error: unknown): error is ServerFault =>
  /^[0-9A-Z]{5}$/.test(codeOf(error)) && error instanceof Error && 'severity' in error

/** The server's sentence with its detail, as its users know it. */
export function saidBy(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const detail = isServerFault(error) && error.detail ? ` (${error.detail})` : ''
  return `${error.message}${detail}`
}

/** Data exceptions, violated constraints, values too large for an index, and what triggers raise: the row is at fault. */
export const isRowFault = (error: unknown): boolean =>
  isServerFault(error) && (/^(22|23|44)/.test(error.code) || ['21000', '54000', 'P0001'].includes(error.code))

/** 57P01 to 57P03: shutting down, crashed, starting up or recovering. */
const isUnsettled = (error: unknown): boolean => isServerFault(error) && /^57P0[123]$/.test(error.code)

/** Deadlocks, serialization failures, locks that were not to be had. */
const isInTheWay = (error: unknown): boolean =>
  isServerFault(error) && ['40001', '40P01', '55P03'].includes(error.code)

/** No slot is free; 53300 comes while connecting, and from limits of a role or a database. */
const isFull = (error: unknown): boolean => isServerFault(error) && error.code === '53300'

const unreachable = ['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EHOSTDOWN']

/** At which step connecting failed, and what to do. */
export function connectFault(
  error: unknown,
  settings: PostgresSettings,
): { readonly step: ConnectionStep; readonly problem: Problem } {
  const { host, port, user, database } = settings
  const code = codeOf(error)
  const detail = saidBy(error)
  const at = { host, port: String(port) }
  if (['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA'].includes(code) && isIP(host) === 0)
    return { step: 'name', problem: createProblem('connection.nameNotFound', { host }, { field: 'host' }) }
  if (code === 'ECONNREFUSED')
    return { step: 'reach', problem: createProblem('connection.refused', at, { field: 'port' }) }
  if (unreachable.includes(code) || /timeout/i.test(detail))
    return { step: 'reach', problem: createProblem('connection.timeout', at, { field: 'host' }) }
  if (/does not support SSL/i.test(detail))
    return { step: 'tls', problem: createProblem('connection.tlsMissing', {}, { field: 'tls' }) }
  if (/^(ERR_(TLS|SSL)|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|EPROTO)/.test(code))
    return { step: 'tls', problem: tlsProblem(detail, settings) }
  if (isUnsettled(error))
    return { step: 'login', problem: createProblem('connection.starting', { detail }, { field: 'host' }) }
  if (isFull(error))
    return { step: 'login', problem: createProblem('connection.busy', { detail }, { field: 'host' }) }
  if (code === '3D000' || (code === '42501' && /database/i.test(detail)))
    return {
      step: 'database',
      problem: createProblem('connection.database', { database, detail }, { field: 'database' }),
    }
  if (code.startsWith('28') || /SASL|password/i.test(detail))
    return {
      step: 'login',
      problem: createProblem('connection.login', { user, detail }, { field: 'password' }),
    }
  if (isServerFault(error))
    return { step: 'login', problem: createProblem('connection.login', { user, detail }, { field: 'user' }) }
  return { step: 'reach', problem: createProblem('connection.lost', { detail }, { field: 'host' }) }
}

/**
 * What an analyst is told of an error while the database worked for a node.
 * @throws the error itself where neither the database nor the way to it has a part in it
 */
export function databaseProblem(error: unknown, location: Location): ProblemError {
  if (error instanceof ProblemError) return error
  if (!isServerFault(error) && !isNetworkFault(error)) throw error
  const detail = saidBy(error)
  const lost = !isServerFault(error) || /^(08|57P)/.test(error.code)
  const problem = lost
    ? createProblem('connection.lost', { detail }, { ...location, field: 'connection' })
    : createProblem(isInTheWay(error) ? 'database.busy' : 'database.refused', { detail }, location)
  return new ProblemError(problem, { cause: error })
}
