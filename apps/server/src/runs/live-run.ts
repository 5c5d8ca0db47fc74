import type { RunEvent } from '@millrace/contract'

export interface NumberedEvent {
  readonly sequence: number
  readonly at: Date
  readonly event: RunEvent
}

/** Log lines that are kept of one run; a flow that writes more would fill the history with itself. */
const mostLogLines = 10_000

type Listener = (event: NumberedEvent) => void

/** Why a run is being stopped. */
export type StopReason = 'cancelled' | 'server-stopped' | 'too-long'

/**
 * A run from the moment it is queued until its end is stored: its events, who listens, and the means to
 * stop it. Progress is only of the moment, so of it the newest per node is kept and never stored.
 */
export class LiveRun {
  readonly id: string
  readonly #controller = new AbortController()
  readonly #kept: NumberedEvent[] = []
  readonly #progress = new Map<string, NumberedEvent>()
  readonly #listeners = new Set<Listener>()
  #unsaved: NumberedEvent[] = []
  #sequence = 0
  #logLines = 0
  #ended = false
  #stopReason: StopReason | undefined
  /** The tokens of its targets are stored: it can no longer be stopped. */
  decided = false

  constructor(id: string) {
    this.id = id
  }

  /** The next events have higher numbers than this one. */
  skipTo(sequence: number): void {
    this.#sequence = Math.max(this.#sequence, sequence)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get stopReason(): StopReason | undefined {
    return this.#stopReason
  }

  stop(reason: StopReason): void {
    this.#stopReason ??= reason
    this.#controller.abort()
  }

  /** Gives an event its number without telling anybody: for events that must be stored first. */
  number(event: RunEvent): NumberedEvent {
    this.#sequence += 1
    return { sequence: this.#sequence, at: new Date(), event }
  }

  /** Tells the listeners of an event and keeps it to be saved. */
  emit(event: RunEvent): void {
    if (this.#ended) return
    if (event.type === 'log') {
      this.#logLines += 1
      if (this.#logLines > mostLogLines) return
    }
    const numbered = this.number(event)
    if (event.type !== 'progress') this.#unsaved.push(numbered)
    this.publish(numbered)
  }

  /** Tells the listeners of an event that is stored, or will be. */
  publish(numbered: NumberedEvent): void {
    if (numbered.event.type === 'progress') this.#progress.set(numbered.event.nodeId, numbered)
    else this.#kept.push(numbered)
    for (const listener of this.#listeners) listener(numbered)
  }

  /** The events that came after a number, in order. */
  since(sequence: number): NumberedEvent[] {
    return [...this.#kept, ...this.#progress.values()]
      .filter((event) => event.sequence > sequence)
      .sort((left, right) => left.sequence - right.sequence)
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  takeUnsaved(): NumberedEvent[] {
    const taken = this.#unsaved
    this.#unsaved = []
    return taken
  }

  /** After a failed save; they come before what has happened since. */
  giveBack(events: readonly NumberedEvent[]): void {
    this.#unsaved = [...events, ...this.#unsaved]
  }

  /** Later events are of no account: what is stored is final. */
  end(): void {
    this.#ended = true
  }
}
