import type { Random } from './random.ts'

export const kinds = ['kill', 'restart', 'cut', 'slow', 'full'] as const
/**
 * `kill`: SIGKILL. `restart`: a database is shut down and started. `cut`: all its connections are reset and
 * new ones refused. `slow`: its line passes a few kB a second. `full`: the disk of the server has no room.
 */
export type Kind = (typeof kinds)[number]

export interface Fault {
  readonly kind: Kind
  /** `server`, `engine`, `disk`, or the id of a database's connection. */
  readonly victim: string
  /** How long after what was before it, as a share of the time that an undisturbed run takes. */
  readonly at: number
  /** How long, in ms; a kill and a restart take as long as they take. */
  readonly lasts: number
}

/** Flows that run again and again at the same time, and what happens to them one after the other. */
export interface Turn<Scenario> {
  readonly scenarios: readonly Scenario[]
  readonly faults: readonly Fault[]
}

interface Possibilities<Scenario> {
  readonly scenarios: readonly Scenario[]
  /** How many faults of each kind. */
  readonly counts: Readonly<Partial<Record<Kind, number>>>
  /** Databases that can be killed and restarted. */
  readonly killable: ReadonlySet<string>
}

const scenariosOfTurn = 3
const faultsOfTurn = 5

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const rest = [...items]
  return items.map(() => {
    const item = random.pick(rest)
    rest.splice(rest.indexOf(item), 1)
    return item
  })
}

/** What happens in a whole session; the same for the same seed. */
export function planTurns<Scenario extends { readonly databases: readonly string[] }>(
  { scenarios, counts, killable }: Possibilities<Scenario>,
  random: Random,
): Turn<Scenario>[] {
  const wanted = kinds.flatMap((kind) => Array.from({ length: counts[kind] ?? 0 }, () => kind))
  const order = shuffled(wanted, random)
  const turns: Turn<Scenario>[] = []
  // Dealt like cards, so that no scenario is left out for long.
  let hand: Scenario[] = []
  const deal = (): Scenario => {
    if (hand.length === 0) hand = shuffled(scenarios, random)
    return hand.pop() as Scenario
  }
  while (order.length > 0) {
    const chosen = new Set<Scenario>()
    while (chosen.size < Math.min(scenariosOfTurn, scenarios.length)) chosen.add(deal())
    const databases = [...new Set([...chosen].flatMap((scenario) => scenario.databases))]
    const faults = order.splice(0, faultsOfTurn).map((kind): Fault => {
      const stoppable = databases.filter((id) => killable.has(id))
      const victims = {
        kill: ['server', 'engine', ...stoppable],
        restart: stoppable,
        cut: databases,
        slow: databases,
        full: ['disk'],
      }[kind]
      const at = random.next()
      const lasts = Math.round(300 + random.next() * 2200)
      return victims.length > 0
        ? { kind, victim: random.pick(victims), at, lasts }
        : { kind: 'kill', victim: random.pick(['server', 'engine']), at, lasts }
    })
    turns.push({ scenarios: [...chosen], faults })
  }
  return turns
}
