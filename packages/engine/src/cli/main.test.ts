import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { formatFlow } from '../graph/flow-file.ts'
import type { Flow } from '../model/index.ts'
import { flowOf } from '../testing/flow-builder.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'millrace-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const program = path.join(import.meta.dirname, '../../../../scripts/millrace.ts')
const inFolder = (name: string) => path.join(folder, name)

/** Runs the command line as a person would, in the folder of the flow. */
function millrace(...parameters: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, ...parameters],
    { cwd: folder, encoding: 'utf8', timeout: 60_000 },
  )
  return { status, stdout, stderr }
}

const column = (name: string, type = 'VARCHAR') => ({ name, type, format: '' })
const columns = [column('id', 'BIGINT'), column('city')]

const write = (name: string, flow: Flow) => writeFileSync(inFolder(name), formatFlow(flow))

/** customers.csv → only Beijing → out.csv; by default with a parameter for the city. */
const filtered = (expression = 'city = ${city}', source: Record<string, unknown> = { columns }): Flow =>
  flowOf(
    [
      { id: 'customers', kind: 'csv.source', settings: { path: 'customers.csv', ...source } },
      { id: 'only', kind: 'filter', settings: { expression } },
      { id: 'out', kind: 'csv.target', settings: { path: 'out.csv' } },
    ],
    ['customers -> only', 'only -> out'],
    [{ name: 'city', type: 'text', default: '北京', description: '' }],
  )

beforeEach(() => {
  rmSync(inFolder('out.csv'), { force: true })
  writeFileSync(inFolder('customers.csv'), 'id,city\n1,北京\n2,上海\nx,北京\n')
  write('good.flow.json', filtered())
})

describe('millrace test', () => {
  const sources = {
    customers: {
      columns: [
        { name: 'id', type: 'BIGINT' },
        { name: 'city', type: 'VARCHAR' },
      ],
      rows: [
        ['1', '北京'],
        ['2', '上海'],
      ],
    },
  }
  const golden = (rows: (string | null)[][]) => ({
    format: 'millrace.golden',
    version: 1,
    tests: [
      {
        name: 'only the city',
        nodeId: 'out',
        port: 'in',
        parameters: { city: '上海' },
        clock: '2026-01-31T00:00:00.000Z',
        sources,
        expected: { columns: sources.customers.columns, rows },
      },
    ],
  })

  it('ends with 0 when all tests pass, without the files of the flow', () => {
    rmSync(inFolder('customers.csv'))
    writeFileSync(inFolder('good.golden.json'), JSON.stringify(golden([['2', '上海']])))
    const { status, stdout } = millrace('test', 'good.flow.json')
    expect([status, stdout]).toEqual([0, expect.stringContaining('1 of 1 golden test passed')])
    expect(existsSync(inFolder('out.csv'))).toBe(false)
  })

  it('ends with 1 and shows the cells that differ', () => {
    writeFileSync(
      inFolder('other.json'),
      JSON.stringify(
        golden([
          ['2', '深圳'],
          ['3', null],
        ]),
      ),
    )
    const { status, stdout } = millrace('test', 'good.flow.json', '--golden', 'other.json')
    expect(status).toBe(1)
    expect(stdout).toContain('FAILED  only the city (out:in): 0 rows added, 1 missing, 1 changed')
    expect(stdout).toContain('~ id "2": city: "深圳" → "上海"')
    expect(stdout).toContain('- "3", NULL')
    const { stdout: json } = millrace('test', 'good.flow.json', '--golden', 'other.json', '--json')
    expect(JSON.parse(json).tests).toMatchObject([{ passed: false, comparison: { counts: { removed: 1 } } }])
  })

  it('ends with 2 where there are no tests, or no tests that can be read', () => {
    rmSync(inFolder('good.golden.json'), { force: true })
    expect(millrace('test', 'good.flow.json')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no golden tests'),
    })
    writeFileSync(inFolder('good.golden.json'), '{"format": "millrace.golden", "version": 2, "tests": []}')
    expect(millrace('test', 'good.flow.json')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('version'),
    })
  })
})

