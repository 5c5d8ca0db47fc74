/** How soon the screen tells the truth after an edit: through the server, as the browser asks. */
import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { emptyFlow, type Flow, type FlowNode } from '@millrace/engine'

export interface Latency {
  readonly name: string
  /** Median, ms. */
  readonly value: number
  /** What is to be reached, ms. */
  readonly goal: number
}

const edits = 30

const node = (id: string, kind: string, settings: Record<string, unknown>): FlowNode => ({
  id,
  kind,
  settings,
  label: '',
  position: { x: 0, y: 0 },
  disabled: false,
  note: '',
})

/** Source, `length` operators one after the other, target. */
function chain(length: number): Flow {
  const operators = Array.from({ length }, (_, index) => {
    const id = `step-${index + 1}`
    return index % 2 === 0
      ? node(id, 'filter', { expression: `length(name) > ${index % 5}` })
      : node(id, 'map', {
          others: 'keep',
          columns: [{ name: 'note', expression: `trim(note) || '${index}'` }],
        })
  })
  const nodes = [
    node('customers', 'csv.source', { path: 'customers.csv' }),
    ...operators,
    node('out', 'csv.target', { path: 'out.csv' }),
  ]
  const edges = nodes.slice(1).map((to, index) => ({
    from: { node: nodes[index]?.id ?? '', port: 'out' },
    to: { node: to.id, port: 'in' },
  }))
  return { ...emptyFlow('bench'), nodes, edges }
}

/** The flow with another column at a node in its middle, so that everything after it changes. */
function edited(flow: Flow, turn: number): Flow {
  const place = Math.floor(flow.nodes.length / 2)
  const settings = { others: 'keep', columns: [{ name: `extra ${turn}`, expression: 'upper(name)' }] }
  return {
    ...flow,
    nodes: flow.nodes.map((each, index) => (index === place ? { ...each, kind: 'map', settings } : each)),
  }
}

/** A server of its own process over a data folder; the caller kills it. */
export async function serve(home: string): Promise<{ child: ChildProcess; url: string }> {
  const program = path.resolve(import.meta.dirname, '../apps/server/src/serve.ts')
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, MILLRACE_HOME: home, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  // Read to the end: a server whose output nobody takes any more would fail at its next line.
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      const [, found] = /Millrace is at (\S+)/.exec(chunk.toString('utf8')) ?? []
      if (found !== undefined) resolve(found)
    })
    child.once('exit', () => reject(new Error('the server did not start')))
  })
  return { child, url }
}

async function medianOf(work: (turn: number) => Promise<void>): Promise<number> {
  const times: number[] = []
  for (let turn = 0; turn < edits; turn++) {
    const started = performance.now()
    await work(turn)
    times.push(performance.now() - started)
  }
  return times.toSorted((a, b) => a - b)[Math.floor(edits / 2)] ?? Number.NaN
}

/** `customers`: a CSV file; its rows are what the previews stand on. */
export async function measureDesign(customers: string): Promise<Latency[]> {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-design-'))
  mkdirSync(path.join(home, 'files'), { recursive: true })
  copyFileSync(customers, path.join(home, 'files/customers.csv'))
  const { child, url } = await serve(home)
  const ask = async (what: string, body: unknown) => {
    const answer = await fetch(`${url}/api/design/${what}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    const text = await answer.text()
    const found: { problems: unknown[] } = JSON.parse(text)
    if (!answer.ok || found.problems.length > 0) throw new Error(text.slice(0, 500))
  }
  try {
    const long = chain(98)
    const short = chain(4)
    await ask('infer', { flow: long })
    const preview = (flow: Flow) => ask('preview', { flow, nodeId: 'step-4', port: 'out' })
    await preview(short)
    return [
      {
        name: 'columns and problems after an edit, 100 nodes',
        value: await medianOf((turn) => ask('infer', { flow: edited(long, turn) })),
        goal: 100,
      },
      {
        name: 'rows after an edit, behind a file of a million rows',
        value: await medianOf((turn) => preview(edited(short, turn))),
        goal: 300,
      },
    ]
  } finally {
    child.kill()
    rmSync(home, { recursive: true, force: true })
  }
}

if (import.meta.main) console.log(await measureDesign(process.argv[2] ?? 'customers.csv'))
