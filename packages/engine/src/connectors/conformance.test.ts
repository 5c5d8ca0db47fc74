import { readdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gzipSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { EngineBench, flowOf } from '../testing/index.ts'
import { connectors } from './index.ts'

let bench: EngineBench
beforeAll(() => {
  bench = new EngineBench({ inputLimit: 8 * 2 ** 20 })
})
afterAll(() => bench.close())

const column = (name: string, type = 'VARCHAR', format = '') => ({ name, type, format })

/** Reads `from` with a connector and writes it to `out.csv`. */
const toCsv = (kind: string, settings: Record<string, unknown>) =>
  flowOf(
    [
      { id: 'in', kind, settings },
      { id: 'out', kind: 'csv.target', settings: { path: 'out.csv', guardFormulas: false } },
    ],
    ['in -> out'],
  )

const hostile = `id,quo""te,"a b",😀,中文,constructor,__proto__,select,${'x'.repeat(200)}\n`.replace(
  'quo""te',
  '"quo""te"',
)
const table = `${hostile}9007199254740993,"multi\nline",'x',😀,李雷,00123,1e5,=SUM(A1),"comma, quote """\n2,"","",,null,NULL,\\N,𝄞,é\n`

/** Those of databases are tested against their servers, in their own folders. */
const fileConnectors = connectors.filter(({ extensions }) => extensions.length > 0).map(({ name }) => name)

describe('every connector', () => {
  it('is registered', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && !['databases', 'files'].includes(entry.name),
    )
    expect(connectors.map(({ name }) => name).sort()).toEqual(folders.map(({ name }) => name).sort())
  })

  it.each(fileConnectors)('%s gives back what it was given', async (name) => {
    bench.write('table.csv', table)
    const copy = `copy.${name}`
    const extra = name === 'sqlite' ? { table: 'rows' } : {}
    const there = await bench.run(
      flowOf(
        [
          { id: 'in', kind: 'csv.source', settings: { path: 'table.csv' } },
          { id: 'typed', kind: 'convert', settings: { columns: [{ column: 'id', type: 'BIGINT' }] } },
          {
            id: 'out',
            kind: `${name}.target`,
            settings: { path: copy, guardFormulas: undefined, ...extra },
          },
        ],
        ['in -> typed', 'typed -> out'],
      ),
    )
    expect(there.problems).toEqual([])
    expect(there).toMatchObject({ status: 'succeeded', balanced: true })
    const back = await bench.run(toCsv(`${name}.source`, { path: copy, ...extra }))
    expect(back.problems).toEqual([])
    expect(back).toMatchObject({ status: 'succeeded', balanced: true, rejected: 0 })
    const original = await bench.run(toCsv('csv.source', { path: 'table.csv' }))
    expect(original.status).toBe('succeeded')
    const expected = bench.text('out.csv')
    await bench.run(toCsv(`${name}.source`, { path: copy, ...extra }))
    // CSV cannot tell an empty text from a missing one; what it writes for the two is the same here.
    const plain = (text: string) => text.replaceAll('""', '').replaceAll("'=SUM", '=SUM')
    expect(plain(bench.text('out.csv'))).toBe(plain(expected))
  })

  it.each(fileConnectors)('%s says that a file is missing', async (name) => {
    const result = await bench.run(toCsv(`${name}.source`, { path: 'gone.bin' }))
    expect(result.status).toBe('failed')
    expect(result.problems[0]).toMatchObject({
      code: 'file.missing',
      location: { nodeId: 'in', field: 'path' },
    })
  })

  it.each(fileConnectors)('%s leaves the old file whole when a later node fails', async (name) => {
    bench.write('table.csv', table)
    bench.write('old.bin', 'old')
    const result = await bench.run(
      flowOf(
        [
          { id: 'in', kind: 'csv.source', settings: { path: 'table.csv' } },
          {
            id: 'bad',
            kind: 'map',
            settings: { columns: [{ name: 'n', expression: 'CAST(中文 AS INTEGER)' }] },
          },
          {
            id: 'out',
            kind: `${name}.target`,
            settings: { path: 'old.bin', ...(name === 'sqlite' && { table: 't' }) },
          },
        ],
        ['in -> bad', 'bad -> out'],
      ),
    )
    expect(result.status).toBe('failed')
    expect(bench.text('old.bin')).toBe('old')
    expect(bench.names().filter((file) => file.startsWith('.'))).toEqual([])
  })

  it.each(['csv', 'excel', 'json', 'parquet', 'sqlite', 'xml'])(
    '%s explains a file of the wrong kind',
    async (name) => {
      bench.write('wrong.bin', Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(200, 7)]))
      const result = await bench.run(toCsv(`${name}.source`, { path: 'wrong.bin' }))
      expect(result.status).toBe('failed')
      expect(result.problems[0]).toMatchObject({ code: 'file.unreadable', location: { nodeId: 'in' } })
    },
  )
})

