import { setTimeout } from 'node:timers/promises'
import { comeBack, type Reached } from './databases.ts'
import type { Disk } from './disk.ts'
import type { Fault } from './plan.ts'
import type { Victim } from './server.ts'

/** What the harness can break. */
export interface Surroundings {
  readonly server: Victim
  readonly databases: ReadonlyMap<string, Reached>
  /** Undefined: no disk can be filled here. */
  readonly disk: Disk | undefined
}

/** Bytes that a full disk still has: enough to begin something, too few to end it. */
const leftOnDisk = 200_000

async function strikeDatabase({ kind, lasts }: Fault, database: Reached): Promise<void> {
  const { line, process } = database
  if (kind === 'cut') {
    await line.cut()
    await setTimeout(lasts)
    await line.mend()
  } else if (kind === 'slow') {
    line.slow = true
    await setTimeout(lasts)
    line.slow = false
  } else {
    if (!process) throw new Error('a database that the harness has not started cannot be stopped')
    await (kind === 'kill' ? process.kill() : process.stop())
    await comeBack(database)
  }
}

/** Lets a fault happen; resolves when everything is back. */
export async function strike(fault: Fault, { server, databases, disk }: Surroundings): Promise<void> {
  if (fault.victim === 'server') {
    await server.kill()
    await server.start()
  } else if (fault.victim === 'engine') {
    server.killEngines()
  } else if (fault.victim === 'disk') {
    disk?.fill(leftOnDisk)
    await setTimeout(fault.lasts)
    disk?.free()
  } else {
    const database = databases.get(fault.victim)
    if (!database) throw new Error(`there is no ${fault.victim}`)
    await strikeDatabase(fault, database)
  }
}
