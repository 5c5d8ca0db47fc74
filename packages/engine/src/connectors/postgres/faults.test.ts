import { expect, it } from 'vitest'
import { connectFault } from './faults.ts'
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