describe('csv', () => {
  beforeEach(() => bench.write('out.csv', ''))

  it.each(['gb18030', 'utf-16le', 'utf-16be', 'utf-8'])('reads %s, found by itself', async (encoding) => {
    const text = '姓名,城市\n李雷,北京\n王梅,上海,\n'.replace('上海,', '上海')
    bench.write('text.csv', iconv.encode(text, encoding, { addBOM: encoding !== 'gb18030' }))
    const result = await bench.run(toCsv('csv.source', { path: 'text.csv' }))
    expect(result).toMatchObject({ status: 'succeeded', rejected: 0 })
    expect(bench.text('out.csv')).toBe(text)
  })

  it('rejects malformed lines with their place, and shifts nothing', async () => {
    bench.write('bad.csv', 'a,b\n1,2\n"x\ny",3\n4\n5,6,7\n\n8,9\n')
    const result = await bench.run(toCsv('csv.source', { path: 'bad.csv' }))
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 2 })
    expect((await bench.rejects()).map(({ line, row }) => [line, row])).toEqual([
      [5, '4'],
      [6, '5,6,7'],
    ])
    expect(bench.text('out.csv')).toBe('a,b\n1,2\n"x\ny",3\n8,9\n')
  })

  it.each([
    ['an empty file', '', 'file.empty'],
    ['a cut-off archive', gzipSync('a,b\n1,2\n'.repeat(5000)).subarray(0, 60), 'file.unreadable'],
    ['an archive that unpacks to too much', gzipSync(Buffer.alloc(30 * 2 ** 20, 'a')), 'file.tooLarge'],
  ])('explains %s', async (_, content, code) => {
    bench.write('bad.csv', content)
    const result = await bench.run(toCsv('csv.source', { path: 'bad.csv' }))
    expect(result.status).toBe('failed')
    expect(result.problems[0]?.code).toBe(code)
  })

  it('reads a header without rows, and header names that repeat', async () => {
    bench.write('head.csv', 'a,A,,a\n')
    const result = await bench.run(toCsv('csv.source', { path: 'head.csv' }))
    expect(result).toMatchObject({ status: 'succeeded', rejected: 0 })
    expect(bench.text('out.csv')).toBe('a,A_2,column_3,a_3\n')
  })

  it('reads several files by a pattern, with the name of each', async () => {
    bench.write('part-1.csv', 'a\n1\n')
    bench.write('part-2.csv', 'a\n2\n')
    const result = await bench.run(toCsv('csv.source', { path: 'part-*.csv', fileColumn: 'file' }))
    expect(result.status).toBe('succeeded')
    expect(bench.text('out.csv')).toBe('a,file\n1,part-1.csv\n2,part-2.csv\n')
  })

  it('takes codes for codes and dates only when there is one way to read them', async () => {
    bench.write(
      'types.csv',
      'n,zero,long,phone,exp,day,both,price\n1,007,12345678901234567,13912345678,1e5,31/12/2025,03/04/2005,1.5\n2,008,12345678901234568,13812345678,2e5,01/12/2025,05/06/2005,2\n',
    )
    const { settings, evidence } = await bench.engine.detect('csv.source', { path: 'types.csv' })
    const types = Object.fromEntries(
      evidence.map(({ name, type, format }) => [name, `${type} ${format}`.trim()]),
    )
    expect(types).toEqual({
      n: 'BIGINT',
      zero: 'VARCHAR',
      long: 'VARCHAR',
      phone: 'VARCHAR',
      exp: 'VARCHAR',
      day: 'DATE %d/%m/%Y',
      both: 'VARCHAR',
      price: 'DOUBLE',
    })
    expect(evidence.find(({ name }) => name === 'both')?.reason?.en).toContain('day/month')
    expect(settings['columns']).toHaveLength(8)
  })

  it('reads ten thousand columns, or says that memory does not do', async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `c${index}`)
    bench.write('wide.csv', `${names.join(',')}\n${names.map(() => '1').join(',')}\n`)
    const result = await bench.run(toCsv('csv.source', { path: 'wide.csv' }))
    if (result.status === 'succeeded')
      expect(bench.text('out.csv').split('\n')[0]?.split(',')).toHaveLength(10_000)
    else expect(result.problems[0]).toMatchObject({ code: 'run.memory', location: { nodeId: 'out' } })
  }, 60_000)

  it('says of bytes that are not of the encoding, in which line', async () => {
    const bytes = Buffer.concat([iconv.encode('名\n好\n', 'gb18030'), Buffer.from([0xff, 0xff, 0x0a])])
    bench.write('broken.csv', bytes)
    const result = await bench.run(toCsv('csv.source', { path: 'broken.csv', encoding: 'gb18030' }))
    expect(result).toMatchObject({ status: 'succeeded', rejected: 1 })
    expect(await bench.rejects()).toMatchObject([{ line: 3, rule: 'encoding' }])
  })

  it('rejects every row of a file that is read in an encoding none of them is in, and the books balance', async () => {
    bench.write('gbk.csv', iconv.encode('id,n\n1,张三\n2,李四\n', 'gb18030'))
    const columns = [column('id', 'BIGINT'), column('n')]
    const result = await bench.run(toCsv('csv.source', { path: 'gbk.csv', encoding: 'utf-8', columns }))
    expect(result.problems).toEqual([])
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 2 })
    expect(bench.text('out.csv')).toBe('id,n\n')
  })

  it.each([8, 100])(
    'sets a cell of %i MB aside, or says why not',
    async (megabytes) => {
      bench.write('huge.csv', `a,b\n1,${'x'.repeat(megabytes * 2 ** 20)}\n2,3\n`)
      const result = await bench.run(toCsv('csv.source', { path: 'huge.csv' }))
      expect(result.status === 'failed' || result.rejected > 0).toBe(true)
    },
    60_000,
  )
})

