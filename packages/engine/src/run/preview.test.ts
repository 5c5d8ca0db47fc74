import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseFlow } from '../graph/flow-file.ts'
import { nodeKinds } from '../graph/kinds.ts'
import type { Flow } from '../model/index.ts'
import { EngineBench, flowOf } from '../testing/index.ts'

let bench: EngineBench
let keys: string
beforeAll(() => {
  keys = mkdtempSync(path.join(tmpdir(), 'keys-'))
  // The key of the examples; see testing/conformance.ts.
  writeFileSync(path.join(keys, 'example.key'), Buffer.alloc(32, 'example').toString('base64'), {
    mode: 0o600,
  })
  bench = new EngineBench({ keys })
})
afterAll(async () => {
  await bench.close()
  rmSync(keys, { recursive: true, force: true })
})

const look = (flow: Flow, nodeId: string, more: Record<string, unknown> = {}) =>
  bench.engine.preview({ flow, nodeId, port: 'out', limit: 100, parameters: {}, ...more })

const people = 'id,name,born\n1,ana,1990-01-01\n2,Bo,2001-05-05\n3,,1990-01-01\n4,ana,\n'
const flow = (settings: Record<string, unknown> = {}) =>
  flowOf(
    [
      {
        id: 'people',
        kind: 'csv.source',
        settings: {
          path: 'people.csv',
          columns: [
            { name: 'id', type: 'BIGINT', format: '' },
            { name: 'name', type: 'VARCHAR', format: '' },
            { name: 'born', type: 'DATE', format: '' },
          ],
        },
      },
      {
        id: 'upper',
        kind: 'map',
        settings: { others: 'keep', columns: [{ name: 'name', expression: 'upper(name)' }], ...settings },
      },
      { id: 'old', kind: 'filter', settings: { expression: 'id > 1' } },
    ],
    ['people -> upper', 'upper -> old'],
  )

describe('a preview', () => {
  it('profiles every column over the sample', async () => {
    bench.write('people.csv', people)
    const { profile, total, sample } = await look(flow(), 'people')
    expect(total).toBe(4)
    expect(sample).toMatchObject([{ nodeId: 'people', rows: 4, whole: true, pinned: false }])
    expect(profile).toMatchObject([
      { name: 'id', missing: 0, distinct: 4, minimum: '1', maximum: '4' },
      {
        name: 'name',
        missing: 1,
        distinct: 2,
        top: [
          { value: 'ana', count: 2 },
          { value: 'Bo', count: 1 },
        ],
      },
      { name: 'born', missing: 1, distinct: 2, minimum: '1990-01-01', maximum: '2001-05-05' },
    ])
    expect(profile[0]?.bins.reduce((sum, count) => sum + count)).toBe(4)
    expect(profile[2]?.bins).toHaveLength(12)
  })

  it('pages, sorts and searches', async () => {
    bench.write('people.csv', people)
    const sorted = await look(flow(), 'people', { sort: { column: 'name', descending: true }, limit: 2 })
    expect(sorted.rows.map(([id]) => id)).toEqual(['1', '4'])
    const second = await look(flow(), 'people', {
      sort: { column: 'name', descending: true },
      limit: 2,
      offset: 2,
    })
    expect(second.rows.map(([id]) => id)).toEqual(['2', '3'])
    const found = await look(flow(), 'people', { search: 'BO' })
    expect(found).toMatchObject({ total: 4, matching: 1, rows: [['2', 'Bo', '2001-05-05']] })
  })

  it('tells which cells a node changed', async () => {
    bench.write('people.csv', people)
    const all = await look(flow(), 'upper')
    expect(all.changed).toEqual([['name'], ['name'], [], ['name']])
    const changed = await look(flow(), 'upper', { changedOnly: true })
    expect(changed.rows.map(([id]) => id)).toEqual(['1', '2', '4'])
    expect((await look(flow(), 'people')).changed).toBeNull()
    expect((await look(flow(), 'old')).changed).toEqual([[], [], []])
  })

  it('keeps a sample until it is refreshed or the file changes', async () => {
    bench.write('people.csv', people)
    const first = await look(flow(), 'old')
    const second = await look(flow({ others: 'keep' }), 'old')
    expect(second.sample).toEqual(first.sample)
    const refreshed = await look(flow(), 'old', { refresh: true })
    expect(refreshed.sample[0]?.takenAt).not.toBe(first.sample[0]?.takenAt)
    bench.write('people.csv', `${people}5,Eve,\n`)
    expect((await look(flow(), 'people')).total).toBe(5)
  })

  it('works with pinned rows where there is no file', async () => {
    const drawn = flow()
    const [source] = drawn.nodes
    if (!source) throw new Error('no source')
    source.settings['path'] = 'not-there-yet.csv'
    source.pinned = {
      columns: [
        { name: 'id', type: 'BIGINT' },
        { name: 'name', type: 'VARCHAR' },
      ],
      rows: [
        ['7', 'zoë'],
        ['8', null],
      ],
    }
    const { rows, sample, problems } = await look(drawn, 'upper')
    expect(problems).toEqual([])
    expect(rows).toEqual([
      ['7', 'ZOË'],
      ['8', null],
    ])
    expect(sample).toMatchObject([{ pinned: true, rows: 2 }])
    source.pinned.rows[0] = ['seven', 'zoë']
    const wrong = await look(drawn, 'upper')
    expect(wrong.problems.at(-1)).toMatchObject({ code: 'run.value', location: { nodeId: 'people' } })
  })

  it('names the node at which a value cannot be computed', async () => {
    bench.write('people.csv', people)
    const { problems } = await look(
      flow({ columns: [{ name: 'name', expression: 'CAST(name AS INTEGER)' }] }),
      'old',
    )
    expect(problems.at(-1)).toMatchObject({ code: 'run.value', location: { nodeId: 'upper' } })
  })

  it('shows the lines that a source could not read', async () => {
    bench.write('people.csv', `${people}x,Odd,1990-01-01\n5,Eve\n`)
    const { rows } = await bench.engine.preview({
      flow: flow(),
      nodeId: 'people',
      port: 'rejects',
      limit: 10,
      parameters: {},
    })
    expect(rows.map(([file, line]) => [file, line]).sort()).toEqual([
      ['people.csv', '6'],
      ['people.csv', '7'],
    ])
  })
})

