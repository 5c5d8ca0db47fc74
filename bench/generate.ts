/** Deterministic CRM-like data of any size: `node bench/generate.ts --rows 1000 --out DIR [--seed 1]`. */

import { once } from 'node:events'
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'

/** Mulberry32: a small generator with a period long enough for any size asked of it. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const surnames = ['李', '王', '张', '刘', '陈', '欧阳', '诸葛']
const givenNames = ['雷', '梅', '建国', '思远', '静怡', '子轩', '雨桐']
const foreignNames = [
  'Zoë Müller',
  "Siobhán O'Neill",
  'José García',
  'Anaïs Lefèvre',
  'Bo Åkesson',
  'Ana, the 2nd',
  'Ulf "Uffe" Öst',
]
const sources = ['网络推广', '网络推广', '展会', '老客户介绍', 'referral', '电话营销']
const states = ['active', 'active', 'active', 'closed', 'Active ', '']
const departments = ['S1', 'S2', 'M1', 'F1', 'X9']
const notes = [
  '',
  'calls back, maybe',
  'said "later"',
  'two\nlines',
  '重要客户，尽快联系',
  '=SUM(A1)',
  '  spaces  ',
]
const currencies = ['CNY', 'USD', 'EUR', 'JPY']

type Pick = <T>(values: readonly T[]) => T

const csvCell = (text: string): string =>
  /[",\n\r]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text

const pad = (value: number, width: number): string => String(value).padStart(width, '0')

function customerRow(id: number, random: () => number, pick: Pick): string[] {
  const chinese = random() < 0.6
  const name = chinese ? pick(surnames) + pick(givenNames) : pick(foreignNames)
  const email =
    random() < 0.9
      ? `user${id}@example.${pick(['com', 'cn', 'org'])}`
      : pick(['', 'not an address', `user${id}@`, 'a b@example.com'])
  const phone =
    random() < 0.85
      ? `1${pick(['3', '5', '8'])}${pad(Math.floor(random() * 1e9), 9)}`
      : pick(['', '+49 30 901820', '021-12345678', '12'])
  const born = `${1950 + Math.floor(random() * 55)}-${pad(1 + Math.floor(random() * 12), 2)}-${pad(1 + Math.floor(random() * 28), 2)}`
  return [pad(id, 6), name, pick(sources), pick(states), email, phone, pick(departments), born, pick(notes)]
}

function orderRow(id: number, customers: number, random: () => number, pick: Pick): string[] {
  const [year, month, day] = [
    2024 + Math.floor(random() * 3),
    1 + Math.floor(random() * 12),
    1 + Math.floor(random() * 28),
  ]
  const date = pick([
    `${year}-${pad(month, 2)}-${pad(day, 2)}`,
    `${year}/${pad(month, 2)}/${pad(day, 2)}`,
    `${year}年${pad(month, 2)}月${pad(day, 2)}日`,
    random() < 0.08 ? `${year}-02-31` : `${year}-${pad(month, 2)}-${pad(day, 2)}`,
  ])
  const cents = Math.floor(random() * 5_000_000)
  const amount = `${Math.floor(cents / 100)}.${pad(cents % 100, 2)}`
  const shown = pick([amount, `¥${amount}`, random() < 0.05 ? 'to be agreed' : amount])
  const quantity = random() < 0.97 ? String(1 + Math.floor(random() * 40)) : pick(['1.5', 'ten', ''])
  const customer = pad(1 + Math.floor(random() * customers), 6)
  return [
    `SO-${pad(id, 7)}`,
    customer,
    date,
    shown,
    pick(currencies),
    quantity,
    String(Math.floor(random() * 20_000)),
  ]
}

async function writeTable(
  file: string,
  header: readonly string[],
  rows: Iterable<readonly string[]>,
): Promise<void> {
  const stream: WriteStream = createWriteStream(file)
  let block = `${header.join(',')}\n`
  for (const row of rows) {
    block += `${row.map(csvCell).join(',')}\n`
    if (block.length < 1 << 16) continue
    if (!stream.write(block)) await once(stream, 'drain')
    block = ''
  }
  stream.end(block)
  await once(stream, 'finish')
}

function* customersOf(rows: number, random: () => number, pick: Pick): Generator<string[]> {
  let previous: string[] | undefined
  for (let id = 1; id <= rows; id++) {
    // Every now and then a record comes twice, as exports do.
    if (previous && random() < 0.02) yield previous
    else {
      previous = customerRow(id, random, pick)
      yield previous
    }
  }
}

function* ordersOf(rows: number, random: () => number, pick: Pick): Generator<string[]> {
  for (let id = 1; id <= rows; id++) yield orderRow(id, rows, random, pick)
}

/** Writes `customers.csv`, `orders.csv` and `departments.csv`; the same seed gives the same bytes. */
export async function generate(rows: number, out: string, seed = 1): Promise<void> {
  mkdirSync(out, { recursive: true })
  const random = randomFrom(seed)
  const pick: Pick = (values) => {
    const value = values[Math.floor(random() * values.length)]
    if (value === undefined) throw new RangeError('nothing to pick from')
    return value
  }
  await writeTable(
    path.join(out, 'customers.csv'),
    ['customer_id', 'name', 'source', 'state', 'email', 'phone', 'department', 'born', 'note'],
    customersOf(rows, random, pick),
  )
  await writeTable(
    path.join(out, 'orders.csv'),
    ['order_no', 'customer_id', 'ordered_on', 'amount', 'currency', 'quantity', 'weight_g'],
    ordersOf(rows, random, pick),
  )
  await writeTable(
    path.join(out, 'departments.csv'),
    ['code', 'title', 'region'],
    [
      ['S1', 'Sales North', 'N'],
      ['S2', '销售二部', 'S'],
      ['M1', '市场部', 'E'],
      ['F1', 'Finance, central', 'W'],
    ],
  )
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { rows: { type: 'string' }, out: { type: 'string' }, seed: { type: 'string' } },
  })
  await generate(Number(values.rows ?? 1000), values.out ?? 'bench/data', Number(values.seed ?? 1))
}