describe('json', () => {
  it('reads lines, and rejects those that are no objects with their place', async () => {
    bench.write('rows.ndjson', '{"a":1,"b":{"c":[1]}}\nnot json\n[1]\n{"a":2,"b":null,"d/e":"x"}\n')
    const result = await bench.run(toCsv('json.source', { path: 'rows.ndjson' }))
    expect(result.problems).toEqual([])
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 2 })
    expect(bench.text('out.csv')).toBe('a,b,d/e\n1,"{""c"":[1]}",\n2,,x\n')
    expect((await bench.rejects()).map(({ line }) => line)).toEqual([2, 3])
  })

  it('reads a list inside a document', async () => {
    bench.write('doc.json', '{"data":{"items":[{"id":"007"},{"id":"8"}]}}')
    const result = await bench.run(toCsv('json.source', { path: 'doc.json', itemsPath: 'data.items' }))
    expect(result.problems).toEqual([])
    expect(bench.text('out.csv')).toBe('id\n007\n8\n')
  })

  it('refuses a document of 100,000 levels, and the engine lives on', async () => {
    bench.write('deep.json', `${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    const result = await bench.run(toCsv('json.source', { path: 'deep.json' }))
    expect(result.problems[0]).toMatchObject({ code: 'file.unreadable', location: { nodeId: 'in' } })
  })
})

describe('sqlite', () => {
  it('appends, replaces, and inserts or updates by key', async () => {
    const write = async (text: string, settings: Record<string, unknown>) => {
      bench.write('rows.csv', text)
      const flow = flowOf(
        [
          {
            id: 'in',
            kind: 'csv.source',
            settings: { path: 'rows.csv', columns: [column('id', 'BIGINT'), column('name')] },
          },
          {
            id: 'out',
            kind: 'sqlite.target',
            settings: { path: 'shop.db', table: 'customers', ...settings },
          },
        ],
        ['in -> out'],
      )
      expect((await bench.run(flow)).problems).toEqual([])
    }
    const rows = () => {
      const database = new DatabaseSync(path.join(bench.files, 'shop.db'))
      const found = database.prepare('SELECT id, name FROM customers ORDER BY id, name').all()
      database.close()
      return found.map((row) => `${row['id']} ${row['name']}`)
    }
    await write('id,name\n1,Ana\n2,李雷\n', { mode: 'replace' })
    await write('id,name\n2,Lei\n3,Bo\n', { mode: 'upsert', keys: ['id'] })
    expect(rows()).toEqual(['1 Ana', '2 Lei', '3 Bo'])
    await write('id,name\n4,Cy\n', { mode: 'append' })
    expect(rows()).toEqual(['1 Ana', '2 Lei', '3 Bo', '4 Cy'])
    await write('id,name\n9,Zoë\n', { mode: 'replace' })
    expect(rows()).toEqual(['9 Zoë'])
  })
})
