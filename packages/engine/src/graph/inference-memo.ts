import type { Column } from '../model/index.ts'
import type { Problem } from '../problems/index.ts'
import type { Compiled } from '../spec/index.ts'
import type { Inspector } from './inspector.ts'

/** What inference found out about an operator. */
export interface RememberedNode {
  readonly problems: readonly Problem[]
  /** Undefined where a problem keeps the node from being inferred. */
  readonly result:
    | { readonly compiled: Compiled; readonly columns: Readonly<Record<string, readonly Column[]>> }
    | undefined
}

/** Operators that are remembered; a large flow has some hundreds. */
const capacity = 5_000

/**
 * What inference found out, by everything that it depends on, so that an edit infers only what lies
 * downstream of it.
 */
export class InferenceMemo {
  readonly #nodes = new Map<string, RememberedNode>()
  readonly #parsed = new Map<string, string>()

  /** The parse tree of a text, as `Inspector.parse` gives it. */
  async parse(inspector: Inspector, text: string): Promise<string> {
    const known = this.#parsed.get(text)
    if (known !== undefined) return known
    const parsed = await inspector.parse(text)
    keepAtMost(this.#parsed, capacity - 1)
    this.#parsed.set(text, parsed)
    return parsed
  }

  recall(key: string): RememberedNode | undefined {
    return this.#nodes.get(key)
  }

  remember(key: string, node: RememberedNode): void {
    keepAtMost(this.#nodes, capacity - 1)
    this.#nodes.set(key, node)
  }
}

/** Forgets the oldest entries. */
function keepAtMost(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return
    map.delete(key)
  }
}
