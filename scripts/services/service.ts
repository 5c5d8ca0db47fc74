import { spawn, spawnSync } from 'node:child_process'
import { openSync } from 'node:fs'
import { chown, mkdir } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** A server that tests need, running for them alone. */
export interface Started {
  /** What suites find it by. */
  readonly environment: Readonly<Record<string, string>>
  readonly processes: readonly number[]
}

export interface Service {
  readonly name: string
  /** The variables without which its suites leave themselves out. */
  readonly variables: readonly string[]
  /** Packages of the distribution that it is installed from. */
  readonly packages: readonly string[]
  /** Folder of its programs; undefined: it is not installed. */
  programs(): string | undefined
  /** Starts it on loopback with its data in `folder`. Rejects when it does not answer. */
  start(programs: string, folder: string): Promise<Started>
}

const isRoot = process.getuid?.() === 0

/** The account that a program runs under: servers refuse to be root, so they get the one of their package. */
export function accountOf(name: string): { uid: number; gid: number } | undefined {
  if (!isRoot) return undefined
  const id = (flag: string) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout.trim())
  return { uid: id('-u'), gid: id('-g') }
}

export async function folderFor(folder: string, account: ReturnType<typeof accountOf>): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (account) await chown(folder, account.uid, account.gid)
  return folder
}

/** Runs a program to its end. Throws with what it printed when it fails. */
export function runProgram(
  program: string,
  parameters: readonly string[],
  account?: ReturnType<typeof accountOf>,
  input?: string,
): string {
  const { status, stdout, stderr, error } = spawnSync(program, parameters, {
    encoding: 'utf8',
    input,
    ...account,
  })
  if (status !== 0) throw new Error(`${path.basename(program)}: ${error?.message ?? stderr}${stdout}`)
  return stdout
}

/** Installs packages of the distribution; returns why it could not. */
export function install(packages: readonly string[]): string | undefined {
  if (!isRoot) return `not installed (as root: apt-get install ${packages.join(' ')})`
  const options = { encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const
  spawnSync('apt-get', ['update', '-qq'], options)
  const parameters = ['install', '-y', '-qq', '--no-install-recommends', ...packages]
  const { status, stderr, error } = spawnSync('apt-get', parameters, options)
  return status === 0 ? undefined : `apt-get install failed: ${error?.message ?? stderr.trim()}`
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** Starts a server that goes on after this process; its output goes to `log`. Returns its process id. */
export function launch(
  program: string,
  parameters: readonly string[],
  log: string,
  account: ReturnType<typeof accountOf>,
): number {
  const output = openSync(log, 'a')
  const child = spawn(program, parameters, { detached: true, stdio: ['ignore', output, output], ...account })
  child.unref()
  if (child.pid === undefined) throw new Error(`${program} does not start`)
  return child.pid
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Resolves once something listens on the port; rejects when the process has ended or after 60 s. */
export async function listening(port: number, pid: number): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 100) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (open) return
    if (!isAlive(pid)) throw new Error('it ended at once')
    await setTimeout(100)
  }
  throw new Error('it did not listen within 60 s')
}

/** Asks a process to end and waits for it; after 20 s it is made to. */
export async function end(pid: number): Promise<void> {
  if (!isAlive(pid)) return
  // What PostgreSQL calls a fast shutdown; MariaDB takes SIGTERM only.
  process.kill(pid, 'SIGTERM')
  for (let waited = 0; waited < 20_000 && isAlive(pid); waited += 50) {
    // With sessions open PostgreSQL waits for them at SIGTERM, and ends them at SIGINT.
    if (waited === 1000) process.kill(pid, 'SIGINT')
    await setTimeout(50)
  }
  if (isAlive(pid)) process.kill(pid, 'SIGKILL')
}
