import { isIP } from 'node:net'
import { createProblem, type Location, type Problem, ProblemError } from '../../problems/index.ts'
import type { ConnectionStep } from '../../spec/index.ts'
import { isNetworkFault } from '../databases/network-fault.ts'
import { tlsProblem } from '../databases/tls-fault.ts'
import type { MysqlSettings } from './spec.ts'

/** What the server says of an error: its number, see “Server Error Message Reference” in the manual. */
export interface ServerFault extends Error {
  readonly errno: number
  readonly sqlState: string
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

export const isServerFault = (error: unknown): error is ServerFault =>
  error instanceof Error && 'sqlState' in error && 'errno' in error && typeof error.errno === 'number'

export const saidBy = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Numbers of errors for which one row is to blame, not the statement. */
const rowFaults = new Set([
  1048, // column cannot be null
  1062, // duplicate entry
  1216,
  1451,
  1452, // foreign keys
  1242, // subquery of a generated column or trigger gives more than one row
  1264, // out of range
  1265, // data truncated
  1292, // incorrect date, time or number
  1364, // no default value
  1366, // incorrect value or character
  1367,
  1406, // too long
  1411,
  1416, // geometry
  1425,
  1426,
  1441, // date function overflow
  1526, // no partition
  1586, // duplicate entry, with the name of the key
  1644, // a trigger's SIGNAL
  1690, // out of range in an expression
  1761,
  1762, // duplicates by way of foreign keys
  1906, // value for a generated column
  3140, // JSON
  3141,
  3156,
  3643, // SRID of a shape
  3751, // indexes over expressions
  3752,
  3819, // CHECK of MySQL
  3903, // indexes over arrays in JSON
  4025, // CHECK of MariaDB
  4038,
  6136, // vector
])

export const isRowFault = (error: unknown): boolean => isServerFault(error) && rowFaults.has(error.errno)

/** XAER_NOTA: no prepared transaction of this name, or one that another session holds. */
export const isUnknownXid = (error: unknown): boolean => isServerFault(error) && error.errno === 1397

/** The numbers that mean: the session, the server or its disk, not what was asked. */
const lostSessions = new Set([1040, 1053, 1077, 1152, 1158, 1159, 1160, 1161, 1184, 1317, 1927, 4031])

/** Lock waits, deadlocks, within XA transactions too, and locks that were not to be waited for. */
const inTheWay = new Set([1205, 1213, 1613, 1614, 3572])

/** No more sessions: of the server, of the user. */
const full = [1040, 1203]

const unreachable = ['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EHOSTDOWN']
const loginFaults = [1045, 1130, 1129, 1131, 1133, 1226, 1251, 1275, 1524, 1698, 1862, 3118, 3159, 4151]

/** At which step connecting failed, and what to do. */
export function connectFault(
  error: unknown,
  settings: MysqlSettings,
): { readonly step: ConnectionStep; readonly problem: Problem } {
  const { host, port, user, database } = settings
  const code = codeOf(error)
  const detail = saidBy(error)
  const at = { host, port: String(port) }
  if (['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA'].includes(code) && isIP(host) === 0)
    return { step: 'name', problem: createProblem('connection.nameNotFound', { host }, { field: 'host' }) }
  if (code === 'ECONNREFUSED')
    return { step: 'reach', problem: createProblem('connection.refused', at, { field: 'port' }) }
  if (unreachable.includes(code))
    return { step: 'reach', problem: createProblem('connection.timeout', at, { field: 'host' }) }
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT')
    return { step: 'tls', problem: createProblem('connection.tlsMissing', {}, { field: 'tls' }) }
  // The driver gives a line that broke then the same code as a certificate that is refused.
  if (/disconnected before secure TLS/i.test(detail))
    return { step: 'reach', problem: createProblem('connection.lost', { detail }, { field: 'host' }) }
  if (
    /^(HANDSHAKE_SSL|ERR_(TLS|SSL|OSSL)|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|EPROTO)/.test(
      code,
    )
  )
    return { step: 'tls', problem: tlsProblem(detail, settings) }
  if (isServerFault(error) && [1044, 1049].includes(error.errno))
    return {
      step: 'database',
      problem: createProblem('connection.database', { database, detail }, { field: 'database' }),
    }
  if (isServerFault(error) && full.includes(error.errno))
    return { step: 'login', problem: createProblem('connection.busy', { detail }, { field: 'host' }) }
  if (isServerFault(error) && error.errno === 1053)
    return { step: 'login', problem: createProblem('connection.starting', { detail }, { field: 'host' }) }
  if (isServerFault(error) && loginFaults.includes(error.errno))
    return {
      step: 'login',
      problem: createProblem('connection.login', { user, detail }, { field: 'password' }),
    }
  if (isServerFault(error) || code.startsWith('AUTH_'))
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
  const lost = !isServerFault(error) || lostSessions.has(error.errno)
  const isInTheWay = isServerFault(error) && inTheWay.has(error.errno)
  const problem = lost
    ? createProblem('connection.lost', { detail }, { ...location, field: 'connection' })
    : createProblem(isInTheWay ? 'database.busy' : 'database.refused', { detail }, location)
  return new ProblemError(problem, { cause: error })
}
