import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, it } from 'vitest'
import { type ConversionOptions, convertText } from './conversion.ts'
import { sql } from './sql.ts'

type Query = (statement: string) => Promise<unknown[][]>
let query: Query

beforeAll(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  query = async (statement) => (await connection.run(statement)).getRowsJson()
})

async function convert(text: string | null, type: string, options?: ConversionOptions) {
  const { value, fails } = convertText(sql`t`, type, options)
  const [row] = await query(
    sql`SELECT CAST(${value} AS VARCHAR), ${fails} FROM (SELECT CAST(${text} AS VARCHAR) AS t)`.text,
  )
  return row?.[1] === true ? 'rejected' : row?.[0]
}

const us: ConversionOptions = { formats: ['%m/%d/%Y'] }

describe('convertText', () => {
  it.each<[string | null, string, string | null, ConversionOptions?]>([
    ['7', 'BIGINT', '7'],
    [' 7 ', 'BIGINT', '7'],
    ['-9007199254740993', 'BIGINT', '-9007199254740993'],
    ['', 'BIGINT', null],
    [null, 'BIGINT', null],
    ['12.7', 'BIGINT', 'rejected'],
    ['12.0', 'BIGINT', 'rejected'],
    ['1e5', 'BIGINT', 'rejected'],
    ['1_000', 'BIGINT', 'rejected'],
    ['99999999999999999999', 'BIGINT', 'rejected'],
    ['abc', 'BIGINT', 'rejected'],
    ['2026-01-31', 'DATE', '2026-01-31'],
    ['2026-01-31 00:00:00', 'DATE', '2026-01-31'],
    ['2026-01-31 10:11:12', 'DATE', 'rejected'],
    ['2026-01-31T00:00:59Z', 'DATE', 'rejected'],
    ['12.34', 'DECIMAL(18,2)', '12.34'],
    ['12.340', 'DECIMAL(18,2)', '12.34'],
    ['12.345', 'DECIMAL(18,2)', 'rejected'],
    ['1e3', 'DECIMAL(18,2)', 'rejected'],
    ['123456', 'DECIMAL(5,2)', 'rejected'],
    ['1.234,50', 'DECIMAL(18,2)', '1234.50', { decimalComma: true }],
    ['1.5e3', 'DOUBLE', '1500.0'],
    ['x', 'DOUBLE', 'rejected'],
    ['是', 'BOOLEAN', 'true'],
    ['No', 'BOOLEAN', 'false'],
    ['2', 'BOOLEAN', 'rejected'],
    ['2026-02-28', 'DATE', '2026-02-28'],
    ['2026-02-30', 'DATE', 'rejected'],
    ['2026/02/28', 'DATE', 'rejected'],
    ['03/04/2005', 'DATE', '2005-03-04', us],
    ['13/04/2005', 'DATE', 'rejected', us],
    ['2026-02-28 10:00:00', 'TIMESTAMP', '2026-02-28 10:00:00'],
    ['  ', 'DATE', null, us],
    ['{"a":1}', 'JSON', '{"a":1}'],
    ['{a', 'JSON', 'rejected'],
    ['00123', 'VARCHAR', '00123'],
  ])('%j as %s is %j', async (text, type, expected, options) => {
    expect(await convert(text, type, options)).toBe(expected)
  })
})
