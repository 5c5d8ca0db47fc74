import { setTimeout } from 'node:timers/promises'
import { flowOf, rowsOf, type Scenario, sourceText } from './scenarios.ts'
import type { RunState, Victim } from './server.ts'
import { type Rows, sameRows } from './tables.ts'

/** How long an undisturbed run may take, in ms. */
const undisturbed = 120_000

/** A scenario as it goes on: its flow, and what its targets have to hold after every run so far. */
export class Course {
  readonly scenario: Scenario
  readonly #server: Victim
  readonly #size: number
  #flowId = ''
  #generation = 0
  #lastRun: string | undefined
  #held: readonly Rows[]
  /** How long the last undisturbed run took, in ms. */
  duration = 0

  /** @param size rows of each run */
  constructor(scenario: Scenario, server: Victim, size: number) {
    this.scenario = scenario
    this.#server = server
    this.#size = size
    this.#held = scenario.targets.map((target) => target.begin(server.home))
  }

  get name(): string {
    return this.scenario.name
  }

  /** Makes the flow and runs it once. */
  async begin(): Promise<string[]> {
    this.#flowId = await this.#server.createFlow(flowOf(this.scenario))
    return this.runUndisturbed()
  }

  /** Returns what is wrong then. */
  async runUndisturbed(): Promise<string[]> {
    const { id } = await this.start()
    this.#lastRun = id
    const deadline = Date.now() + undisturbed
    const run = await this.#server.endedBy(id, () => deadline)
    this.duration = Date.parse(run.endedAt ?? '') - Date.parse(run.startedAt ?? '')
    this.note(run)
    const wrong = this.compare()
    return run.status === 'succeeded' ? wrong : [`it does not run: ${run.problem?.message.en}`, ...wrong]
  }

  /** Starts a run over rows that no earlier one had. Rejects when it is not known whether it has been stored. */
  async start(): Promise<RunState> {
    const rows = rowsOf(this.#generation + 1, this.#size)
    await this.#server.put(`${this.name}.csv`, sourceText(rows))
    this.#generation++
    return this.#server.startRun(this.#flowId)
  }

  /** The same while faults happen: undefined when nothing has been started. */
  async #tryStart(): Promise<string | undefined> {
    const before = this.#generation
    try {
      return (await this.start()).id
    } catch {
      if (before === this.#generation) return undefined
      // The answer may have been lost, and the run not.
      const newest = await this.#server.newestRun(this.#flowId)
      if (newest !== undefined && newest !== this.#lastRun) return newest
      this.#generation = before
      return undefined
    }
  }

  /** Goes on from where the last run failed, over the same rows; undefined when nothing has been started. */
  async #tryResume(failed: RunState): Promise<string | undefined> {
    try {
      return (await this.#server.resume(failed.id)).id
    } catch {
      const newest = await this.#server.newestRun(this.#flowId)
      return newest === failed.id ? undefined : newest
    }
  }

  /**
   * Runs again and again until `isOver`, whatever happens; the last one has to end before `deadline`.
   * @throws when a run does not
   */
  async goOn(isOver: () => boolean, deadline: () => number): Promise<RunState[]> {
    const runs: RunState[] = []
    while (!isOver()) {
      const last = runs.at(-1)
      const resumed = last?.kept ? await this.#tryResume(last) : undefined
      const id = resumed ?? (await this.#tryStart())
      if (id === undefined) {
        await setTimeout(100)
        continue
      }
      this.#lastRun = id
      const run = await this.#server.endedBy(id, deadline)
      this.note(run)
      runs.push(run)
    }
    return runs
  }

  /** Works out what the targets have to hold after a run. */
  note({ status }: RunState): void {
    if (status !== 'succeeded') return
    const rows = rowsOf(this.#generation, this.#size)
    this.#held = this.scenario.targets.map((target, index) =>
      target.apply(this.#held[index] ?? new Map(), rows),
    )
  }

  /** Compares every target with what it has to hold; returns what is wrong. */
  compare(): string[] {
    return this.scenario.targets.flatMap((target, index) => {
      const expected = this.#held[index] ?? new Map()
      const found = target.read(this.#server.home)
      if (sameRows(found, expected)) return []
      // What is wrong once is told once.
      this.#held = this.#held.with(index, found)
      const wrong = [...new Set([...found.keys(), ...expected.keys()])].filter(
        (row) => found.get(row) !== expected.get(row),
      )
      return [`${target.name} holds ${wrong.length} rows wrongly, one of them ${wrong[0]}`]
    })
  }
}