/** Everything a port gives, by previewing it and by a run that writes it. */
async function both(flow: Flow, nodeId: string, port: string) {
  const { columns, rows, problems } = await bench.engine.preview({
    flow,
    nodeId,
    port,
    limit: 1000,
    parameters: {},
  })
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  const written = {
    ...flow,
    nodes: [
      ...flow.nodes.filter(({ kind }) => !kind.endsWith('.target')),
      { ...template, id: 'written', kind: 'parquet.target', settings: { path: 'written.parquet' } },
    ],
    edges: [
      ...flow.edges.filter(
        ({ to }) => flow.nodes.find(({ id }) => id === to.node)?.kind.endsWith('.target') === false,
      ),
      { from: { node: nodeId, port }, to: { node: 'written', port: 'in' } },
    ],
  }
  const result = await bench.run(written)
  expect(result.problems.filter(({ severity }) => severity === 'error')).toEqual([])
  const back = flowOf([{ id: 'back', kind: 'parquet.source', settings: { path: 'written.parquet' } }], [])
  const run = await bench.engine.preview({
    flow: back,
    nodeId: 'back',
    port: 'out',
    limit: 1000,
    parameters: {},
  })
  return { preview: { columns, rows }, run: { columns: run.columns, rows: run.rows } }
}

const template = {
  id: '',
  kind: '',
  label: '',
  position: { x: 0, y: 0 },
  settings: {},
  disabled: false,
  note: '',
}

describe('preview equals run', () => {
  const samples = path.resolve(import.meta.dirname, '../../../../samples')
  const shipped = readdirSync(samples).filter((name) => name.endsWith('.flow.json'))

  it.each(shipped)(
    '%s',
    async (name) => {
      for (const file of readdirSync(samples))
        if (/\.csv$/.test(file)) bench.write(file, readFileSync(path.join(samples, file)))
      const flow = parseFlow(readFileSync(path.join(samples, name), 'utf8'))
      for (const node of flow.nodes) {
        const kind = nodeKinds.get(node.kind)
        for (const port of kind?.outputs(node.settings) ?? []) {
          const { preview, run } = await both(flow, node.id, port.name)
          expect(run, `${node.id}.${port.name}`).toEqual(preview)
        }
      }
    },
    120_000,
  )

  const examples = [...nodeKinds.values()].flatMap((kind) =>
    kind.role === 'operator' && kind.operator.spec.kind !== 'limit'
      ? kind.operator.spec.examples.map(
          (example) => [`${kind.kind}: ${example.title.en}`, kind.kind, example] as const,
        )
      : [],
  )
  it.each(examples)('%s', async (_, kind, example) => {
    const nodes = [{ id: 'subject', kind, settings: { ...example.settings } }]
    const edges: string[] = []
    for (const [index, [name, table]] of Object.entries(example.inputs).entries()) {
      const columns = Object.entries(table.columns)
      const id = `input-${index + 1}`
      const pinned = {
        columns: columns.map(([column, type]) => ({ name: column, type })),
        rows: table.rows.map((row) => [...row]),
      }
      await writeParquet(`${id}.parquet`, pinned)
      nodes.push({ id, kind: 'parquet.source', settings: { path: `${id}.parquet` } })
      edges.push(`${id} -> subject:${name.replace(/#\d+$/, '')}`)
    }
    const flow = flowOf(nodes, edges)
    for (const port of Object.keys(example.outputs)) {
      const { preview, run } = await both(flow, 'subject', port)
      expect(run, port).toEqual(preview)
    }
  })
})

/** Typed rows as a file, through the engine itself. */
async function writeParquet(
  name: string,
  pinned: { columns: { name: string; type: string }[]; rows: (string | null)[][] },
): Promise<void> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
  const columns = pinned.columns.map((column) => `${quote(column.name)} ${column.type}`)
  await connection.run(`CREATE TABLE t (${columns.join(', ')})`)
  for (const row of pinned.rows) {
    const cells = row.map((cell, index) =>
      cell === null ? 'NULL' : `CAST('${cell.replaceAll("'", "''")}' AS ${pinned.columns[index]?.type})`,
    )
    await connection.run(`INSERT INTO t VALUES (${cells.join(', ')})`)
  }
  await connection.run(`COPY t TO '${path.join(bench.files, name)}' (FORMAT parquet)`)
  connection.closeSync()
}
