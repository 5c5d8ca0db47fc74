import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Flow } from '@millrace/engine'
import { enginesOf, kill } from './processes.ts'

const program = path.resolve(import.meta.dirname, '../../apps/server/src/serve.ts')

export interface RunState {
  readonly id: string
  /** It failed, and can be gone on with. */
  readonly kept: boolean
  /** It goes on with another one. */
  readonly resumes: boolean
  readonly status: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly problem: { readonly code: string; readonly message: { readonly en: string } } | null
}

export const isOver = ({ status }: RunState): boolean => status !== 'queued' && status !== 'running'

/** A real Millrace server in a process of its own, with its data in `home`; it can be killed and started again. */
export class Victim {
  readonly home: string
  #child: ChildProcess | undefined
  #url = ''

  constructor(home: string) {
    this.home = home
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
      env: {
        ...process.env,
        MILLRACE_HOME: this.home,
        PORT: '0',
        LOG_LEVEL: 'error',
        // A start takes half the time once a server has ended in order; see `warmUp`.
        NODE_COMPILE_CACHE: `${this.home}-compiled`,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
      // Ctrl+C is for the harness.
      detached: true,
    })
    this.#child = child
    // Read to the end: a server whose output nobody takes any more would fail at its next line.
    this.#url = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        const [, url] = /Millrace is at (\S+)/.exec(chunk.toString('utf8')) ?? []
        if (url !== undefined) resolve(url)
      })
      child.once('exit', () => reject(new Error('the server did not start')))
    })
  }

  /** Starts and ends it in order, so that its compiled program is kept for all the starts to come. */
  async warmUp(): Promise<void> {
    await this.start()
    const gone = new Promise((resolve) => this.#child?.once('exit', resolve))
    this.#child?.kill('SIGTERM')
    await gone
  }

  get pid(): number {
    return this.#child?.pid ?? -1
  }

  /** SIGKILL. Its engine processes notice by themselves. */
  async kill(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    kill(this.pid)
    await gone
  }

  killEngines(): void {
    for (const pid of enginesOf(this.pid)) kill(pid)
  }

  async ask<Answer>(method: string, route: string, body?: unknown): Promise<Answer> {
    const answer = await fetch(`${this.#url}/api${route}`, {
      method,
      ...(body !== undefined && {
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${route}: ${answer.status} ${text.slice(0, 500)}`)
    const parsed: Answer = text === '' ? undefined : JSON.parse(text)
    return parsed
  }

  /** Puts a file into the Files area at once, as an upload does. */
  async put(name: string, content: string): Promise<void> {
    const file = path.join(this.home, 'files', name)
    await mkdir(path.dirname(file), { recursive: true })
    writeFileSync(`${file}.new`, content)
    await rename(`${file}.new`, file)
  }

  async createFlow(flow: Flow): Promise<string> {
    const { id } = await this.ask<{ id: string }>('POST', '/flows', { flow })
    return id
  }

  startRun(flowId: string): Promise<RunState> {
    return this.ask('POST', `/flows/${flowId}/runs`, {})
  }

  /** Rejects where a failed run cannot be gone on with. */
  resume(runId: string): Promise<RunState> {
    return this.ask('POST', `/runs/${runId}/retry`, { from: 'failure' })
  }

  /** Id of the newest run of a flow; asks until the server answers, for a minute at most. */
  async newestRun(flowId: string): Promise<string | undefined> {
    for (const begun = Date.now(); ; await setTimeout(100)) {
      try {
        const route = `/runs?flowId=${flowId}&pageSize=1`
        return (await this.ask<{ items: RunState[] }>('GET', route)).items[0]?.id
      } catch (error) {
        if (Date.now() - begun > 60_000) throw error
      }
    }
  }

  /** The run once it has ended, though the server may be away meanwhile; rejects after `deadline`, a time in ms. */
  async endedBy(id: string, deadline: () => number): Promise<RunState> {
    for (let status = 'unknown'; ; await setTimeout(25)) {
      try {
        const run = await this.ask<RunState>('GET', `/runs/${id}`)
        if (isOver(run)) return run
        status = run.status
      } catch (error) {
        status = error instanceof Error ? error.message : String(error)
      }
      if (Date.now() > deadline()) throw new Error(`run ${id} has not ended in time: ${status}`)
    }
  }
}
