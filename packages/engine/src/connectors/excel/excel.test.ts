import { readFileSync } from 'node:fs'
import path from 'node:path'
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EngineBench, flowOf } from '../../testing/index.ts'
import { meaningOf } from './number-formats.ts'

let bench: EngineBench
beforeAll(() => {
  bench = new EngineBench({ inputLimit: 8 * 2 ** 20 })
  // Made by openpyxl 3.1. orders: a hidden sheet, then 订单 with a merged title in B2, names in row 4
  // (two alike, one missing), dates in Chinese, custom and built-in formats, rich text. from-1904: the
  // Macintosh calendar. errors: #N/A in row 3, #REF! in row 4, a formula without a result in row 5.
  for (const name of ['orders.xlsx', 'from-1904.xlsx', 'errors.xlsx'])
    bench.write(name, readFileSync(path.join(import.meta.dirname, 'fixtures', name)))
})
afterAll(() => bench.close())

const read = (settings: Record<string, unknown>) =>
  bench.run(
    flowOf(
      [
        { id: 'in', kind: 'excel.source', settings },
        { id: 'out', kind: 'csv.target', settings: { path: 'out.csv', guardFormulas: false } },
      ],
      ['in -> out'],
    ),
  )

const xmlns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** A workbook with this XML as the rows of its sheet. */
function workbook(rows: string, parts: Record<string, string> = {}): Uint8Array {
  const relation = (id: string, kind: string, target: string) =>
    `<Relationship Id="${id}" Type="${office}/${kind}" Target="${target}"/>`
  const all: Record<string, string> = {
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': `<Relationships>${relation('a', 'officeDocument', '/xl/workbook.xml')}</Relationships>`,
    'xl/workbook.xml': `<workbook ${xmlns} xmlns:r="${office}"><sheets><sheet name="One" sheetId="1" r:id="s"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${relation('s', 'worksheet', 'worksheets/sheet1.xml')}${relation('t', 'sharedStrings', 'sharedStrings.xml')}${relation('y', 'styles', 'styles.xml')}</Relationships>`,
    'xl/worksheets/sheet1.xml': `<worksheet ${xmlns}><sheetData>${rows}</sheetData></worksheet>`,
    ...parts,
  }
  return zipSync(Object.fromEntries(Object.entries(all).map(([name, xml]) => [name, strToU8(xml)])))
}

const text = (content: string) => `<c t="inlineStr"><is><t>${content}</t></is></c>`

