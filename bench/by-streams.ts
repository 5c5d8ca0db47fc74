/** The workloads as plain scripts would do them, `node bench/by-streams.ts FOLDER WORKLOAD`: csv-parse, objects, csv-stringify. */
import { createReadStream, createWriteStream } from 'node:fs'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'
import { stringify } from 'csv-stringify'

type Row = Record<string, string>

const [folder = '.', workload = ''] = process.argv.slice(2)
const rowsOf = (name: string) => createReadStream(`${folder}/${name}`).pipe(parse({ columns: true }))
const output = (name: string) => createWriteStream(`${folder}/${name}`)

/** Passes on what `change` makes of a row; nothing where it gives nothing. */
const each = (change: (row: Row) => object | undefined) =>
  new Transform({
    objectMode: true,
    transform(row: Row, _, done) {
      const changed = change(row)
      if (changed === undefined) done()
      else done(null, changed)
    },
  })

const scripts: Record<string, () => Promise<void>> = {
  'filter and map': () =>
    pipeline(
      rowsOf('customers.csv'),
      each(({ customer_id, name = '', source, born = '', email, note }) =>
        source === '网络推广' && born >= '1960-01-01'
          ? { id: Number(customer_id), name: name.toUpperCase(), year: Number(born.slice(0, 4)), email, note }
          : undefined,
      ),
      stringify({ header: true }),
      output('streams.csv'),
    ),

  'join and aggregate': async () => {
    const sources = new Map<number, string[]>()
    for await (const { customer_id, source } of rowsOf('customers.csv')) {
      const id = Number(customer_id)
      sources.set(id, [...(sources.get(id) ?? []), source])
    }
    const groups = new Map<string, { source: string; currency: string; orders: number; weight: number }>()
    for await (const { customer_id, currency, weight_g } of rowsOf('orders.csv'))
      for (const source of sources.get(Number(customer_id)) ?? []) {
        const key = `${source}\u0000${currency}`
        const group = groups.get(key) ?? { source, currency, orders: 0, weight: 0 }
        group.orders++
        group.weight += Number(weight_g)
        groups.set(key, group)
      }
    await pipeline(groups.values(), stringify({ header: true }), output('streams.csv'))
  },

  'validate, distinct and reject': async () => {
    const seen = new Set<number>()
    const email = /^[A-Za-z0-9._-]+@[A-Za-z0-9-]+[.][a-z]+$/
    const rejects = stringify({ header: true })
    const stored = pipeline(rejects, output('streams-rejects.csv'))
    let line = 1
    await pipeline(
      rowsOf('customers.csv'),
      each((row) => {
        line++
        if (!email.test(row['email'] ?? '')) {
          rejects.write({ line, reason: 'not an e-mail address', ...row })
          return undefined
        }
        const id = Number(row['customer_id'])
        if (seen.has(id)) return undefined
        seen.add(id)
        return row
      }),
      stringify({ header: true }),
      output('streams.csv'),
    )
    rejects.end()
    await stored
  },
}

const script = scripts[workload]
if (!script) throw new Error(`there is no script for ${workload}`)
await script()
