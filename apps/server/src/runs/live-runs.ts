import { LiveRun } from './live-run.ts'

/** The runs that have not ended, as far as this server knows. */
export class LiveRuns {
  readonly #runs = new Map<string, LiveRun>()

  get(id: string): LiveRun | undefined {
    return this.#runs.get(id)
  }

  all(): LiveRun[] {
    return [...this.#runs.values()]
  }

  /** Before a new run is stored: from then on its events can be followed. */
  announce(id: string): LiveRun {
    const live = new LiveRun(id)
    this.#runs.set(id, live)
    live.publish(live.number({ type: 'status', status: 'queued', problem: null }))
    return live
  }

  /** Makes a run that was queued elsewhere one that can be followed here. @param last its last event's number */
  take(id: string, last: number): LiveRun {
    const live = new LiveRun(id)
    live.skipTo(last)
    this.#runs.set(id, live)
    return live
  }

  forget(id: string): void {
    this.#runs.delete(id)
  }

  /** Forgets a run that has ended, if nobody has begun to follow it anew. */
  release(live: LiveRun): void {
    if (this.#runs.get(live.id) === live) this.#runs.delete(live.id)
  }
}
