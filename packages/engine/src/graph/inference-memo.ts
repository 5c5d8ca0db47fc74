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
 * downstream of it. Belongs to one inspector, in which it knows what is declared.
 */
export class InferenceMemo {
  readonly #nodes = new Map<string, RememberedNode>()
  readonly #declared = new Map<string, string>()

  recall(key: string): RememberedNode | undefined {
    return this.#nodes.get(key)
  }

  remember(key: string, node: RememberedNode): void {
    const [oldest] = this.#nodes.keys()
    if (this.#nodes.size >= capacity && oldest !== undefined) this.#nodes.delete(oldest)
    this.#nodes.set(key, node)
  }

  /** Declares a relation, unless it stands there with these columns. */
  async declare(inspector: Inspector, relation: string, columns: readonly Column[]): Promise<void> {
    const shape = JSON.stringify(columns)
    if (this.#declared.get(relation) === shape) return
    await inspector.declare(relation, columns)
    this.#declared.set(relation, shape)
  }
}
