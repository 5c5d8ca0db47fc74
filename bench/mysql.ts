/**
 * `node bench/mysql.ts [--rows N] [--json]`: reading from and writing to MySQL or MariaDB against the
 * server's own bulk commands, in one run. Needs MILLRACE_TEST_MYSQL (see scripts/services.ts) and the
 * client `mariadb`.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
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
const address = process.env['MILLRACE_TEST_MYSQL']
if (!address) throw new Error('MILLRACE_TEST_MYSQL is not set; see scripts/services.ts')

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

/** Runs statements in the client; what they give goes to `output`. */
function client(statements: readonly string[], output?: string): void {
  const { host, port, user, password, database } = settings
  const file = output === undefined ? undefined : openSync(output, 'w')
  const { status, stderr } = spawnSync(
    'mariadb',
    [
      '--no-defaults',
      `--host=${host}`,
      `--port=${port}`,
      `--user=${user}`,
      '--skip-ssl',
      '--local-infile=1',
      '--quick',
      '--batch',
      '--skip-column-names',
      database,
      '-e',
      statements.join('; '),
    ],
    {
      encoding: 'utf8',
      env: { ...process.env, MYSQL_PWD: password },
      stdio: ['ignore', file ?? 'ignore', 'pipe'],
    },
  )
  if (file !== undefined) closeSync(file)
  if (status !== 0) throw new Error(stderr)
}

const engine = createEngine({
  roots: { files: folder, folders: {} },
  work: path.join(folder, 'work'),
  warm: true,
  connections: { find: () => Promise.resolve({ connector: 'mysql', settings }) },
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

const filter = 'paid = 1 AND amount > 10'
/** Half of the rows are there already, a tenth of those unchanged. */
const fill = [
  'TRUNCATE bench_target',
  `INSERT INTO bench_target SELECT id, upper(customer), IF(id % 10 = 0, amount * 1.2, 0), placed_at, note
     FROM bench_source WHERE id <= ${rows / 2}`,
]
const source = { id: 'in', kind: 'mysql.source', settings: { connection: 'db', table: 'bench_source' } }

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
      kind: 'mysql.target',
      settings: { connection: 'db', table: 'bench_target', mode: 'upsert', keys: ['id'] },
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
    { id: 'count', kind: 'aggregate', settings: { groups: [], measures } },
    { id: 'out', kind: 'csv.target', settings: { path: 'count.csv' } },
  ],
  ['in -> count', 'count -> out'],
)

const byHand = {
  upsert: () => {
    client(
      [
        `SELECT id, upper(customer), amount * 1.2, placed_at, note FROM bench_source WHERE paid = 1 AND amount > 10`,
      ],
      dump,
    )
    client([
      'CREATE TABLE bench_stage LIKE bench_target',
      `LOAD DATA LOCAL INFILE '${dump}' INTO TABLE bench_stage CHARACTER SET utf8mb4`,
      `INSERT INTO bench_target SELECT * FROM bench_stage ON DUPLICATE KEY UPDATE customer = VALUES(customer),
         gross = VALUES(gross), placed_at = VALUES(placed_at), note = VALUES(note)`,
      'DROP TABLE bench_stage',
    ])
  },
  read: () => client(['SELECT * FROM bench_source'], dump),
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
  before: readonly string[],
  ours: () => unknown,
  theirs: () => unknown,
) {
  const times = { ours: [] as number[], theirs: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    for (const [who, work] of [
      ['ours', ours],
      ['theirs', theirs],
    ] as const) {
      client(before)
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

const digits = `(${Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ALL ')})`
const places = Array.from({ length: String(rows - 1).length }, (_, place) => `p${place}`)
const numbers = `(SELECT 1 + ${places.map((name, place) => `${name}.d * ${10 ** place}`).join(' + ')} AS g FROM ${places.map((name) => `${digits} AS ${name}`).join(', ')}) AS numbers`
client([
  'DROP TABLE IF EXISTS bench_source, bench_target, bench_stage',
  `CREATE TABLE bench_source (id int PRIMARY KEY, customer varchar(60), amount decimal(12,2), placed_at datetime, due date, note varchar(60), paid tinyint(1), weight double) ENGINE=InnoDB`,
  `INSERT INTO bench_source SELECT g, CONCAT('customer ', g % 50000), (g * 37 % 100000) / 100.0, TIMESTAMP'2020-01-01 00:00:00' + INTERVAL g MINUTE,
     DATE'2020-01-01' + INTERVAL g % 1000 DAY, MD5(g), g % 5 > 0, g * 1.5 FROM ${numbers} WHERE g <= ${rows} ORDER BY g`,
  'CREATE TABLE bench_target (id int PRIMARY KEY, customer varchar(60), gross decimal(14,3), placed_at datetime, note varchar(60)) ENGINE=InnoDB',
  'ANALYZE TABLE bench_source',
])
const figures = [
  await compare(
    'read every row, against the client’s batch output to a file',
    1.3,
    ['DO 1'],
    () => millrace(readFlow),
    byHand.read,
  ),
  await compare(
    'filter, map and upsert, against LOAD DATA and INSERT … ON DUPLICATE KEY UPDATE',
    1.5,
    fill,
    () => millrace(upsertFlow),
    byHand.upsert,
  ),
]
client(['DROP TABLE bench_source, bench_target'])
await engine.close()
rmSync(folder, { recursive: true, force: true })
if (values.json) console.log(JSON.stringify(figures))
else
  for (const { name, milliseconds, byHand: hand, ratio, limit } of figures)
    console.log(
      `${name}: ${milliseconds} ms against ${hand} ms, ratio ${ratio.toFixed(2)} (at most ${limit})`,
    )
