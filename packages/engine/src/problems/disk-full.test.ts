import { expect, it } from 'vitest'
import { isDiskFull } from './disk-full.ts'

const duckdb = (text: string) =>
  new Error(JSON.stringify({ exception_type: 'IO', exception_message: text, position: '1' }))
const withCode = (message: string, more: object) => Object.assign(new Error(message), more)

it.each([
  withCode('write', { code: 'ENOSPC' }),
  withCode('write', { code: 'EDQUOT' }),
  new Error('ENOSPC: no space left on device, write'),
  withCode('database or disk is full', { code: 'ERR_SQLITE_ERROR', errcode: 13 }),
  withCode('disk I/O error', { code: 'ERR_SQLITE_ERROR', errcode: 4874 }),
  duckdb('Could not write file "/runs/1/kept.duckdb": No space left on device'),
  duckdb('failed to offload data block of size 256.0 KiB (8.0 MiB/8.0 MiB used).\nThis limit was set by …'),
  new Error('IO Error: Could not write file "x": No space left on device\n\nINSERT INTO t'),
  new Error('it could not be read', { cause: withCode('write', { code: 'ENOSPC' }) }),
])('a full disk is told by %s', (error) => {
  expect(isDiskFull(error)).toBe(true)
})

it.each([
  duckdb("Could not convert string 'No space left on device' to INT32"),
  withCode('could not extend file "base/1/2": No space left on device', { code: '53100', severity: 'ERROR' }),
  withCode('The table is full', { errno: 1114, sqlState: 'HY000' }),
  withCode('disk I/O error', { errcode: 10 }),
  new Error('no such table: database or disk is full'),
  undefined,
])('%s is something else', (error) => {
  expect(isDiskFull(error)).toBe(false)
})
