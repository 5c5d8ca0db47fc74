import { expect, it } from 'vitest'
import { isPassing } from '../../problems/index.ts'
import { connectFault, databaseProblem } from './faults.ts'
import { postgres } from './spec.ts'

const settings = postgres.connection.settings.parse({ host: 'db.example', database: 'sales', user: 'ana' })
const said = (code: string, message: string) => Object.assign(new Error(message), { code, severity: 'FATAL' })

it.each([
  ['57P03', 'the database system is starting up', 'connection.starting'],
  ['57P03', 'the database system is in recovery mode', 'connection.starting'],
  ['57P01', 'terminating connection due to administrator command', 'connection.starting'],
  ['28P01', 'password authentication failed for user "ana"', 'connection.login'],
  ['3D000', 'database "sales" does not exist', 'connection.database'],
])('tells why a server lets nobody in: %s %s', (code, message, problem) => {
  expect(connectFault(said(code, message), settings).problem.code).toBe(problem)
})

it('tells a server without a free connection from a login that fails', () => {
  const { problem } = connectFault(said('53300', 'sorry, too many clients already'), settings)
  expect([problem.code, isPassing(problem)]).toEqual(['connection.busy', true])
})

it.each([
  ['40P01', 'deadlock detected', true],
  ['40001', 'could not serialize access due to concurrent update', true],
  ['55P03', 'canceling statement due to lock timeout', true],
  ['57P01', 'terminating connection due to administrator command', true],
  ['42P01', 'relation "t" does not exist', false],
  ['57014', 'canceling statement due to statement timeout', false],
])('knows whether what a database says passes: %s %s', (code, message, passes) => {
  expect(isPassing(databaseProblem(said(code, message), {}).problem)).toBe(passes)
})

it('takes what has nothing to do with the database for what it is', () => {
  const lost = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
  expect(databaseProblem(lost, {}).problem.code).toBe('connection.lost')
  expect(databaseProblem(new Error('Connection terminated unexpectedly'), {}).problem.code).toBe(
    'connection.lost',
  )
  const full = new Error('ENOSPC: no space left on device')
  expect(() => databaseProblem(full, {})).toThrow(full)
})
