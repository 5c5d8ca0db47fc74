/** What has come of the scenarios, for the last lines and for whoever counts tests. */
export class Tally {
  readonly #scenarios = new Map<string, { faults: number; interrupted: number; violations: string[] }>()
  faults = 0
  #longest = 0
  #runs = 0
  #hit = 0

  #of(name: string) {
    const found = this.#scenarios.get(name) ?? { faults: 0, interrupted: 0, violations: [] }
    this.#scenarios.set(name, found)
    return found
  }

  /** @param hits faults that happened while the run went on @param took ms from when everything was back to its end */
  count(name: string, hits: number, took: number): void {
    const entry = this.#of(name)
    entry.faults += hits
    if (hits > 0) entry.interrupted++
    this.#runs++
    if (hits > 0) this.#hit++
    this.#longest = Math.max(this.#longest, took)
  }

  /** Names something that has to hold, so that it is counted though nothing violates it. */
  expect(name: string): void {
    this.#of(name)
  }

  violate(name: string, violation: string): void {
    this.#of(name).violations.push(violation)
    console.error(`${name}: ${violation}`)
  }

  get violations(): number {
    return [...this.#scenarios.values()].reduce((sum, entry) => sum + entry.violations.length, 0)
  }

  /** One entry for each scenario and for whatever else has to hold. */
  get tests(): { name: string; violations: readonly string[] }[] {
    return [...this.#scenarios].map(([name, { violations }]) => ({ name, violations }))
  }

  print(): void {
    for (const [name, { faults, interrupted, violations }] of this.#scenarios)
      console.log(
        `${name.padEnd(26)} ${String(faults).padStart(4)} faults in ${String(interrupted).padStart(4)} runs, ${violations.length} violations`,
      )
    console.log(
      `${this.#runs} runs, ${this.#hit} of them hit, the last end ${this.#longest} ms after everything was back`,
    )
  }
}
