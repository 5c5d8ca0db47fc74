import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type FlowDocument, flowDocument, type Run, run, runEvent } from '@millrace/contract'
import { emptyFlow, type Flow, isFinal } from '@millrace/engine'
import { vi } from 'vitest'
import { type RunningServer, startServer } from '../main.ts'
import type { ServerOptions } from '../options.ts'
import { createTestDatabase, dropTestDatabase, testDatabaseUrl } from './test-database.ts'

// Real processes on a machine that others use too.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** A server on a free port with a data folder and a database of its own, and what tests ask of it over HTTP. */
export class TestServer {
  readonly home: string
  readonly #options: Partial<ServerOptions>
  #server: RunningServer | undefined
  #hasDatabase = false

  constructor(options: Partial<ServerOptions> = {}) {
    this.home = mkdtempSync(path.join(os.tmpdir(), 'millrace-test-'))
    this.#options = options
  }

  async start(): Promise<this> {
    const databaseUrl = this.#options.databaseUrl ?? testDatabaseUrl(this.#options.home ?? this.home)
    if (!this.#hasDatabase && this.#options.home === undefined && this.#options.databaseUrl === undefined) {
      await createTestDatabase(this.home)
      this.#hasDatabase = true
    }
    this.#server = await startServer({
      host: '127.0.0.1',
      home: this.home,
      databaseUrl,
      port: 0,
      logLevel: 'silent',
      warm: false,
      webRoot: undefined,
      samples: path.join(this.home, 'no-samples'),
      ...this.#options,
    })
    return this
  }

  get url(): string {
    if (!this.#server) throw new Error('the test server is not running')
    return this.#server.url
  }

  async stop(): Promise<void> {
    await this.#server?.close()
    this.#server = undefined
  }

  async dispose(): Promise<void> {
    await this.stop()
    if (this.#hasDatabase) await dropTestDatabase(this.home)
    rmSync(this.home, { recursive: true, force: true })
  }

  request(method: string, address: string, body?: unknown): Promise<Response> {
    return fetch(`${this.url}/api${address}`, {
      method,
      ...(body !== undefined && {
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    })
  }

  upload(name: string, content: string | Blob, query = ''): Promise<Response> {
    const form = new FormData()
    form.append('file', new Blob([content]), name)
    return fetch(`${this.url}/api/files${query}`, { method: 'POST', body: form })
  }

  async createFlow(flow: Flow): Promise<FlowDocument> {
    return flowDocument.parse(await (await this.request('POST', '/flows', { flow })).json())
  }

  async startRun(flowId: string, body: object = {}): Promise<Run> {
    return run.parse(await (await this.request('POST', `/flows/${flowId}/runs`, body)).json())
  }

  async getRun(id: string): Promise<Run> {
    return run.parse(await (await this.request('GET', `/runs/${id}`)).json())
  }

  /** Waits until a condition on a run holds. */
  async waitFor(id: string, holds: (found: Run) => boolean = ({ status }) => isFinal(status)): Promise<Run> {
    const deadline = Date.now() + 110_000
    for (let pause = 25; ; pause = Math.min(pause * 1.5, 500)) {
      const found = await this.getRun(id)
      if (holds(found)) return found
      if (Date.now() > deadline) throw new Error(`run ${id} stayed ${found.status}`)
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }

  /** The events of a run after a number, until the server closes the stream or `most` have come. */
  async events(id: string, after?: number, most = Number.POSITIVE_INFINITY) {
    const controller = new AbortController()
    const response = await fetch(`${this.url}/api/runs/${id}/events`, {
      signal: controller.signal,
      headers: after === undefined ? {} : { 'Last-Event-ID': String(after) },
    })
    const events: { id: number; event: ReturnType<typeof runEvent.parse> }[] = []
    let text = ''
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const [, number, data] = /^id: (\d+)\ndata: (.*)$/s.exec(block) ?? []
        if (number !== undefined && data !== undefined)
          events.push({ id: Number(number), event: runEvent.parse(JSON.parse(data)) })
      }
      if (events.length >= most) break
    }
    controller.abort()
    return { status: response.status, events }
  }
}

/** Reads one CSV file, keeps the rows that meet `condition`, and writes them to another. */
export const copyFlow = (from: string, to: string, condition = 'true'): Flow => ({
  ...emptyFlow(`${from} → ${to}`),
  nodes: [
    { kind: 'csv.source', id: 'in', settings: { path: from } },
    { kind: 'filter', id: 'keep', settings: { expression: condition } },
    { kind: 'csv.target', id: 'out', settings: { path: to } },
  ].map((node, index) => ({
    ...node,
    label: '',
    note: '',
    disabled: false,
    position: { x: index * 240, y: 0 },
  })),
  edges: [
    { from: { node: 'in', port: 'out' }, to: { node: 'keep', port: 'in' } },
    { from: { node: 'keep', port: 'out' }, to: { node: 'out', port: 'in' } },
  ],
})

/** True for every row of numbers, after some seconds in which DuckDB does not listen to anybody. */
export const slowCondition = "levenshtein(repeat('a', 60000) || name, repeat('b', 60000)) > 0"
