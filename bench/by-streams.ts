/** Filter and map as a plain script would do it: csv-parse, a function, csv-stringify. */
import { createReadStream, createWriteStream } from 'node:fs'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'
import { stringify } from 'csv-stringify'

const [folder = '.'] = process.argv.slice(2)
await pipeline(
  createReadStream(`${folder}/customers.csv`),
  parse({ columns: true }),
  new Transform({
    objectMode: true,
    transform(row: Record<string, string>, _, done) {
      const { customer_id, name = '', source, born = '', email, note } = row
      if (source !== '网络推广' || born < '1960-01-01') return done()
      done(null, {
        id: Number(customer_id),
        name: name.toUpperCase(),
        year: Number(born.slice(0, 4)),
        email,
        note,
      })
    },
  }),
  stringify({ header: true }),
  createWriteStream(`${folder}/streams.csv`),
)
