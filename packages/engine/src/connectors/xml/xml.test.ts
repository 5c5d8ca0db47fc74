import { gzipSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EngineBench, flowOf } from '../../testing/index.ts'
import { decodeName, encodeName } from './names.ts'

let bench: EngineBench
beforeAll(() => {
  bench = new EngineBench({ inputLimit: 8 * 2 ** 20 })
})
afterAll(() => bench.close())

const toCsv = (settings: Record<string, unknown>) =>
  flowOf(
    [
      { id: 'in', kind: 'xml.source', settings: { path: 'in.xml', ...settings } },
      { id: 'out', kind: 'csv.target', settings: { path: 'out.csv', guardFormulas: false } },
    ],
    ['in -> out'],
  )

/** The rows of a document as CSV. */
async function read(content: string | Uint8Array, settings: Record<string, unknown> = {}): Promise<string> {
  bench.write('in.xml', content)
  const result = await bench.run(toCsv(settings))
  expect(result.problems).toEqual([])
  expect(result).toMatchObject({ status: 'succeeded', balanced: true })
  return bench.text('out.csv')
}

/** What a document is refused with. */
async function refusal(
  content: string | Uint8Array,
  settings: Record<string, unknown> = {},
): Promise<string> {
  bench.write('in.xml', content)
  const result = await bench.run(toCsv(settings))
  expect(result.status).toBe('failed')
  expect(result.problems[0]).toMatchObject({ code: 'file.unreadable', location: { nodeId: 'in' } })
  return String(result.problems[0]?.message.en)
}

