import { spawn } from 'node:child_process'
import { openSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

const read = (pid: number, file: string): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return undefined
  }
}

const field = (pid: number, name: string): string | undefined =>
  new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(read(pid, 'status') ?? '')?.[1]

/** Alive, and not merely waiting for its parent to take note of its end. */
export const isRunning = (pid: number): boolean => {
  const state = field(pid, 'State')
  return state !== undefined && state !== 'Z'
}

const childrenOf = (parent: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => field(pid, 'PPid') === String(parent))

/** The engine processes of a server. */
export const enginesOf = (server: number): number[] =>
  childrenOf(server).filter((pid) =>
    /run\/child\.ts|engine\/dist\/child\.js/.test(read(pid, 'cmdline') ?? ''),
  )

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

async function gone(pids: readonly number[]): Promise<void> {
  for (let waited = 0; pids.some(isRunning); waited += 20) {
    if (waited > 20_000) throw new Error(`processes do not end: ${pids.filter(isRunning).join(', ')}`)
    await setTimeout(20)
  }
}

/** A program that can be killed and started again just as it was: a database server. */
export class Restartable {
  #pid: number
  readonly #command: readonly string[]
  readonly #account: { uid: number; gid: number }

  constructor(pid: number) {
    this.#pid = pid
    this.#command = (read(pid, 'cmdline') ?? '').split('\0').filter(Boolean)
    this.#account = { uid: Number(field(pid, 'Uid')), gid: Number(field(pid, 'Gid')) }
  }

  /** The port that it listens on, as its command line or its data folder says. */
  get port(): string | undefined {
    const option = this.#command.find((part) => part.startsWith('--port='))
    const folder = this.#command[this.#command.indexOf('-D') + 1]
    if (option !== undefined || folder === undefined) return option?.slice('--port='.length)
    return readFileSync(`${folder}/postmaster.pid`, 'utf8').split('\n')[3]
  }

  get pid(): number {
    return this.#pid
  }

  /** SIGKILL, and all of its children gone: what they still hold would keep it from starting again. */
  async kill(): Promise<void> {
    const family = [this.#pid, ...childrenOf(this.#pid)]
    kill(this.#pid)
    await gone(family)
  }

  /** Shuts it down as an administrator does who does not wait for its clients. */
  async stop(): Promise<void> {
    const family = [this.#pid, ...childrenOf(this.#pid)]
    process.kill(this.#pid, this.#command.some((part) => part === '-D') ? 'SIGINT' : 'SIGTERM')
    await gone(family)
  }

  start(): void {
    const [program, ...parameters] = this.#command
    if (program === undefined) throw new Error('the command line of the server is not known')
    const output = openSync('/dev/null', 'w')
    const child = spawn(program, parameters, {
      detached: true,
      stdio: ['ignore', output, output],
      ...this.#account,
    })
    child.unref()
    if (child.pid === undefined) throw new Error(`${program} does not start`)
    this.#pid = child.pid
  }
}
