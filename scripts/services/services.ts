import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { mariadbService } from './mariadb.ts'
import { postgresService } from './postgres.ts'
import { end, install, type Service } from './service.ts'

/** Every server that suites ask for. Adding one is a file and a line here. */
const services: readonly Service[] = [postgresService, mariadbService]

interface Running {
  readonly folder: string
  readonly processes: readonly number[]
  readonly environment: Readonly<Record<string, string>>
}

export interface Services extends Running {
  /** The servers that are not there, and why. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[]
}

/** Starts every server, installing those that are missing. Those that a variable names already are left to it. */
export async function startServices(): Promise<Services> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-services-'))
  // Servers run under accounts of their own and have to get through to their folders.
  await chmod(folder, 0o711)
  const leftOut: { name: string; reason: string }[] = []
  const processes: number[] = []
  const environment: Record<string, string> = {}
  for (const service of services) {
    if (service.variables.every((name) => process.env[name])) continue
    const missing = service.programs() === undefined ? install(service.packages) : undefined
    const programs = service.programs()
    const own = path.join(folder, service.name)
    try {
      if (programs === undefined) throw new Error(missing ?? 'its packages do not have it')
      await mkdir(own, { mode: 0o711 })
      const started = await service.start(programs, own)
      processes.push(...started.processes)
      Object.assign(environment, started.environment)
    } catch (error) {
      leftOut.push({ name: service.name, reason: error instanceof Error ? error.message : String(error) })
    }
  }
  return { folder, processes, environment, leftOut }
}

export async function stopServices({ folder, processes }: Running): Promise<void> {
  await Promise.all(processes.map(end))
  await rm(folder, { recursive: true, force: true })
}

/** Where `start` on the command line notes what `stop` is to end. */
const note = path.join(tmpdir(), `millrace-services-${userInfo().username}.json`)

export async function startByHand(): Promise<Services> {
  if (existsSync(note)) throw new Error('they run already; stop them first')
  const started = await startServices()
  const { folder, processes, environment } = started
  await writeFile(note, JSON.stringify({ folder, processes, environment }), { mode: 0o600 })
  return started
}

/** Returns false when nothing was running. */
export async function stopByHand(): Promise<boolean> {
  if (!existsSync(note)) return false
  await stopServices(JSON.parse(await readFile(note, 'utf8')) as Running)
  await rm(note)
  return true
}