describe('millrace run', () => {
  it('takes the values of an environment, and single ones before them', () => {
    writeFileSync(inFolder('test.json'), JSON.stringify({ name: 'test', values: { city: '上海' } }))
    expect(millrace('run', 'good.flow.json', '--environment', 'test.json').status).toBe(0)
    expect(readFileSync(inFolder('out.csv'), 'utf8')).toBe('id,city\n2,上海\n')
    millrace('run', 'good.flow.json', '--environment', 'test.json', '--param', 'city=北京')
    expect(readFileSync(inFolder('out.csv'), 'utf8')).toBe('id,city\n1,北京\n')
    writeFileSync(inFolder('plain.json'), '{"city": "上海"}')
    expect(millrace('run', 'good.flow.json', '--environment', 'plain.json').stdout).toContain('1 row')
    for (const content of ['{', '[]', '{"values": {"city": 1}}']) {
      writeFileSync(inFolder('bad.json'), content)
      const { status, stderr } = millrace('run', 'good.flow.json', '--environment', 'bad.json')
      expect([status, stderr]).toEqual([2, expect.stringContaining('bad.json is no')])
    }
  })

  it('ends with 0 after a balanced success, and prints one JSON document', () => {
    const { status, stdout } = millrace('run', 'good.flow.json', '--json')
    const result = JSON.parse(stdout)
    expect(status).toBe(0)
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1, problems: [] })
    expect(result.durationMs).toBeGreaterThan(0)
    expect(result.outputs).toEqual([
      { nodeId: 'out', name: 'out.csv', rows: 1, bytes: Buffer.byteLength('id,city\n1,北京\n') },
    ])
    const ledgers = Object.fromEntries(
      result.nodes.map((node: { nodeId: string; ledger: object }) => [node.nodeId, node.ledger]),
    )
    expect(ledgers).toMatchObject({
      customers: { terms: { read: 3 }, out: { out: 2 }, rejected: 1, balanced: true },
      only: { in: { in: 2 }, out: { out: 1 }, filtered: 1, balanced: true },
      out: { in: { in: 1 }, balanced: true },
    })
    expect(readFileSync(inFolder('out.csv'), 'utf8')).toBe('id,city\n1,北京\n')
  })

  it('tells a person what happened, and takes parameters', () => {
    const { status, stdout, stderr } = millrace('run', 'good.flow.json', '--param', 'city=上海')
    expect(status).toBe(0)
    expect(stderr).toContain('only: succeeded')
    expect(stdout).toContain('wrote out.csv: 1 rows')
    expect(readFileSync(inFolder('out.csv'), 'utf8')).toBe('id,city\n2,上海\n')
  })

  it.each([
    ['a value cannot be computed', 'only', 'CAST(city AS INTEGER) > 0', () => {}],
    ['its file is gone', 'customers', 'true', () => rmSync(inFolder('customers.csv'))],
  ])('ends with 1 and the node at fault when %s', (_, nodeId, expression, prepare) => {
    write('fails.flow.json', filtered(expression))
    writeFileSync(inFolder('out.csv'), 'old')
    prepare()
    const { status, stdout } = millrace('run', 'fails.flow.json', '--json')
    const result = JSON.parse(stdout)
    expect(status).toBe(1)
    expect(result).toMatchObject({ status: 'failed', outputs: [] })
    expect(result.problems[0].location.nodeId).toBe(nodeId)
    expect(readFileSync(inFolder('out.csv'), 'utf8')).toBe('old')
    expect(millrace('run', 'fails.flow.json')).toMatchObject({ status: 1 })
  })

  it.each([
    ['has a problem', 'column.unknown', () => write('bad.flow.json', filtered('nothing = 1'))],
    ['is no flow', 'flow.invalid', () => writeFileSync(inFolder('bad.flow.json'), '{')],
    ['is not there', 'flow.invalid', () => rmSync(inFolder('bad.flow.json'), { force: true })],
  ])('ends with 2 when the flow %s', (_, code, prepare) => {
    prepare()
    const { status, stdout } = millrace('run', 'bad.flow.json', '--json')
    expect(status).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ status: 'invalid', problems: [{ code }] })
    expect(existsSync(inFolder('out.csv'))).toBe(false)
  })

  it('writes what requires an approval only by the digest of a dry run that still holds', () => {
    write('careful.flow.json', { ...filtered(), requiresApproval: true })
    const run = (...more: string[]) => millrace('run', 'careful.flow.json', ...more)
    const refused = run('--json')
    expect(refused.status).toBe(1)
    expect(JSON.parse(refused.stdout).problems).toMatchObject([
      { code: 'run.notApproved', location: { nodeId: 'out' } },
    ])
    const dry = run('--dry')
    expect([dry.status, dry.stdout]).toEqual([0, expect.stringContaining('out: 1 to insert, 0 to update')])
    expect(existsSync(inFolder('out.csv'))).toBe(false)
    const [, digest = ''] = /--approved out=(\S+)/.exec(dry.stdout) ?? []
    expect(run('--approved', digest).status).toBe(0)
    expect(readFileSync(inFolder('out.csv'), 'utf8')).toBe('id,city\n1,北京\n')
    writeFileSync(inFolder('customers.csv'), 'id,city\n7,北京\n')
    const changed = run('--approved', `out=${digest}`, '--json')
    expect(JSON.parse(changed.stdout).problems).toMatchObject([{ code: 'run.changed' }])
  }, 60_000)

  it('ends with 1 and one document when a parameter is not of the flow', () => {
    const { status, stdout } = millrace('run', 'good.flow.json', '--param', 'nothing=1', '--json')
    expect(JSON.parse(stdout).problems[0].code).toBe('parameter.unknown')
    expect(status).toBe(1)
  })

  it.each([[[]], [['run']], [['walk', 'good.flow.json']], [['run', 'good.flow.json', '--loud']]])(
    'ends with 2 and explains itself when it is called as %j',
    (parameters) => {
      const { status, stdout, stderr } = millrace(...parameters)
      expect(status).toBe(2)
      expect(stdout).toBe('')
      expect(stderr).not.toBe('')
    },
  )
})