describe('excel source', () => {
  it('reads a real sheet: dates, times, numbers, codes, names', async () => {
    const settings = { path: 'orders.xlsx', headerRow: 3 }
    const result = await read(settings)
    expect(result.problems).toEqual([])
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 0 })
    expect(bench.text('out.csv')).toBe(
      [
        'Order,Order_2,column_3,日期,when,at,amount,paid,id,constructor',
        '007,1,x,2024-02-29,2024-01-02 03:04:05,06:30:00,1.5,true,1234567890123456,__proto__',
        '010,2,,1900-01-01,2024-12-31 23:59:59.25,23:59:59,0.3,false,2,"a\nb  😀"',
        'é 李雷,3,"=SUM(1,2)",9999-12-31,1999-01-01 00:00:00,00:00:00,-1e-07,true,3,rich text',
        '',
      ].join('\n'),
    )
    const { evidence } = await bench.engine.detect('excel.source', settings)
    expect(evidence.map(({ type }) => type)).toEqual([
      'VARCHAR',
      'BIGINT',
      'VARCHAR',
      'DATE',
      'TIMESTAMP',
      'TIME',
      'DOUBLE',
      'BOOLEAN',
      'BIGINT',
      'VARCHAR',
    ])
    expect(evidence[2]).toMatchObject({ examined: 2, missing: 1 })
  })

  it('finds the names below a title, unless it is told where they are', async () => {
    const found = async (settings: Record<string, unknown>) =>
      (await bench.engine.detect('excel.source', settings)).settings['headerRow']
    expect(await found({ path: 'orders.xlsx' })).toBe(3)
    expect(await found({ path: 'orders.xlsx', range: 'A1:Z90' })).toBe(4)
    expect(await found({ path: 'orders.xlsx', headerRow: 1 })).toBe(1)
    expect(await found({ path: 'errors.xlsx' })).toBe(1)
    const line = (...cells: string[]) => `<row>${cells.map(text).join('')}</row>`
    // A single column, and names that are few: what is on top stays the name.
    bench.write('narrow.xlsx', workbook(line('name') + line('Bo') + line('Al')))
    expect(await found({ path: 'narrow.xlsx' })).toBe(1)
  })

  it('reads a range, without names, in the calendar from 1904', async () => {
    await read({ path: 'orders.xlsx', sheet: '订单', range: 'c6:d7', headerRow: 0 })
    expect(bench.text('out.csv')).toBe('column_1,column_2\n2,\n3,"=SUM(1,2)"\n')
    await read({ path: 'from-1904.xlsx' })
    expect(bench.text('out.csv')).toBe('day,n\n1904-01-01,1\n2024-02-29,2\n')
  })

  it('rejects errors and formulas without a result, each with its row', async () => {
    const result = await read({ path: 'errors.xlsx' })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 3 })
    expect(bench.text('out.csv')).toBe('k,v,note\n1,10,n1\n5,50,n5\n')
    const rejects = await bench.rejects()
    expect(rejects).toMatchObject([
      { line: 3, column: 'v', value: '#N/A', rule: 'error' },
      { line: 4, column: 'v', value: '#REF!', rule: 'error' },
      { line: 5, column: 'v', rule: 'error' },
    ])
    // Columns that are not read reject nothing.
    const some = await read({ path: 'errors.xlsx', columns: [{ name: 'k', type: 'BIGINT', format: '' }] })
    expect(some).toMatchObject({ status: 'succeeded', rejected: 0 })
  })

  it('rejects what does not fit the columns as they were set', async () => {
    bench.write(
      'fixed.xlsx',
      workbook(`<row>${text('a')}</row><row><c><v>1</v></c></row><row><c><v>1.5</v></c></row>`),
    )
    const result = await read({ path: 'fixed.xlsx', columns: [{ name: 'a', type: 'BIGINT', format: '' }] })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1 })
    expect(await bench.rejects()).toMatchObject([{ line: 3, column: 'a', value: '1.5' }])
  })

  it('reads cells without references, shared and escaped texts, phonetics, formats of other writers', async () => {
    const strings = `<sst ${xmlns}><si><r><t>東</t></r><r><t xml:space="preserve"> 京</t></r><rPh sb="0" eb="1"><t>トウキョウ</t></rPh></si><si><t>a_x0009_b_x005F_x0041_</t></si></sst>`
    const formats = [
      '[h]:mm',
      '[Red]#,##0.00;(0.0E+00)',
      'yyyy&quot;年&quot;m&quot;月&quot;',
      '0.0 &quot;days&quot;',
    ]
    const styles = `<styleSheet ${xmlns}><numFmts>${formats.map((code, at) => `<numFmt numFmtId="${170 + at}" formatCode="${code}"/>`).join('')}</numFmts><cellXfs>${[0, 170, 171, 172, 173, 34, 46].map((id) => `<xf numFmtId="${id}"/>`).join('')}</cellXfs></styleSheet>`
    const cells = [
      '<c t="s"><v>0</v></c>',
      '<c t="s"><v>1</v></c>',
      '<c s="1"><v>1.5</v></c>',
      '<c s="2"><v>45000</v></c>',
      '<c s="3"><v>45000</v></c>',
      '<c s="4"><v>3</v></c>',
      '<c s="5"><v>0.5</v></c>',
      '<c><v>1.2345678901234501E+19</v></c>',
      '<c><v>9007199254740993</v></c>',
      '<c t="str"><f>""</f><v></v></c>',
      '<c t="d"><v>2024-05-06T07:08:09</v></c>',
      '<c r="P3"><v>1E-9</v></c>',
    ]
    const rows = `<row r="3">${cells.join('')}</row>`
    bench.write('odd.xlsx', workbook(rows, { 'xl/sharedStrings.xml': strings, 'xl/styles.xml': styles }))
    const result = await read({ path: 'odd.xlsx', headerRow: 0 })
    expect(result).toMatchObject({ status: 'succeeded', rejected: 0 })
    expect(bench.text('out.csv').split('\n')[1]).toBe(
      '東 京,a\tb_x0041_,36:00:00,45000,2023-03-15,3,12:00:00,1.2345678901234502e+19,9007199254740993,"",2024-05-06 07:08:09,,,,,1e-09',
    )
  })

  it('follows a sheet that gets wider', async () => {
    const row = (line: number, width: number) => `<row r="${line}">${'<c><v>1</v></c>'.repeat(width)}</row>`
    bench.write(
      'stairs.xlsx',
      workbook(`<row>${text('a')}</row>${[1, 3, 2, 9, 40].map((width, at) => row(at + 5, width)).join('')}`),
    )
    const result = await read({ path: 'stairs.xlsx' })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 0 })
    const lines = bench.text('out.csv').trimEnd().split('\n')
    expect(lines.map((line) => line.replace(/,+$/, '').split(',').length)).toEqual([40, 1, 3, 2, 9, 40])
    expect(lines[0]).toContain('a,column_2,column_3')
  })

  it('reads several files, and says which has other columns', async () => {
    bench.write(
      'part-1.xlsx',
      workbook(`<row>${text('a')}${text('b')}</row><row><c><v>1</v></c><c><v>2</v></c></row>`),
    )
    bench.write(
      'part-2.xlsx',
      workbook(`<row>${text('b')}${text('a')}</row><row><c><v>2</v></c><c><v>1.5</v></c></row>`),
    )
    const result = await read({ path: 'part-*.xlsx', fileColumn: 'file' })
    expect(result).toMatchObject({ status: 'succeeded', rejected: 0 })
    expect(bench.text('out.csv')).toBe('a,b,file\n1.0,2,part-1.xlsx\n1.5,2,part-2.xlsx\n')
    bench.write('part-3.xlsx', workbook(`<row>${text('a')}${text('c')}</row>`))
    const other = await read({ path: 'part-*.xlsx' })
    expect(other.problems[0]?.message.en).toMatch(/part-3\.xlsx.*Missing: b\. Besides: c\./)
  })
})

