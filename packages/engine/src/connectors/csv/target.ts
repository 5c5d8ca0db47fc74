import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import iconv from 'iconv-lite'
import { kindOf } from '../../model/column.ts'
import type { TargetRuntime } from '../../spec/index.ts'
import { identifier, join, sql } from '../../sql/index.ts'
import { fileCommit, openFileTarget } from '../files/file-target.ts'
import type { CsvTargetSettings, csv } from './spec.ts'

/**
 * The beginning of a text that spreadsheets would take for a formula. Numbers are none: a text such as
 * -12.5 or +86 138 stays as it is. One expression, since each would need memory of its own for every
 * column, and files with thousands of columns exist.
 */
const formula = String.raw`^([=@\t\r]|[-+][-+0-9 ().,/]*[^-+0-9 ().,/])`
const guarded = String.raw`'\0`

export const csvTarget: TargetRuntime<typeof csv.target.settings> = {
  open: (context, settings) =>
    openFileTarget(context, settings.path, async (file, { relation, columns }) => {
      const list = columns.map(({ name, type }) => {
        const cell = identifier(name)
        if (!settings.guardFormulas || kindOf(type) !== 'text') return cell
        return sql`regexp_replace(${cell}, ${formula}, ${guarded}) AS ${cell}`
      })
      const rows = await context.execute(
        sql`COPY (SELECT ${join(list)} FROM ${relation}) TO ${file} (FORMAT csv, HEADER ${settings.header}, DELIMITER ${settings.delimiter})`,
      )
      await encode(file, settings, context.signal)
      return rows
    }),
  ...fileCommit,
}

/** DuckDB writes UTF-8; everything else is one more streaming pass. */
async function encode(
  file: string,
  { encoding, gzip }: CsvTargetSettings,
  signal: AbortSignal,
): Promise<void> {
  if (encoding === 'utf-8' && !gzip) return
  const encoded = `${file}.encoded`
  const output = createWriteStream(encoded)
  const input = createReadStream(file, { encoding: 'utf8', signal })
  const converted = toEncoding(encoding)
  if (gzip) await pipeline(input, converted, createGzip(), output)
  else await pipeline(input, converted, output)
  await rm(file)
  await rename(encoded, file)
}

function toEncoding(encoding: CsvTargetSettings['encoding']): Transform {
  const name = encoding === 'utf-8-bom' ? 'utf8' : encoding
  const addBOM = encoding === 'utf-8-bom' || encoding === 'utf-16le'
  const encoder = iconv.getEncoder(name, { addBOM })
  return new Transform({
    decodeStrings: false,
    transform(chunk: string, _, done) {
      done(null, encoder.write(chunk))
    },
    flush(done) {
      done(null, encoder.end())
    },
  })
}
