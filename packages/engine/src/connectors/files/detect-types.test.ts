import { afterAll, beforeAll, expect, it } from 'vitest'
import { EngineBench } from '../../testing/index.ts'
import { detectEncoding } from './byte-source.ts'

let bench: EngineBench
beforeAll(() => {
  bench = new EngineBench()
})
afterAll(() => bench.close())

/** Columns of all sorts, often enough that one statement over all of them took more memory than there is. */
const sorts: readonly (readonly [type: string, format: string, value: (row: number) => string])[] = [
  ['BIGINT', '', (row) => String(row - 5)],
  ['DOUBLE', '', (row) => `${row}.5`],
  ['DATE', '', (row) => `2026-03-${String((row % 28) + 1).padStart(2, '0')}`],
  ['DATE', '%Y年%m月%d日', (row) => `2026年3月${(row % 28) + 1}日`],
  ['TIMESTAMP', '%Y/%m/%d %H:%M', (row) => `2026/03/${(row % 28) + 1} 08:00`],
  ['BOOLEAN', '', (row) => (row % 2 === 0 ? 'true' : 'FALSE')],
  ['VARCHAR', '', (row) => (row < 150 ? String(row) : 'unknown')],
  ['BIGINT', '', (row) => (row < 150 ? '' : String(row))],
  ['VARCHAR', '', (row) => String(row).padStart(5, '0')],
  ['VARCHAR', '', () => ''],
]

it('tells the types of many columns from all of their rows', async () => {
  const columns = Array.from({ length: 200 }, (_, place) => sorts[place % sorts.length])
  const lines = Array.from({ length: 200 }, (_, row) => columns.map((sort) => sort?.[2](row)).join(','))
  bench.write('wide.csv', `${columns.map((_, place) => `c${place}`).join(',')}\n${lines.join('\n')}\n`)
  const { evidence, sampled } = await bench.engine.detect('csv.source', { path: 'wide.csv' })
  expect(sampled).toBe(200)
  expect(evidence.map(({ type, format }) => [type, format])).toEqual(
    columns.map((sort) => [sort?.[0], sort?.[1]]),
  )
  expect(evidence[7]?.samples).toHaveLength(3)
  expect(evidence[8]?.reason?.en).toBe('leading zeros would be lost')
}, 60_000)

it('tells Latin-1 from GB18030 where both can be read', () => {
  expect(detectEncoding(Buffer.from('Kunde;Straße\nMüller;Hauptstraße 1\n', 'latin1'))).toBe('latin1')
  // 姓名,城市
  expect(detectEncoding(Buffer.from([0xd0, 0xd5, 0xc3, 0xfb, 0x2c, 0xb3, 0xc7, 0xca, 0xd0]))).toBe('gb18030')
})
