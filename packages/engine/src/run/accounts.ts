import type { RowLaw } from '../spec/index.ts'

/** A sum of variables that must be zero: the row law of a node, or an edge's two ends. */
interface Equation {
  readonly nodeId: string
  readonly terms: readonly { readonly variable: string; readonly sign: 1 | -1 }[]
}

interface Entry {
  readonly value: number
  /** Counted, not worked out from other counts. */
  readonly measured: boolean
}

export const variable = (nodeId: string, term: string): string => `${nodeId}|${term}`

/**
 * The row counts of a run as variables and linear equations. Counts that were measured are entered;
 * an equation with one unknown gives it; an equation without unknowns must hold.
 */
export class Accounts {
  readonly #equations: Equation[] = []
  readonly #entries = new Map<string, Entry>()
  readonly #contradictions = new Set<string>()

  addLaw(nodeId: string, law: RowLaw, inputs: readonly string[], outputs: readonly string[]): void {
    const expand = (term: string): string[] =>
      term === 'in'
        ? inputs.map((port) => `in:${port}`)
        : term === 'out'
          ? outputs.map((port) => `out:${port}`)
          : [term]
    const side = (terms: readonly string[], sign: 1 | -1) =>
      terms.flatMap(expand).map((term) => ({ variable: variable(nodeId, term), sign }))
    this.#equations.push({ nodeId, terms: [...side(law.left, 1), ...side(law.right, -1)] })
  }

  /** What arrives at an input port is the sum of what leaves the output ports connected to it. */
  addEdges(nodeId: string, port: string, sources: readonly string[]): void {
    this.#equations.push({
      nodeId,
      terms: [
        { variable: variable(nodeId, `in:${port}`), sign: 1 },
        ...sources.map((source) => ({ variable: source, sign: -1 as const })),
      ],
    })
  }

  measure(name: string, value: number): void {
    const entry = this.#entries.get(name)
    if (entry && entry.value !== value) this.#contradictions.add(name)
    this.#entries.set(name, { value, measured: true })
    this.#solve()
  }

  get(name: string): number | undefined {
    return this.#entries.get(name)?.value
  }

  isMeasured(name: string): boolean {
    return this.#entries.get(name)?.measured ?? false
  }

  get unknown(): ReadonlySet<string> {
    const names = this.#equations.flatMap(({ terms }) => terms.map((term) => term.variable))
    return new Set(names.filter((name) => !this.#entries.has(name)))
  }

  #solve(): void {
    for (let solved = true; solved; ) {
      solved = false
      for (const { terms } of this.#equations) {
        const open = terms.filter((term) => !this.#entries.has(term.variable))
        const [only] = open
        if (open.length !== 1 || !only) continue
        const rest = terms.reduce((sum, term) => sum + term.sign * (this.get(term.variable) ?? 0), 0)
        this.#entries.set(only.variable, { value: -rest * only.sign, measured: false })
        solved = true
      }
    }
  }

  /** Nodes whose counts contradict each other, or are below zero. Unknowns count as unbalanced. */
  unbalanced(): Set<string> {
    const nodes = new Set<string>()
    for (const { nodeId, terms } of this.#equations) {
      const values = terms.map((term) => ({ ...term, value: this.get(term.variable) }))
      const sum = values.reduce((total, { sign, value }) => total + sign * (value ?? 0), 0)
      const isBroken = values.some(
        ({ value, variable: name }) => value === undefined || value < 0 || this.#contradictions.has(name),
      )
      if (isBroken || sum !== 0) nodes.add(nodeId)
    }
    return nodes
  }
}