describe('number formats', () => {
  it.each([
    ['General', 'number'],
    ['0.00E+00', 'number'],
    ['#,##0.00;[Red]-#,##0.00', 'number'],
    ['0 "days"', 'number'],
    ['0\\ \\d', 'number'],
    ['@', 'number'],
    ['[$€-2] #,##0', 'number'],
    ['m/d/yyyy', 'date'],
    ['[$-804]yyyy"年"m"月"d"日";@', 'date'],
    ['[DBNum1]yyyy"年"m"月"', 'date'],
    ['mmm-yy', 'date'],
    ['ggge"年"', 'date'],
    ['aaaa', 'date'],
    ['yyyy-mm-dd hh:mm:ss.000', 'datetime'],
    ['d.m.yy h:mm AM/PM', 'datetime'],
    ['上午/下午h"时"mm"分"', 'time'],
    ['mm:ss.0', 'time'],
    ['[h]:mm:ss', 'elapsed'],
    ['[Blue][mm]:ss', 'elapsed'],
  ])('%s is a %s', (code, meaning) => {
    expect(meaningOf(code)).toBe(meaning)
  })

  it('rejects numbers that stand for no date, and keeps a header without rows', async () => {
    const styles = `<styleSheet ${xmlns}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="31"/></cellXfs></styleSheet>`
    const rows = [59, 60, 61, -1, 2_958_466].map(
      (serial, at) => `<row><c s="${(at % 2) + 1}"><v>${serial}</v></c></row>`,
    )
    bench.write('days.xlsx', workbook(rows.join(''), { 'xl/styles.xml': styles }))
    const result = await read({ path: 'days.xlsx', headerRow: 0 })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 3 })
    expect(bench.text('out.csv')).toBe('column_1\n1900-02-28\n1900-03-01\n')
    expect((await bench.rejects()).map(({ line, value }) => [line, value])).toEqual([
      [2, '60'],
      [4, '-1'],
      [5, '2958466'],
    ])
    bench.write('head.xlsx', workbook(`<row>${text('a')}${text('A')}<c/>${text(' a ')}</row>`))
    await read({ path: 'head.xlsx' })
    expect(bench.text('out.csv')).toBe('a,A_2,column_3,a_3\n')
  })
})