describe('names', () => {
  it.each([
    'plain',
    'a b',
    'quo"te',
    '1st',
    '-x',
    '中文',
    '😀',
    'a:b',
    '_x0041_',
    '_x_',
    'constructor',
    '__proto__',
    'a_x0041_b',
    'line\nbreak',
  ])('%j comes back', (name) => {
    expect(encodeName(name)).toMatch(/^[^\s:"<>&]+$/)
    expect(decodeName(encodeName(name))).toBe(name)
  })

  it('escapes as .NET does, and leaves alone what is no character', () => {
    expect(encodeName('Order Details')).toBe('Order_x0020_Details')
    expect(encodeName('_x0041_')).toBe('_x005F_x0041_')
    expect(decodeName('_x0000_ _xD800_ _xFFFFFFFF_')).toBe('_x0000_ _xD800_ _xFFFFFFFF_')
  })
})

describe('xml source', () => {
  const orders = `<?xml version="1.0"?>
<orders>
  <order id="007"><address type="home"><city>北京</city></address><tag>a</tag><tag>b</tag>
    <note>x<![CDATA[ <&> ]]>&lt;&#x4E2D;</note></order>
  <order
    id="8"><address><city/></address><tag>c</tag><line n="1"><sku>p</sku></line><line n="2"/></order>
</orders>`

  it('makes columns of attributes, nested elements, texts and lists', async () => {
    expect(await read(orders)).toBe(
      '@id,address.@type,address.city,tag,note,line\n' +
        '007,home,北京,"[""a"",""b""]",x <&> <中,\n' +
        '8,,"","[""c""]",,"[{""@n"":""1"",""sku"":""p""},{""@n"":""2""}]"\n',
    )
  })

  it.each([
    ['/orders/order', true],
    ['orders/order', true],
    ['order', true],
    ['/*/order', true],
    ['/order', false],
    ['orders/item', false],
  ])('takes the row element %s', async (rowPath, found) => {
    if (found) expect((await read(orders, { rowPath })).split('\n')).toHaveLength(4)
    else expect(await refusal(orders, { rowPath })).toContain(`no element “${rowPath}”`)
  })

  it('tells types by evidence, and rejects what does not fit a chosen one with its line', async () => {
    bench.write('in.xml', orders)
    const { settings, evidence } = await bench.engine.detect('xml.source', { path: 'in.xml' })
    expect(settings['rowPath']).toBe('/orders/order')
    expect(evidence.map(({ name, type }) => `${name} ${type}`)).toContain('tag JSON')
    expect(evidence.find(({ name }) => name === '@id')).toMatchObject({ type: 'VARCHAR' })
    const columns = [
      { name: 'address.city', type: 'BIGINT', format: '' },
      { name: 'nowhere', type: 'VARCHAR', format: '' },
    ]
    expect(await read(orders, { columns })).toBe('address.city,nowhere\n,\n')
    expect((await bench.rejects()).map(({ line }) => line)).toEqual([3])
    expect(await read(orders, { columns: [{ name: '@id', type: 'DATE', format: '' }] })).toBe('@id\n')
    expect((await bench.rejects()).map(({ line }) => line)).toEqual([3, 5])
  })

  it('tells a missing value from an empty one', async () => {
    const rows =
      '<r xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><i><a/><b xsi:nil="true"/></i><i><a> </a></i></r>'
    bench.write('in.xml', rows)
    const flow = flowOf(
      [
        { id: 'in', kind: 'xml.source', settings: { path: 'in.xml' } },
        { id: 'out', kind: 'json.target', settings: { path: 'out.json', layout: 'lines' } },
      ],
      ['in -> out'],
    )
    expect((await bench.run(flow)).problems).toEqual([])
    expect(bench.text('out.json')).toBe('{"a":"","b":null}\n{"a":" ","b":null}\n')
  })

  it('keeps namespaces apart only where names would clash', async () => {
    const feed = `<f:feed xmlns:f="urn:f" xmlns="urn:d" xmlns:x="urn:x">
      <f:entry><id>1</id><x:id>2</x:id><x:who>z</x:who></f:entry>
      <f:entry><id>3</id></f:entry></f:feed>`
    const expected = 'id,x:id,who\n1,2,z\n3,,\n'
    expect(await read(feed)).toBe(expected)
    expect(await read(feed, { rowPath: '/feed/entry' })).toBe(expected)
    expect(await read(feed, { rowPath: 'f:entry' })).toBe(expected)
  })

  it('reads mixed text, rows that are bare texts, and one row alone', async () => {
    expect(await read('<r><p>one <b>two</b> three</p><p>four</p></r>')).toBe(
      '"#text",b\none  three,two\nfour,\n',
    )
    expect(await read('<r><n>1</n><n/><n>3</n></r>')).toBe('"#text"\n1\n""\n3\n')
    expect(await read('<r><row><a>1</a><b>2</b></row></r>')).toBe('a,b\n1,2\n')
  })

  it.each([
    ['a new element', '<b>x</b>', 'a,b', ',x'],
    ['a new attribute', '<a y="x"/>', 'a,a.@y', '"",x'],
    ['an element twice', '<a>x</a><a/>', 'a', '"[""x"",""""]"'],
    ['a text of its own', 'x', '"#text",a', 'x,'],
  ])('learns anew where %s turns up late', async (_, late, names, cells) => {
    const text = await read(`<r>${'<i><a>1</a></i>'.repeat(20_000)}<i>${late}</i></r>`)
    const lines = text.split('\n')
    expect([lines.length, lines[0], lines[20_001]]).toEqual([20_003, names, cells])
  })

  it('does not empty a column whose element turns out to repeat', async () => {
    const columns = [{ name: 'l.@n', type: 'BIGINT', format: '' }]
    const rows = '<r><i><l n="1"/></i><i><l n="2"/><l n="3"/></i></r>'
    expect(await refusal(rows, { columns })).toContain('“l.@n” is in a list')
  })

  it('finds the rows of feeds beside a single title and repeated links', async () => {
    const entry = (n: number) => `<entry><title>t${n}</title><category term="x"/><category term="y"/></entry>`
    const feed = `<feed xmlns="http://www.w3.org/2005/Atom"><link/><link/><link/><title>T</title>${entry(1)}${entry(2)}</feed>`
    const categories = '"[{""@term"":""x""},{""@term"":""y""}]"'
    expect(await read(feed)).toBe(`title,category\nt1,${categories}\nt2,${categories}\n`)
  })

  it('reads several files, packed ones too, with the union of their columns', async () => {
    bench.write('part-1.xml', '<r><i><a>1</a></i><i><a>2</a></i></r>')
    bench.write('part-2.xml', gzipSync('<r><i><b>3</b></i></r>'))
    const result = await bench.run(toCsv({ path: 'part-*.xml', fileColumn: 'file' }))
    expect(result.problems).toEqual([])
    expect(bench.text('out.csv')).toBe('a,b,file\n1,,part-1.xml\n2,,part-1.xml\n,3,part-2.xml\n')
  })

  it.each([
    ['gb18030', 'gb18030', 'GB18030'],
    ['gbk', 'gbk', 'GBK'],
    ['utf-16le', 'utf-16le', 'UTF-16'],
    ['utf-16be', 'utf-16be', 'UTF-16'],
    ['utf-8', 'utf-8', 'UTF-8'],
    ['shift_jis', 'shift_jis', 'Shift_JIS'],
  ])('reads %s', async (_, encoding, declared) => {
    const text = `<?xml version="1.0" encoding="${declared}"?>\n<r><名>日本</名><名>中文</名></r>`
    const addBOM = encoding.startsWith('utf-')
    expect(await read(iconv.encode(text, encoding, { addBOM }))).toBe('"#text"\n日本\n中文\n')
  })

  it('reads Latin-1, and refuses bytes that are not of the encoding', async () => {
    const text = '<?xml version="1.0" encoding="ISO-8859-1"?><r><a>é</a><a>ü</a></r>'
    expect(await read(iconv.encode(text, 'latin1'))).toBe('"#text"\né\nü\n')
    const wrong = iconv.encode('<r>\n<a>中</a><a/></r>', 'gb18030')
    expect(await refusal(wrong)).toContain('bytes that are not utf-8')
    expect(await read(wrong, { encoding: 'gb18030' })).toContain('中')
  })
})

describe('hostile documents', () => {
  const laughs = `<!DOCTYPE r [<!ENTITY a "ha">${Array.from({ length: 9 }, (_, n) => `<!ENTITY a${n} "&a;&a;&a;">`).join('')}]>`

  it.each([
    ['a billion laughs', `${laughs}<r><i>&a8;</i><i/></r>`, 'DOCTYPE declares entities'],
    ['an external entity', '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>', 'DOCTYPE'],
    ['an external DTD', '<!DOCTYPE r SYSTEM "http://localhost/x.dtd"><r/>', 'external DTD'],
    ['an external DTD by public name', '<!DOCTYPE r PUBLIC "-//x" "x.dtd"><r/>', 'external DTD'],
    ['a parameter entity', '<!DOCTYPE r [<!ENTITY % p SYSTEM "x"> %p;]><r/>', 'DOCTYPE'],
    ['attributes by default', '<!DOCTYPE r [<!ATTLIST i a CDATA "1">]><r><i/></r>', 'DOCTYPE gives'],
    ['an unknown entity', '<r>\n<i>&nbsp;</i></r>', 'line 2, column 9'],
    ['an entity that JavaScript knows', '<r><i>&constructor;</i><i>&toString;</i></r>', 'line 1'],
    ['100,000 levels', `${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`, '200 levels'],
    ['a file that was cut off', '<r>\n<i><a>1</a></i>\n<i><a>2', 'line 3'],
    ['two roots', '<r><i/><i/></r><r/>', 'line 1'],
    ['tags that cross', '<r><i><a></i></a></r>', 'line 1, column 13'],
    ['a namespace prefix without namespace', '<r><x:i/></r>', 'line 1'],
    ['an attribute twice', '<r><i a="1" a="2"/></r>', 'line 1'],
    ['a control character', '<r><i>\u0001</i></r>', 'line 1'],
    ['a text that is no XML', 'id,name\n1,x\n', 'outside of root'],
    ['an encoding that nobody knows', '<?xml version="1.0" encoding="x-none"?><r/>', 'x-none'],
    ['an encoding it is not in', '<?xml version="1.0" encoding="UTF-16"?><r/>', 'utf-16'],
    ['a packed file that was cut off', gzipSync(Buffer.alloc(100_000, '<r>')).subarray(0, 90), 'damaged'],
  ])('are refused: %s', async (_, content, detail) => {
    expect(await refusal(content)).toContain(detail)
  })

  it('are refused when they unpack to too much, or have a row or a text that is too large', async () => {
    bench.write('in.xml', gzipSync(`<r>${'<i>1</i>'.repeat(2 * 2 ** 20)}</r>`))
    const result = await bench.run(toCsv({}))
    expect(result.problems[0]).toMatchObject({ code: 'file.tooLarge', location: { nodeId: 'in' } })
    const text = 'x'.repeat(17 * 2 ** 20)
    expect(await refusal(`<r><i>${text}</i><i/></r>`)).toContain('16 million')
    expect(await refusal(`<r><!--${text}--><i/><i/></r>`)).toContain('16 million')
    expect(await refusal(`<r><i>${'<a>x</a>'.repeat(2 ** 20)}</i><i/></r>`)).toContain('16 million')
  }, 60_000)

  it('may have a DOCTYPE that declares elements', async () => {
    const doctype = `<!DOCTYPE r [<!-- "<!ENTITY" --><!ELEMENT r (i*)>
      <!ATTLIST i a CDATA #IMPLIED><!ATTLIST r xmlns CDATA #FIXED "urn:r">]>`
    expect(await read(`${doctype}<r xmlns="urn:r"><i a="1"/><i a="2"/></r>`)).toBe('@a\n1\n2\n')
  })

  it('may have a bare DOCTYPE, and names that JavaScript has itself', async () => {
    const row = '<r><__proto__ constructor="1"><toString>2</toString></__proto__><中文>3</中文></r>'
    expect(await read(`<!DOCTYPE t><t>${row}${row}</t>`)).toBe(
      '__proto__.@constructor,__proto__.toString,中文\n1,2,3\n1,2,3\n',
    )
    const list = '<r><x><__proto__>1</__proto__><a/><a/></x><x constructor="2"/></r>'
    expect(await read(`<t>${list}${list}</t>`)).toContain('{""__proto__"":""1"",""a"":["""",""""]}')
  })

  it('reads ten thousand columns, or says that memory does not do', async () => {
    const cells = Array.from({ length: 10_000 }, (_, index) => `<c${index}>1</c${index}>`).join('')
    bench.write('in.xml', `<t><r>${cells}</r><r>${cells}</r></t>`)
    const result = await bench.run(toCsv({}))
    if (result.status === 'succeeded')
      expect(bench.text('out.csv').split('\n')[1]?.split(',')).toHaveLength(10_000)
    else expect(result.problems[0]).toMatchObject({ code: 'run.memory', location: { nodeId: 'out' } })
  }, 120_000)
})

describe('xml target', () => {
  const write = (query: string, settings: Record<string, unknown> = {}) => {
    bench.write('seed.json', '[{"seed":1}]')
    return bench.run(
      flowOf(
        [
          { id: 'in', kind: 'json.source', settings: { path: 'seed.json' } },
          { id: 'rows', kind: 'sql', settings: { query } },
          { id: 'out', kind: 'xml.target', settings: { path: 'in.xml', ...settings } },
        ],
        ['in -> rows', 'rows -> out'],
      ),
    )
  }

  it('writes attributes, elements, missing values and structures, and reads them back', async () => {
    const query = `SELECT * FROM (VALUES
      ('1', 'a<b>&"]]>', NULL, [1, 2], {'k': 'v'}, true, DATE '2026-01-02'),
      ('x"y' || chr(10), ' ' || chr(13) || chr(10), NULL, NULL, NULL, NULL, NULL))
      AS t("@id", "a b", "never", "list", "struct", "yes", "day")`
    expect((await write(query, { root: 'my rows', row: 'order' })).problems).toEqual([])
    expect(bench.text('in.xml')).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<my_x0020_rows xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <order id="1">
    <a_x0020_b>a&lt;b&gt;&amp;"]]&gt;</a_x0020_b>
    <never xsi:nil="true"/>
    <list>[1,2]</list>
    <struct>{"k":"v"}</struct>
    <yes>true</yes>
    <day>2026-01-02</day>
  </order>
  <order id="x&quot;y&#xA;">
    <a_x0020_b> &#xD;
</a_x0020_b>
    <never xsi:nil="true"/>
    <list xsi:nil="true"/>
    <struct xsi:nil="true"/>
    <yes xsi:nil="true"/>
    <day xsi:nil="true"/>
  </order>
</my_x0020_rows>
`)
    expect(await read(bench.text('in.xml'))).toBe(
      '@id,a b,never,list,struct,yes,day\n1,"a<b>&""]]>",,"[1,2]","{""k"":""v""}",true,2026-01-02\n' +
        '"x""y\n"," \r\n",,,,,\n',
    )
  })

  it('leaves elements out when told so, and writes no rows as none', async () => {
    const query = `SELECT * FROM (VALUES (1, NULL), (NULL, 2)) AS t(a, b)`
    expect((await write(query, { missing: 'omit' })).problems).toEqual([])
    expect(await read(bench.text('in.xml'))).toBe('a,b\n1,\n,2\n')
    expect((await write('SELECT 1 AS a WHERE false')).problems).toEqual([])
    expect(await read(bench.text('in.xml'), { columns: [{ name: 'a', type: 'BIGINT', format: '' }] })).toBe(
      'a\n',
    )
  })

  it('says where a character is that XML cannot hold, or replaces it', async () => {
    const query = `SELECT 'a' || chr(1) AS "t" UNION ALL SELECT chr(0)`
    const result = await write(query)
    expect(result.status).toBe('failed')
    expect(result.problems[0]).toMatchObject({ code: 'target.failed', location: { nodeId: 'out' } })
    expect(result.problems[0]?.message.en).toContain('“t” has the character U+0001 in row 1')
    expect((await write(query, { impossible: 'replace' })).problems).toEqual([])
    expect(await read(bench.text('in.xml'))).toBe('t\na\uFFFD\n\uFFFD\n')
  })
})
