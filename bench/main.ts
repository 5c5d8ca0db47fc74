/** `pnpm bench [--json] [--rows N] [--large N] [--no-canvas]`: ratios against the raw engine and a plain script, in one run. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Flow } from '@millrace/engine'
import { createEngine } from '@millrace/engine/runtime'
import { measureCanvas } from './canvas.ts'
import { measureDesign } from './design.ts'
import { measureFirstLoad } from './first-load.ts'
import { generate } from './generate.ts'
import { workloads } from './workloads.ts'

interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly against: string
  readonly ratio: number | null
}

const { values } = parseArgs({
  allowNegative: true,
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: '1000000' },
    large: { type: 'string', default: '10000000' },
    canvas: { type: 'boolean', default: true },
  },
})
const rounds = 3
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-bench-'))

const median = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN

function timeScript(script: string, ...parameters: readonly string[]): number {
  const started = performance.now()
  const { status, stderr } = spawnSync(
    process.execPath,
    [path.join(import.meta.dirname, script), ...parameters],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(stderr)
  return performance.now() - started
}

const engine = createEngine({
  roots: { files: folder, folders: {} },
  work: path.join(folder, 'work'),
  warm: true,
})

/** One run as the server does it: the process that it needs stands ready. */
async function timeRun(flow: Flow): Promise<number> {
  await setTimeout(1500)
  const started = performance.now()
  const result = await engine.run({
    flow,
    runId: 'bench',
    clock: new Date().toISOString(),
    parameters: {},
    resultFolder: path.join(folder, 'result'),
    onEvent: () => {},
    onPrepared: () => Promise.resolve(),
  })
  if (result.status !== 'succeeded') throw new Error(JSON.stringify(result.problems))
  return performance.now() - started
}

/** Largest resident size of this process's children while `work` goes on, in bytes. */
async function peakOfChildren(work: () => Promise<unknown>): Promise<number> {
  let peak = 0
  const sample = setInterval(() => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
        if (parent === String(process.pid))
          peak = Math.max(peak, Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096)
      } catch {
        // It has ended in between.
      }
    }
  }, 50)
  await work()
  clearInterval(sample)
  return peak
}

const figures: Figure[] = []
const rows = Number(values.rows)
await generate(rows, folder)
for (const { name, flow, sql } of workloads) {
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < rounds; round++) {
    ours.push(await timeRun(flow))
    theirs.push(timeScript('by-hand.ts', sql(folder)))
  }
  figures.push({
    name,
    value: Math.round(median(ours)),
    unit: 'ms',
    against: 'the same SQL by hand in DuckDB',
    ratio: median(ours) / median(theirs),
  })
  const streams = timeScript('by-streams.ts', folder, name)
  figures.push({
    name,
    value: Math.round(median(ours)),
    unit: 'ms',
    against: 'a plain Node stream script',
    ratio: median(ours) / streams,
  })
}
const latencies = [
  ...(await measureDesign(path.join(folder, 'customers.csv'))),
  ...(await measureFirstLoad()),
]
for (const { name, value, goal } of latencies)
  figures.push({ name, value: Math.round(value), unit: 'ms', against: `${goal} ms`, ratio: value / goal })
if (values.canvas) {
  const frame = 1000 / 60
  const { nodes, near, whole } = await measureCanvas(500)
  for (const [name, { median: middle }] of [
    ['panning', near.pan],
    ['dragging a node', near.drag],
    ['panning, all in view', whole.pan],
    ['dragging a node, all in view', whole.drag],
  ] as const)
    figures.push({
      name: `${name}, ${nodes} nodes, median frame`,
      value: middle,
      unit: 'ms',
      against: '16.7 ms, 60 frames a second',
      ratio: middle / frame,
    })
}
const large = Number(values.large)
const [first] = workloads
if (large > 0 && first) {
  await generate(large, folder)
  const peak = await peakOfChildren(() => timeRun(first.flow))
  figures.push({
    name: `memory peak, ${large} rows`,
    value: Math.round(peak / 2 ** 20),
    unit: 'MiB',
    against: '1 GiB',
    ratio: peak / 2 ** 30,
  })
}
await engine.close()
rmSync(folder, { recursive: true, force: true })
if (values.json) console.log(JSON.stringify(figures, null, 2))
else
  for (const { name, value, unit, against, ratio } of figures)
    console.log(`${name}: ${value} ${unit}, ${ratio?.toFixed(2)} × ${against}`)
