import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Flow } from '../model/index.ts'
import { flowOf } from '../testing/flow-builder.ts'
import type { Engine, RunEvent, RunResult } from './engine.ts'
import { createEngine } from './local-engine.ts'

let home: string
let files: string
let engine: Engine

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'engine-'))
  files = path.join(home, 'files')
  await mkdir(files)
  engine = createEngine({
    roots: { files, folders: {} },
    work: path.join(home, 'work'),
    memoryLimit: 1.5 * 2 ** 30,
  })
})

afterAll(async () => {
  await engine.close()
  await rm(home, { recursive: true, force: true })
})

interface Runs {
  readonly events?: RunEvent[]
  readonly parameters?: Record<string, string>
  readonly signal?: AbortSignal
  readonly onPrepared?: () => Promise<void>
  readonly runId?: string
}

const resultFolder = () => path.join(home, 'result')

function run(
  flow: Flow,
  { events = [], parameters = {}, signal, onPrepared, runId = 'run-1' }: Runs = {},
): Promise<RunResult> {
  return engine.run({
    flow,
    runId,
    clock: '2026-03-01T10:20:30.000Z',
    parameters,
    resultFolder: resultFolder(),
    signal,
    onEvent: (event) => void events.push(event),
    onPrepared: onPrepared ?? (() => Promise.resolve()),
  })
}

const column = (name: string, type = 'VARCHAR') => ({ name, type, format: '' })
const text = (name: string) => readFile(path.join(files, name), 'utf8')
const ledgerOf = (result: RunResult, id: string) => result.nodes.find(({ nodeId }) => nodeId === id)?.ledger

const customers =
  'id,name,state,amount\n1,李雷,active,12.5\n2,"Zoë, ""Z""",closed,80\n3,Bo,active,3\n4,Al,active,99\n'

const filterFlow = (settings: Record<string, unknown> = {}) =>
  flowOf(
    [
      {
        id: 'customers',
        kind: 'csv.source',
        settings: {
          path: 'customers.csv',
          columns: [column('id', 'BIGINT'), column('name'), column('state'), column('amount', 'DOUBLE')],
        },
      },
      {
        id: 'active',
        kind: 'filter',
        settings: { expression: "state = 'active' AND amount > 10", ...settings },
      },
      {
        id: 'short',
        kind: 'map',
        settings: {
          columns: [
            { name: '姓名', expression: 'name' },
            { name: 'double', expression: 'amount * 2' },
          ],
        },
      },
      { id: 'oa', kind: 'csv.target', settings: { path: 'oa.csv' } },
    ],
    ['customers -> active', 'active -> short', 'short -> oa'],
  )

