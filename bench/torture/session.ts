import { setTimeout } from 'node:timers/promises'
import type { Course } from './course.ts'
import type { Fault } from './plan.ts'
import type { RunState } from './server.ts'
import { type Surroundings, strike } from './strike.ts'
import { leftovers, strayFiles } from './tables.ts'
import { Tally } from './tally.ts'

/** How long after everything is back a run may take to end truthfully, in ms. */
const patience = 30_000
/** Between two faults, at most: so many times as long as a run takes undisturbed. */
const longestPause = 1.5
/** Runs that the server executes at the same time. */
const concurrency = 2

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The turns of one server, and what came of them. */
export class Session {
  readonly #surroundings: Surroundings
  readonly #note: (entry: unknown) => void
  readonly tally = new Tally()

  /** @param note keeps an entry of the history */
  constructor(surroundings: Surroundings, note: (entry: unknown) => void) {
    this.#surroundings = surroundings
    this.#note = note
  }

  /** Runs without faults, as many at a time as the server executes. */
  async #undisturbed(courses: readonly Course[], work: (course: Course) => Promise<string[]>, when: string) {
    const rest = [...courses]
    const workOff = async () => {
      for (let course = rest.shift(); course; course = rest.shift()) {
        this.tally.count(course.name, 0, 0)
        for (const wrong of await work(course)) this.tally.violate(course.name, `${when}: ${wrong}`)
      }
    }
    await Promise.all(Array.from({ length: concurrency }, workOff))
  }

  begin(courses: readonly Course[]): Promise<void> {
    return this.#undisturbed(courses, (course) => course.begin(), 'at the beginning')
  }

  /** Lets faults happen while the flows of all courses run, and compares all targets once the last runs have ended. */
  async turn(number: number, courses: readonly Course[], faults: readonly Fault[]): Promise<void> {
    let back = Number.POSITIVE_INFINITY
    const isOver = () => back < Number.POSITIVE_INFINITY
    const going = courses.map((course) =>
      course.goOn(isOver, () => back + patience).catch((error: unknown) => reasonOf(error)),
    )
    const usual = courses.reduce((sum, { duration }) => sum + duration, 0) / courses.length
    const struck: { fault: Fault; at: number }[] = []
    for (const fault of faults) {
      await setTimeout(fault.at * usual * longestPause)
      struck.push({ fault, at: Date.now() })
      await strike(fault, this.#surroundings)
    }
    this.tally.faults += faults.length
    back = Date.now()
    const outcomes = await Promise.all(going)
    const when = `turn ${number}, ${faults.map(({ kind, victim }) => `${kind} ${victim}`).join(', ')}`
    const told: string[] = []
    for (const [index, course] of courses.entries()) {
      const runs = outcomes[index] ?? []
      const violations = course.compare()
      if (typeof runs === 'string') violations.push(runs)
      for (const violation of violations) this.tally.violate(course.name, `${when}: ${violation}`)
      if (typeof runs === 'string') continue
      for (const run of runs) {
        const hits = struck.filter(({ at }) => wentOn(run, at)).length
        this.tally.count(course.name, hits, Math.max(0, Date.parse(run.endedAt ?? '') - back))
        this.#note({ turn: number, scenario: course.name, hits, run })
      }
      told.push(`${course.name} ${runs.map(outcomeOf).join(' ')}`)
    }
    this.#note({ turn: number, struck, back })
    console.log(`${String(number).padStart(4)} ${when}\n       ${told.join('\n       ')}`)
  }

  /** A last start of the server and a run of each, after which nothing may be left over and no run be open. */
  async end(courses: readonly Course[]): Promise<void> {
    const { server, databases } = this.#surroundings
    await server.kill()
    await server.start()
    await this.#undisturbed(courses, (course) => course.runUndisturbed(), 'at the end')
    const ended = 'no run without an end'
    const clean = 'nothing left over'
    for (const name of [ended, clean]) this.tally.expect(name)
    for (const status of ['queued', 'running']) {
      const { total } = await server.ask<{ total: number }>('GET', `/runs?status=${status}`)
      if (total > 0) this.tally.violate(ended, `${total} runs are ${status}`)
    }
    const find = () => [
      ...[...databases].flatMap(([id, database]) => leftovers(database).map((name) => `${id}: ${name}`)),
      ...strayFiles(server.home),
    ]
    for (let waited = 0; find().length > 0 && waited < patience; waited += 500) await setTimeout(500)
    for (const leftover of find()) this.tally.violate(clean, leftover)
  }
}

/** How a run ended; with a plus where it went on from a failed one. */
const outcomeOf = ({ status, problem, resumes }: RunState): string =>
  `${resumes ? '+' : ''}${problem?.code ?? status}`

/** Whether a run was being executed at a moment. */
const wentOn = ({ startedAt, endedAt }: RunState, at: number): boolean =>
  startedAt !== null && Date.parse(startedAt) <= at && (endedAt === null || Date.parse(endedAt) >= at)
