import { expect, it } from 'vitest'
import { isPassing } from '../../problems/index.ts'
import { connectFault, databaseProblem } from './faults.ts'
import { mysql } from './spec.ts'

const settings = mysql.connection.settings.parse({ host: 'db.example', database: 'sales', user: 'ana' })
const said = (errno: number, message: string) =>
  Object.assign(new Error(message), { errno, sqlState: 'HY000' })

it.each([
  [1040, 'Too many connections', 'connection.busy', true],
  [1203, 'User ana already has more than max_user_connections', 'connection.busy', true],
  [1053, 'Server shutdown in progress', 'connection.starting', true],
  [1045, "Access denied for user 'ana'", 'connection.login', false],
  [1049, "Unknown database 'sales'", 'connection.database', false],
])('tells why a server lets nobody in: %i %s', (errno, message, code, passes) => {
  const { problem } = connectFault(said(errno, message), settings)
  expect([problem.code, isPassing(problem)]).toEqual([code, passes])
})

it.each([
  [1205, 'Lock wait timeout exceeded; try restarting transaction', true],
  [1213, 'Deadlock found when trying to get lock', true],
  [1614, 'XA_RBDEADLOCK: Transaction branch was rolled back: deadlock was detected', true],
  [1053, 'Server shutdown in progress', true],
  [1146, "Table 'sales.t' doesn't exist", false],
])('knows whether what a database says passes: %i %s', (errno, message, passes) => {
  expect(isPassing(databaseProblem(said(errno, message), {}).problem)).toBe(passes)
})

it('knows a line that broke from a certificate that is refused', () => {
  const codeOf = (message: string) =>
    connectFault(Object.assign(new Error(message), { code: 'HANDSHAKE_SSL_ERROR' }), settings).problem.code
  expect(codeOf('Client network socket disconnected before secure TLS connection was established')).toBe(
    'connection.lost',
  )
  expect(codeOf('self-signed certificate')).toBe('connection.authorityUnknown')
  expect(codeOf('certificate has expired')).toBe('connection.tls')
})

it('takes what has nothing to do with the database for what it is', () => {
  expect(databaseProblem(new Error('the connection was closed'), {}).problem.code).toBe('connection.lost')
  const own = new Error('Conversion Error: could not convert')
  expect(() => databaseProblem(own, {})).toThrow(own)
})