describe('a run', () => {
  it('writes the file and accounts for every row', async () => {
    await writeFile(path.join(files, 'customers.csv'), customers)
    const events: RunEvent[] = []
    const result = await run(filterFlow(), { events })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 0, problems: [] })
    expect(await text('oa.csv')).toBe('姓名,double\n李雷,25.0\nAl,198.0\n')
    expect(ledgerOf(result, 'customers')).toMatchObject({
      out: { out: 4 },
      terms: { read: 4 },
      balanced: true,
    })
    expect(ledgerOf(result, 'active')).toMatchObject({ in: { in: 4 }, out: { out: 2 }, filtered: 2 })
    expect(ledgerOf(result, 'oa')).toMatchObject({ in: { in: 2 }, out: { written: 2 } })
    const finished = events.filter((event) => event.type === 'node' && event.state === 'succeeded')
    expect(finished).toHaveLength(4)
  })

  it('rejects what does not fit its type, with file, line, value and reason, and nothing is lost', async () => {
    await writeFile(
      path.join(files, 'customers.csv'),
      `${customers}5,"two\nlines",active,12\nx6,Cy,active,55\n7,Di,active\n8,Ed,active,a lot\n`,
    )
    const result = await run(filterFlow())
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 3 })
    expect(ledgerOf(result, 'customers')).toMatchObject({ out: { out: 5 }, rejected: 3, terms: { read: 8 } })
    const { rows, total } = await engine.readRejects(resultFolder(), { offset: 0, limit: 10 })
    expect(total).toBe(3)
    const byLine = rows.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
    expect(byLine.map(({ nodeId, line, column: name }) => [nodeId, line, name])).toEqual([
      ['customers', 8, 'id'],
      ['customers', 9, 'amount'],
      ['customers', 10, 'amount'],
    ])
    expect(byLine[0]).toMatchObject({ value: 'x6', file: 'customers.csv' })
    expect(byLine[2]?.reason).toContain('a lot')
  })

  it('fills in parameters and its own clock, in expressions and in texts', async () => {
    await writeFile(path.join(files, 'customers.csv'), customers)
    const flow = filterFlow({ expression: 'amount >= ${least}' })
    const target = flow.nodes.at(-1)
    if (target) target.settings['path'] = 'oa-${today}.csv'
    const map = flow.nodes[2]
    if (map)
      map.settings['columns'] = [
        { name: 'at', expression: 'CAST(now() AS TIMESTAMP)' },
        { name: 'day', expression: 'today()' },
        { name: 'run', expression: '${run_id}' },
      ]
    flow.parameters.push({ name: 'least', type: 'integer', default: '1', description: '' })
    const result = await run(flow, { parameters: { least: '99' }, runId: "it's" })
    expect(result.status).toBe('succeeded')
    expect(await text('oa-2026-03-01.csv')).toBe("at,day,run\n2026-03-01 10:20:30,2026-03-01,it's\n")
  })

  it('reports a faulty flow without touching the old file', async () => {
    await writeFile(path.join(files, 'oa.csv'), 'old')
    const result = await run(filterFlow({ expression: 'amuont > 10' }))
    expect(result).toMatchObject({ status: 'failed', balanced: null })
    expect(result.problems[0]).toMatchObject({
      code: 'column.unknown',
      location: { nodeId: 'active', field: 'expression' },
      suggestions: expect.arrayContaining(['amount']),
    })
    expect(result.nodes.map(({ state }) => state)).toEqual(['cancelled', 'failed', 'waiting', 'waiting'])
    expect(await text('oa.csv')).toBe('old')
  })

  it('names the node at which a value cannot be computed', async () => {
    await writeFile(path.join(files, 'customers.csv'), customers)
    const flow = filterFlow()
    const map = flow.nodes[2]
    if (map) map.settings['columns'] = [{ name: 'n', expression: 'CAST(name AS INTEGER)' }]
    await writeFile(path.join(files, 'oa.csv'), 'old')
    const result = await run(flow)
    expect(result.status).toBe('failed')
    expect(result.problems[0]).toMatchObject({ code: 'run.value', location: { nodeId: 'short' } })
    expect(await text('oa.csv')).toBe('old')
    expect((await readdir(files)).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('commits nothing when the decision could not be stored', async () => {
    await writeFile(path.join(files, 'customers.csv'), customers)
    await writeFile(path.join(files, 'oa.csv'), 'old')
    const result = await run(filterFlow(), { onPrepared: () => Promise.reject(new Error('disk gone')) })
    expect(result.status).toBe('failed')
    expect(await text('oa.csv')).toBe('old')
    expect((await readdir(files)).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('computes a shared port once, for all of its consumers', async () => {
    await writeFile(path.join(files, 'customers.csv'), customers)
    const flow = filterFlow()
    flow.nodes.push({
      id: 'copy',
      kind: 'csv.target',
      label: '',
      position: { x: 0, y: 0 },
      settings: { path: 'copy.csv' },
      disabled: false,
      note: '',
    })
    flow.nodes.splice(2, 1, {
      id: 'short',
      kind: 'map',
      label: '',
      position: { x: 0, y: 0 },
      settings: { columns: [{ name: 'id', expression: 'gen_random_uuid()' }] },
      disabled: false,
      note: '',
    })
    flow.edges.push({ from: { node: 'short', port: 'out' }, to: { node: 'copy', port: 'in' } })
    const result = await run(flow)
    expect(result).toMatchObject({ status: 'succeeded', balanced: true })
    expect(await text('copy.csv')).toBe(await text('oa.csv'))
  })

  it('is cancelled though DuckDB does not listen, and leaves nothing behind', async () => {
    const rows = Array.from({ length: 300_000 }, (_, index) => `${index},name ${index},active,${index}`)
    await writeFile(path.join(files, 'big.csv'), `id,name,state,amount\n${rows.join('\n')}\n`)
    await writeFile(path.join(files, 'oa.csv'), 'old')
    const flow = filterFlow({ expression: "levenshtein(repeat(name, 400), repeat('abc', 3000)) >= 0" })
    const source = flow.nodes[0]
    if (source) source.settings['path'] = 'big.csv'
    const controller = new AbortController()
    const events: RunEvent[] = []
    const running = run(flow, { signal: controller.signal, events })
    await expect
      .poll(() => events.some((event) => event.type === 'node' && event.nodeId === 'oa'), { timeout: 10_000 })
      .toBe(true)
    controller.abort()
    // By itself it would go on for minutes.
    const result = await running
    expect(result.status).toBe('cancelled')
    expect(result.nodes.every(({ state }) => state === 'cancelled' || state === 'waiting')).toBe(true)
    expect(await text('oa.csv')).toBe('old')
    expect((await readdir(files)).filter((name) => name.startsWith('.'))).toEqual([])
    expect((await readdir(path.join(home, 'work'))).filter((name) => name.startsWith('run-'))).toEqual([])
  })

  it('dies alone when it needs too much memory', async () => {
    await writeFile(path.join(files, 'customers.csv'), customers)
    const result = await run(filterFlow({ expression: 'len(range(id, id + 400000000)) > 0' }))
    expect(result.status).toBe('failed')
    expect(result.problems.at(-1)?.code).toBe('run.memory')
    expect((await run(filterFlow())).status).toBe('succeeded')
  }, 60_000)
})

describe('design', () => {
  it('previews a port over a sample, and says of how many rows', async () => {
    await writeFile(path.join(files, 'customers.csv'), customers)
    const preview = await engine.preview({
      flow: filterFlow(),
      nodeId: 'short',
      port: 'out',
      limit: 1,
      parameters: {},
    })
    expect(preview).toMatchObject({
      rows: [['李雷', '25.0']],
      sample: [{ nodeId: 'customers', rows: 4, whole: true }],
      problems: [],
    })
    const target = await engine.preview({
      flow: filterFlow(),
      nodeId: 'oa',
      port: 'in',
      limit: 5,
      parameters: {},
    })
    expect(target.columns.map(({ name }) => name)).toEqual(['姓名', 'double'])
  })

  it('keeps the columns of a declared source whose file is gone, and says so', async () => {
    const flow = filterFlow()
    const source = flow.nodes[0]
    if (source) source.settings['path'] = 'gone.csv'
    const { ports, problems } = await engine.infer(flow)
    expect(problems.map(({ code }) => code)).toEqual(['file.missing'])
    expect(ports['short']?.['out']).toHaveLength(2)
  })
})