describe('excel target', () => {
  const write = (
    input: string,
    columns: readonly [string, string][],
    settings: Record<string, unknown> = {},
  ) => {
    bench.write('in.csv', input)
    const list = columns.map(([name, type]) => ({ name, type, format: '' }))
    return bench.run(
      flowOf(
        [
          { id: 'in', kind: 'csv.source', settings: { path: 'in.csv', columns: list } },
          { id: 'out', kind: 'excel.target', settings: { path: 'out.xlsx', ...settings } },
        ],
        ['in -> out'],
      ),
    )
  }
  const sheetOf = (name: string) => {
    const parts = unzipSync(readFileSync(path.join(bench.files, name)))
    return strFromU8(parts['xl/worksheets/sheet1.xml'] ?? new Uint8Array())
  }

  it('gives back every type, and keeps as text what Excel would round', async () => {
    const columns: [string, string][] = [
      ['n', 'BIGINT'],
      ['price', 'DECIMAL(38,10)'],
      ['f', 'DOUBLE'],
      ['b', 'BOOLEAN'],
      ['d', 'DATE'],
      ['t', 'TIME'],
      ['ts', 'TIMESTAMP'],
      ['s', 'VARCHAR'],
    ]
    const lines = [
      'n,price,f,b,d,t,ts,s',
      '9007199254740991,12345.6789000000,0.30000000000000004,true,2024-02-29,06:30:00,2024-01-02 03:04:05.678,_x0041_  ',
      '9007199254740993,1234567890123456789.0123456789,1e+300,false,1900-02-28,23:59:59.123456,1899-12-31 00:00:00,"=1+1\n\u0001é 😀"',
      '-5,0.0000000001,-0.5,true,1900-03-01,00:00:00,9999-12-31 23:59:59,-2',
      '',
    ].join('\n')
    const there = await write(lines, columns)
    expect(there.problems).toEqual([])
    const xml = sheetOf('out.xlsx')
    expect(xml).toContain('<c r="A2"><v>9007199254740991</v></c>')
    expect(xml).toContain('<t xml:space="preserve">9007199254740993</t>')
    expect(xml).toContain('<c r="E2" s="2"><v>45351</v></c>')
    expect(xml).toContain('<c r="E4" s="2"><v>61</v></c>')
    expect(xml).toContain('_x005F_x0041_  <')
    const list = columns.map(([name, type]) => ({ name, type, format: '' }))
    const back = await read({ path: 'out.xlsx', columns: list })
    expect(back).toMatchObject({ status: 'succeeded', balanced: true, rejected: 0 })
    expect(bench.text('out.csv')).toBe(lines)
  })

  it('writes the same bytes for the same rows', async () => {
    await write('a\n1\n', [['a', 'BIGINT']])
    const first = readFileSync(path.join(bench.files, 'out.xlsx'))
    await write('a\n1\n', [['a', 'BIGINT']])
    expect(readFileSync(path.join(bench.files, 'out.xlsx')).equals(first)).toBe(true)
  })

  it('says which cell is too long, and leaves the old file', async () => {
    bench.write('out.xlsx', 'old')
    const result = await write(`a,b\n1,x\n2,${'y'.repeat(32_768)}\n`, [
      ['a', 'VARCHAR'],
      ['b', 'VARCHAR'],
    ])
    expect(result.status).toBe('failed')
    expect(result.problems[0]).toMatchObject({
      code: 'target.limit',
      location: { nodeId: 'out', field: 'path' },
    })
    expect(result.problems[0]?.message.en).toContain('“b” has 32768 in row 3')
    expect(bench.text('out.xlsx')).toBe('old')
    expect(bench.names().filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('refuses more rows than a sheet has', async () => {
    const result = await write(`a\n${'1\n'.repeat(1_048_576)}`, [['a', 'BIGINT']])
    expect(result.problems[0]).toMatchObject({ code: 'target.limit', location: { nodeId: 'out' } })
    expect(result.problems[0]?.message.en).toContain('1048576')
  }, 60_000)
})

describe('hostile workbooks', () => {
  const fine = workbook(`<row>${text('a')}</row><row>${text('b'.repeat(2000))}</row>`)
  const cases: readonly [string, Uint8Array, string, RegExp][] = [
    ['a text file', strToU8('a,b\n1,2\n'), 'file.unreadable', /not an Excel workbook/],
    ['an empty file', new Uint8Array(), 'file.empty', /empty/],
    [
      'an old or encrypted workbook',
      Buffer.from('d0cf11e0a1b11ae1'.padEnd(2000, '0'), 'hex'),
      'file.unreadable',
      /old \.xls .* password/,
    ],
    ['a file cut off', fine.subarray(0, fine.length - 400), 'file.unreadable', /damaged or cut off/],
    [
      'an archive of something else',
      zipSync({ 'a.txt': strToU8('a') }),
      'file.unreadable',
      /not an Excel workbook/,
    ],
    ['a bomb', workbook(`<row>${text('b'.repeat(9 * 2 ** 20))}</row>`), 'file.tooLarge', /8 MiB/],
    [
      'a bomb of shared texts',
      workbook('', { 'xl/sharedStrings.xml': `<sst>${'<si><t>bbbb</t></si>'.repeat(500_000)}</sst>` }),
      'file.tooLarge',
      /8 MiB/,
    ],
    [
      'a document type',
      workbook('', { 'xl/worksheets/sheet1.xml': '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>' }),
      'file.unreadable',
      /document type/,
    ],
    ['an entity', workbook(`<row>${text('&a;')}</row>`), 'file.unreadable', /XML is damaged/],
    [
      'XML cut off',
      workbook('', { 'xl/worksheets/sheet1.xml': '<worksheet><sheetData><row>' }),
      'file.unreadable',
      /XML is damaged/,
    ],
    [
      'a cell out of place',
      workbook('<row><c r="XFE1"><v>1</v></c></row>'),
      'file.unreadable',
      /out of place/,
    ],
    [
      'a sheet without values',
      workbook('<row r="1048576"><c s="0"/></row>'),
      'file.unreadable',
      /“One” has no cells/,
    ],
  ]
  it.each(cases)('explains %s', async (_, content, code, message) => {
    bench.write('bad.xlsx', content)
    const result = await read({ path: 'bad.xlsx' })
    expect(result.status).toBe('failed')
    expect(result.problems[0]).toMatchObject({ code, location: { nodeId: 'in', field: 'path' } })
    expect(result.problems[0]?.message.en).toMatch(message)
  })

  it('explains a sheet that is not there, and a range that is none', async () => {
    const sheet = await read({ path: 'orders.xlsx', sheet: 'Orders' })
    expect(sheet.problems[0]).toMatchObject({ location: { field: 'sheet' }, suggestions: ['Notes', '订单'] })
    const range = await read({ path: 'orders.xlsx', range: 'B3-F9' })
    expect(range.problems[0]).toMatchObject({ code: 'setting.invalid', location: { field: 'range' } })
  })

  it('reads ten thousand columns, or says that memory does not do', async () => {
    bench.write(
      'wide.xlsx',
      workbook(`<row>${text('n').repeat(10_000)}</row><row>${'<c><v>1</v></c>'.repeat(10_000)}</row>`),
    )
    const result = await read({ path: 'wide.xlsx' })
    if (result.status === 'succeeded')
      expect(bench.text('out.csv').split('\n')[1]?.split(',')).toHaveLength(10_000)
    else expect(result.problems[0]).toMatchObject({ code: 'run.memory' })
  }, 120_000)
})