describe('millrace check and plan', () => {
  it('end with 0 for a sound flow, and write nothing', () => {
    expect(millrace('check', 'good.flow.json')).toMatchObject({ status: 0, stdout: 'No problems.\n' })
    const plan = millrace('plan', 'good.flow.json', '--json')
    expect(plan.status).toBe(0)
    expect(JSON.parse(plan.stdout).stages[0].sql).toContain("city = CAST('北京' AS VARCHAR)")
    expect(existsSync(inFolder('out.csv'))).toBe(false)
  })

  it('end with 2 for a faulty one', () => {
    write('bad.flow.json', filtered('nothing = 1'))
    const { status, stdout } = millrace('check', 'bad.flow.json', '--json')
    expect(status).toBe(2)
    expect(JSON.parse(stdout).problems[0]).toMatchObject({ location: { nodeId: 'only' } })
    expect(millrace('plan', 'bad.flow.json').status).toBe(2)
  })
})

describe('keys', () => {
  const masked = (how: 'encrypt' | 'decrypt', from: string, to: string): Flow =>
    flowOf(
      [
        { id: 'in', kind: 'csv.source', settings: { path: from, columns: [column('city')] } },
        { id: 'mask', kind: 'mask', settings: { columns: [{ column: 'city', how, key: 'people' }] } },
        { id: 'out', kind: 'csv.target', settings: { path: to } },
      ],
      ['in -> mask', 'mask -> out'],
    )

  it('come from the folder of --keys; without it the problem says so', () => {
    writeFileSync(inFolder('cities.csv'), 'city\n北京\n')
    write('encrypt.flow.json', masked('encrypt', 'cities.csv', 'secret.csv'))
    write('decrypt.flow.json', masked('decrypt', 'secret.csv', 'out.csv'))
    const without = millrace('run', 'encrypt.flow.json')
    expect(without.status).toBe(2)
    expect(without.stdout).toContain('--keys')
    expect(existsSync(inFolder('secret.csv'))).toBe(false)

    mkdirSync(inFolder('keys'))
    writeFileSync(inFolder('keys/people.key'), randomBytes(32).toString('base64'))
    expect(millrace('run', 'encrypt.flow.json', '--keys', 'keys').status).toBe(0)
    expect(readFileSync(inFolder('secret.csv'), 'utf8')).toMatch(/mr1:people:/)
    expect(millrace('run', 'decrypt.flow.json', '--keys', 'keys').status).toBe(0)
    expect(readFileSync(inFolder('out.csv'), 'utf8')).toContain('北京')
  })
})
