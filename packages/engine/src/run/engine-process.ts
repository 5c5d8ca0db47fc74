import { type ChildProcess, fork } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createProblem, ProblemError } from '../problems/index.ts'
import { type Connections, noConnections } from './connections.ts'
import type { RunEvent } from './engine.ts'
import type { FromProcess, ProcessOptions, ToProcess, Work } from './messages.ts'
import { SecretGuard } from './secret-guard.ts'
import { problemOf } from './system-problems.ts'
import type { HoldDecision, VolumeViolation } from './volume.ts'

/** Its sources, or the one file that `pnpm start` makes of them. */
const program =
  process.env['MILLRACE_ENGINE_PROGRAM'] ?? fileURLToPath(new URL('./child.ts', import.meta.url))
/** Where the program is kept compiled, beside its packages; a process starts in half the time. Not writable: it is not kept. */
const compiled = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url))

interface Call {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
  readonly onEvent: ((event: RunEvent) => void) | undefined
  readonly onHold: ((violations: readonly VolumeViolation[]) => Promise<HoldDecision>) | undefined
}

/** The process ended before it answered: killed, out of memory, or crashed. */
export class ProcessDied extends Error {
  readonly reason: 'memory' | 'deadline' | 'killed' | 'crashed'
  constructor(reason: ProcessDied['reason'], detail: string) {
    super(detail)
    this.name = 'ProcessDied'
    this.reason = reason
  }
}

/** Resident bytes of a process, or undefined where the system does not tell. */
async function residentBytes(pid: number): Promise<number | undefined> {
  try {
    const pages = Number((await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')[1])
    return pages * 4096
  } catch {
    return undefined
  }
}

/**
 * A child process with DuckDB in it. Its environment tells it nothing of the parent's, it has its own folder, it is killed
 * when it uses more memory than it may, and whatever happens inside it, the parent goes on.
 */
export class EngineProcess {
  readonly #child: ChildProcess
  readonly #calls = new Map<number, Call>()
  readonly #options: ProcessOptions
  readonly #connections: Connections
  readonly #guard = new SecretGuard()
  readonly #watch: NodeJS.Timeout
  readonly ready: Promise<void>
  #next = 1
  #ended: ProcessDied | undefined
  #killedFor: ProcessDied['reason'] | undefined
  /** Highest resident size that the watch has seen, in bytes. */
  peak = 0

  constructor(options: ProcessOptions, connections: Connections = noConnections) {
    this.#options = options
    this.#connections = connections
    this.#child = fork(program, [], {
      env: { NODE_COMPILE_CACHE: compiled },
      cwd: options.work,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--disable-warning=ExperimentalWarning', '--max-old-space-size=1024'],
    })
    let complaint = ''
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString('utf8')).slice(-2000)
    })
    this.ready = new Promise((resolve, reject) => {
      this.#child.on('message', (message: FromProcess) => {
        if (message.type === 'ready') resolve()
        else if (message.type === 'findConnection') void this.#answer(message.id, message.connection)
        else this.#receive(this.#guard.clean(message))
      })
      this.#child.once('exit', (code, signal) => {
        const died = new ProcessDied(
          this.#killedFor ?? 'crashed',
          this.#guard.cleanText(`${signal ?? `exit ${code}`} ${complaint}`.trim()),
        )
        reject(died)
        this.#end(died)
      })
      this.#child.once('error', (error) => reject(error))
    })
    this.ready.catch(() => {})
    this.#watch = setInterval(() => void this.#checkMemory(), 100)
    this.#watch.unref()
    this.#send({ type: 'start', options })
  }

  get alive(): boolean {
    return this.#ended === undefined
  }

  /** Does work in the process. Rejects with ProblemError, or with ProcessDied. `deadline` in ms: then it is killed. */
  call<Name extends keyof Work, Result>(
    name: Name,
    parameters: Work[Name],
    options: {
      deadline?: number
      onEvent?: (event: RunEvent) => void
      onHold?: Call['onHold']
    } = {},
  ): Promise<Result> {
    if (this.#ended) return Promise.reject(this.#ended)
    const id = this.#next++
    return new Promise<Result>((resolve, reject) => {
      const timer =
        options.deadline === undefined ? undefined : setTimeout(() => this.kill('deadline'), options.deadline)
      const finish = () => clearTimeout(timer)
      this.#calls.set(id, {
        resolve: (result) => {
          finish()
          // The other end is this project's own child.ts: it answers with what `Work` promises.
          resolve(result as Result)
        },
        reject: (error) => {
          finish()
          reject(error)
        },
        onEvent: options.onEvent,
        onHold: options.onHold,
      })
      this.#send({ type: 'call', id, name, parameters })
    })
  }

  cancel(): void {
    this.#send({ type: 'cancel' })
  }

  kill(reason: ProcessDied['reason'] = 'killed'): void {
    this.#killedFor ??= reason
    this.#child.kill('SIGKILL')
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    if (this.#ended) return
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.kill()
    await gone
  }

  #send(message: ToProcess): void {
    if (this.#child.connected) this.#child.send(message, () => {})
  }

  /** Secrets go to the process only when a node of its work asks for the connection they belong to. */
  async #answer(id: number, connection: string): Promise<void> {
    try {
      const found = await this.#connections.find(connection)
      if (found) this.#guard.note(found)
      this.#send({ type: 'connection', id, found: found ?? null })
    } catch (error) {
      this.#send({ type: 'connectionFault', id, problem: problemOf(error, undefined) })
    }
  }

  async #hold({ onHold }: Call, violations: readonly VolumeViolation[]): Promise<void> {
    const decision = await onHold?.(violations).catch(() => undefined)
    this.#send({ type: 'decision', decision: decision ?? 'discard' })
  }

  #receive(message: Exclude<FromProcess, { type: 'ready' | 'findConnection' }>): void {
    if (message.type === 'hold') {
      for (const call of this.#calls.values()) void this.#hold(call, message.violations)
      return
    }
    if (message.type === 'event') {
      for (const call of this.#calls.values()) call.onEvent?.(message.event)
      return
    }
    const call = this.#calls.get(message.id)
    this.#calls.delete(message.id)
    if (message.type === 'result') call?.resolve(message.result)
    else
      call?.reject(
        message.problem
          ? new ProblemError(message.problem, { cause: message.message })
          : new Error(message.message),
      )
  }

  async #checkMemory(): Promise<void> {
    const bytes = await residentBytes(this.#child.pid ?? -1)
    if (bytes === undefined) return
    this.peak = Math.max(this.peak, bytes)
    if (bytes > this.#options.memoryLimit) this.kill('memory')
  }

  #end(died: ProcessDied): void {
    this.#ended = died
    clearInterval(this.#watch)
    for (const call of this.#calls.values()) call.reject(died)
    this.#calls.clear()
  }
}

/** What people are told when a process died. */
export function problemOfDeath(died: ProcessDied, memoryLimit: number, nodeId?: string) {
  const location = nodeId === undefined ? {} : { nodeId }
  const limit = `${Math.round(memoryLimit / 2 ** 20)} MiB`
  return died.reason === 'memory'
    ? createProblem('run.memory', { limit, detail: '' }, location)
    : createProblem('run.died', { detail: died.message }, location)
}
