import type { SaxesTagNS } from 'saxes'
import type { XmlHandler } from './reader.ts'

/** Tells, while elements open and close, which of them are rows. */
export interface RowMatcher {
  /** True when the element that opens is a row. */
  open(tag: SaxesTagNS): boolean
  close(): void
  /** True once the elements above a row have been met, so that “no rows” is an answer. */
  readonly parentSeen: boolean
}

type Name = Pick<SaxesTagNS, 'name' | 'local'>

const matches = (step: string, { name, local }: Name): boolean =>
  step === '*' || step === local || step === name

/**
 * `/a/b`: from the top; `a/b` or `b`: at any depth. A step is a local name, `prefix:name` or `*`. An
 * element inside a row is never a row itself; the caller does not ask about those.
 */
export function matchRows(rowPath: string): RowMatcher {
  const steps = rowPath.split('/').filter((step) => step !== '')
  const fromTop = rowPath.startsWith('/') && !rowPath.startsWith('//')
  const above: Name[] = []
  let parentSeen = steps.length <= 1
  const endsIn = (names: readonly Name[], wanted: readonly string[]): boolean => {
    const offset = names.length - wanted.length
    if (offset < 0 || (fromTop && offset > 0)) return false
    return wanted.every((step, index) => {
      const name = names[offset + index]
      return name !== undefined && matches(step, name)
    })
  }
  return {
    open({ name, local }) {
      above.push({ name, local })
      parentSeen ||= endsIn(above, steps.slice(0, -1))
      return endsIn(above, steps)
    },
    close() {
      above.pop()
    },
    get parentSeen() {
      return parentSeen
    },
  }
}

/** What was seen of the elements of one path. */
interface Seen {
  readonly path: string
  readonly depth: number
  /** The most that one parent has had. */
  most: number
  hasParts: boolean
  readonly children: Map<string, Seen>
  hasText: boolean
  /** Elements of this path in the parent that was open last, and which one that was. */
  inParent: number
  lastParent: number
}

/** Paths that are told apart; a document with more is not searched any further. */
const mostPaths = 20_000

const seenAt = (path: string, depth: number): Seen => ({
  path,
  depth,
  most: 0,
  hasParts: false,
  children: new Map(),
  hasText: false,
  inParent: 0,
  lastParent: -1,
})

/** So many elements with parts under one parent are rows; a document is not searched after them. */
const surelyRows = 10_000

/** Looks for the element that rows are, while a document is parsed. */
export interface RowFinder extends XmlHandler {
  /** The path of the element that repeats, undefined when none does. */
  readonly repeating: string | undefined
  /** The path to take when nothing repeats: a document of one row. */
  readonly single: string | undefined
}

/**
 * Finds the element that repeats under one parent: the one nearest to the root; of several there, one
 * that has parts rather than a bare text, and then the most frequent.
 */
export function findRows(): RowFinder {
  const top = seenAt('', 0)
  const stack = [{ seen: top, occurrence: 0 }]
  let occurrences = 0
  const repeated = new Set<Seen>()
  let paths = 0
  let done = false
  return {
    open(tag) {
      const { seen: parent, occurrence } = stack.at(-1) ?? { seen: top, occurrence: 0 }
      let seen = parent.children.get(tag.local)
      if (!seen) {
        seen = seenAt(`${parent.path}/${tag.local}`, parent.depth + 1)
        if (paths++ < mostPaths) parent.children.set(tag.local, seen)
      }
      parent.hasParts = true
      if (Object.values(tag.attributes).some(({ prefix }) => prefix !== 'xmlns' && prefix !== 'xsi'))
        seen.hasParts ||= !('xmlns' in tag.attributes && Object.keys(tag.attributes).length === 1)
      seen.inParent = seen.lastParent === occurrence ? seen.inParent + 1 : 1
      seen.lastParent = occurrence
      seen.most = Math.max(seen.most, seen.inParent)
      if (seen.inParent > 1) repeated.add(seen)
      if (seen.inParent >= surelyRows && seen.hasParts) done = true
      stack.push({ seen, occurrence: ++occurrences })
    },
    close() {
      stack.pop()
    },
    text(text) {
      const seen = stack.at(-1)?.seen
      if (seen && !seen.hasText && text.trim() !== '') seen.hasText = true
    },
    get done() {
      return done
    },
    get repeating() {
      const depth = Math.min(...[...repeated].map((seen) => seen.depth))
      const nearest = [...repeated].filter((seen) => seen.depth === depth)
      const withParts = nearest.filter((seen) => seen.hasParts)
      const candidates = withParts.length > 0 ? withParts : nearest
      return candidates.toSorted((a, b) => b.most - a.most)[0]?.path
    },
    get single() {
      let [found] = top.children.values()
      if (!found || !(found.hasParts || found.hasText)) return undefined
      for (;;) {
        const [only, another]: (Seen | undefined)[] = [...found.children.values()]
        if (!only || another || !only.hasParts || found.hasText) return found.path
        found = only
      }
    },
  }
}
