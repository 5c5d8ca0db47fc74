/**
 * `node bench/postgres.ts [--rows N] [--json]`: reading from and writing to PostgreSQL against the
 * server's own bulk commands, in one run. Needs MILLRACE_TEST_POSTGRES (see scripts/services.ts) and psql.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Flow } from '@millrace/engine'
import { createEngine } from '@millrace/engine/runtime'
import { flowOf } from '@millrace/engine/testing'

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, json: { type: 'boolean', default: false } },
})
const rows = Number(values.rows)
const rounds = 3
const address = process.env['MILLRACE_TEST_POSTGRES']
if (!address) throw new Error('MILLRACE_TEST_POSTGRES is not set; see scripts/services.ts')

const url = new URL(address)
const settings = {
  host: url.hostname,
  port: Number(url.port),
  database: url.pathname.slice(1),
  user: url.username,
  password: decodeURIComponent(url.password),
  tls: 'off',
}
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-bench-'))
const dump = path.join(folder, 'rows.txt')

function psql(...commands: readonly string[]): void {
  const parameters = commands.flatMap((command) => ['-c', command])
  const { status, stderr } = spawnSync(
    'psql',
    [`${address}?sslmode=disable`, '-qX', '-v', 'ON_ERROR_STOP=1', ...parameters],
    {
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(stderr)
}

const engine = createEngine({
  roots: { files: folder, folders: {} },
  work: path.join(folder, 'work'),
  warm: true,
  connections: { find: () => Promise.resolve({ connector: 'postgres', settings }) },
})

let runs = 0
async function millrace(flow: Flow): Promise<void> {
  const result = await engine.run({
    flow,
    runId: `bench-${process.pid}-${runs++}`,
    clock: new Date().toISOString(),
    parameters: {},
    resultFolder: path.join(folder, 'result'),
    onEvent: () => {},
    onPrepared: () => Promise.resolve(),
  })
  if (result.status !== 'succeeded') throw new Error(JSON.stringify(result.problems))
}

const filter = 'paid AND amount > 10'
const mapped = 'upper(customer) AS customer, amount * 1.2 AS gross'
/** Half of the rows are there already, a tenth of those unchanged. */
const fill = `TRUNCATE bench_target; INSERT INTO bench_target SELECT id, upper(customer),
  CASE WHEN id % 10 = 0 THEN amount * 1.2 ELSE 0 END, placed_at, note FROM bench_source WHERE id <= ${rows / 2}`
const source = {
  id: 'in',
  kind: 'postgres.source',
  settings: { connection: 'db', table: 'public.bench_source' },
}

const upsertFlow = flowOf(
  [
    source,
    { id: 'some', kind: 'filter', settings: { expression: filter } },
    {
      id: 'shape',
      kind: 'map',
      settings: {
        columns: [
          { name: 'id', expression: 'id' },
          { name: 'customer', expression: 'upper(customer)' },
          { name: 'gross', expression: 'CAST(amount * 1.2 AS DECIMAL(14,3))' },
          { name: 'placed_at', expression: 'placed_at' },
          { name: 'note', expression: 'note' },
        ],
      },
    },
    {
      id: 'out',
      kind: 'postgres.target',
      settings: { connection: 'db', table: 'public.bench_target', mode: 'upsert', keys: ['id'] },
    },
  ],
  ['in -> some', 'some -> shape', 'shape -> out'],
)

const measures = ['id', 'customer', 'amount', 'placed_at', 'due', 'note', 'paid', 'weight'].map((column) => ({
  name: column,
  how: 'count',
  column,
}))

/** Reads every value of every row and writes one row. */
const readFlow = flowOf(
  [
    source,
    {
      id: 'count',
      kind: 'aggregate',
      settings: { groups: [], measures },
    },
    { id: 'out', kind: 'csv.target', settings: { path: 'count.csv' } },
  ],
  ['in -> count', 'count -> out'],
)

const byHand = {
  upsert: () =>
    psql(
      `\\copy (SELECT id, ${mapped}, placed_at, note FROM bench_source WHERE ${filter}) TO '${dump}'`,
      'CREATE UNLOGGED TABLE bench_stage (LIKE bench_target)',
      `\\copy bench_stage FROM '${dump}'`,
      `INSERT INTO bench_target SELECT * FROM bench_stage ON CONFLICT (id) DO UPDATE SET customer = excluded.customer,
         gross = excluded.gross, placed_at = excluded.placed_at, note = excluded.note`,
      'DROP TABLE bench_stage',
    ),
  read: () => psql(`\\copy bench_source TO '${dump}'`),
}

async function timed(work: () => unknown): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

const median = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN

async function compare(
  name: string,
  limit: number,
  before: string,
  ours: () => unknown,
  theirs: () => unknown,
) {
  const times = { ours: [] as number[], theirs: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    for (const [who, work] of [
      ['ours', ours],
      ['theirs', theirs],
    ] as const) {
      psql(before, 'CHECKPOINT')
      await setTimeout(1500)
      times[who].push(await timed(work))
    }
  }
  const ratio = median(times.ours) / median(times.theirs)
  return {
    name,
    milliseconds: Math.round(median(times.ours)),
    byHand: Math.round(median(times.theirs)),
    ratio,
    limit,
  }
}

psql(
  'DROP TABLE IF EXISTS bench_source, bench_target, bench_stage',
  `CREATE TABLE bench_source (id int PRIMARY KEY, customer text, amount numeric(12,2), placed_at timestamp, due date, note text, paid boolean, weight float8)`,
  `INSERT INTO bench_source SELECT g, 'customer ' || g % 50000, (g * 37 % 100000) / 100.0, timestamp '2020-01-01' + g * interval '1 minute',
     date '2020-01-01' + g % 1000, md5(g::text), g % 5 > 0, g * 1.5 FROM generate_series(1, ${rows}) g`,
  'CREATE TABLE bench_target (id int PRIMARY KEY, customer text, gross numeric(14,3), placed_at timestamp, note text)',
  'VACUUM ANALYZE bench_source',
)
const figures = [
  await compare(
    'read every row, against \\copy to a file',
    1.3,
    'SELECT',
    () => millrace(readFlow),
    byHand.read,
  ),
  await compare(
    'filter, map and upsert, against \\copy and INSERT … ON CONFLICT',
    1.5,
    fill,
    () => millrace(upsertFlow),
    byHand.upsert,
  ),
]
psql('DROP TABLE bench_source, bench_target')
await engine.close()
rmSync(folder, { recursive: true, force: true })
if (values.json) console.log(JSON.stringify(figures))
else
  for (const { name, milliseconds, byHand: hand, ratio, limit } of figures)
    console.log(
      `${name}: ${milliseconds} ms against ${hand} ms, ratio ${ratio.toFixed(2)} (at most ${limit})`,
    )
