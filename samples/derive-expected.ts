/**
 * Works out what the template flows must write, row by row in plain JavaScript and without the
 * engine, so that the two can be compared: `node samples/derive-expected.ts` writes `expected/`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

type Row = Readonly<Record<string, string>>

/** RFC 4180, for the small files here. */
function parse(text: string): Row[] {
  const records: string[][] = [[]]
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/g)) {
    const [, quoted, plain = '', end] = match
    records.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === '\n') records.push([])
    if (end === '') break
  }
  const [header = [], ...rows] = records.filter((record) => record.length > 1)
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ''])))
}

const read = (name: string): Row[] => parse(readFileSync(path.join(import.meta.dirname, name), 'utf8'))

/** What CSV needs quoted: delimiters, quotes, breaks; as DuckDB writes it. */
const cell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('')

const get = (row: Row, name: string): string => row[name] ?? ''

export function expectedOutputs(): Map<string, string> {
  const customers = read('customers.csv')
  const orders = read('orders.csv')
  const departments = new Map(read('departments.csv').map((row) => [get(row, 'code'), row]))

  const oa = customers
    .filter((row) => get(row, 'state').trim().toLowerCase() === 'active')
    .map((row) => [
      get(row, 'customer_id'),
      get(row, 'name').trim(),
      get(row, 'source'),
      get(row, 'email'),
      get(row, 'born').replaceAll('-', '/'),
    ])

  const seen = new Set<string>()
  const hr = customers.flatMap((row) => {
    const id = get(row, 'customer_id')
    const department = departments.get(get(row, 'department'))
    if (seen.has(id)) return []
    seen.add(id)
    return department
      ? [
          [
            String(Number(id)),
            get(row, 'name'),
            get(department, 'title'),
            get(department, 'region'),
            get(row, 'born').slice(0, 4),
          ],
        ]
      : []
  })

  const online = customers
    .filter((row) => get(row, 'source') === '网络推广' && get(row, 'state') === 'active')
    .sort((a, b) => get(a, 'customer_id').localeCompare(get(b, 'customer_id')))
    .map((row) => [get(row, 'customer_id'), get(row, 'name'), get(row, 'email'), get(row, 'phone')])

  const erp = orders.flatMap((row) => {
    const date = get(row, 'ordered_on')
      .replace(/[/年月]/g, '-')
      .replace('日', '')
    const isDate = new Date(`${date}T00:00:00Z`).toISOString().slice(0, 10) === date
    const amount = get(row, 'amount').replace(/[¥,]/g, '')
    const fits = isDate && /^\d+\.\d\d$/.test(amount) && /^\d+$/.test(get(row, 'quantity'))
    // In whole cents and thousandths, so that no binary fraction decides a rounding.
    const rate = { USD: 7100, EUR: 7700, JPY: 48 }[get(row, 'currency')] ?? 1000
    const cents = Math.round((Number(amount.replace('.', '')) * rate) / 1000)
    const grams = get(row, 'weight_g').padStart(4, '0')
    const kilograms = `${grams.slice(0, -3)}.${grams.slice(-3)}`
    return fits
      ? [
          [
            get(row, 'order_no'),
            get(row, 'customer_id'),
            date,
            (cents / 100).toFixed(2),
            get(row, 'quantity'),
            kilograms,
          ],
        ]
      : []
  })

  return new Map([
    ['oa-customers.csv', table(['编号', '姓名', '来源', '邮箱', '出生日期'], oa)],
    [
      'erp-orders.csv',
      table(['order_no', 'customer_id', 'ordered_on', 'amount_cny', 'quantity', 'weight_kg'], erp),
    ],
    ['hr-customers.csv', table(['person_no', 'full_name', 'department', 'region', 'birth_year'], hr)],
    ['hr-online-customers.csv', table(['id', 'name', 'email', 'phone'], online)],
  ])
}

if (import.meta.main) {
  const folder = path.join(import.meta.dirname, 'expected')
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of expectedOutputs()) writeFileSync(path.join(folder, name), text)
}
