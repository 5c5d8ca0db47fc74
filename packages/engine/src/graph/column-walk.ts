import type { Column, Flow } from '../model/index.ts'
import type { Problem } from '../problems/index.ts'
import type { Input } from '../spec/index.ts'
import { escapePlaceholders, renameReferences } from '../sql/column-references.ts'
import {
  type ColumnContext,
  type Compilation,
  compileNode,
  isInferred,
  type PortRenames,
  type Renames,
  relationOf,
} from './column-context.ts'
import { type ProvableNode, type Verified, verifyNode } from './column-proof.ts'
import { namingSettings } from './naming-settings.ts'
import {
  type Arrival,
  type ConnectedNode,
  connectedNodes,
  inputsOfArrivals,
  nodeReferences,
  type SettingReference,
  textsToParse,
} from './references.ts'

/** A setting with another text. */
export interface SettingChange {
  readonly nodeId: string
  readonly field: string
  readonly before: string
  readonly after: string
}

type Settings = Readonly<Record<string, unknown>>

/** What renaming does to one node. */
export interface WalkedNode {
  readonly node: ConnectedNode
  readonly settings: Settings
  readonly changes: readonly SettingChange[]
  /** The references that had to be rewritten, and those that cannot be. */
  readonly references: readonly SettingReference[]
  readonly fixed: readonly Omit<SettingReference, 'place'>[]
  /** New names of columns that arrive. */
  readonly arriving: readonly { readonly arrival: Arrival; readonly from: string; readonly to: string }[]
  readonly problems: readonly Problem[]
}

/** Where a walk begins: what happens to the columns of a node, by port, and its settings by then. */
export interface WalkStart {
  readonly nodeId: string
  readonly settings: Settings
  /** Undefined: as its SQL shows. */
  readonly renames: PortRenames | undefined
  /** The name that goes, for a first guess at what the SQL will show. */
  readonly guess: Renames
  /** Whether a node follows that calculates a column anew under its old name. */
  readonly inPlace: boolean
}

interface Step extends WalkedNode, ProvableNode {
  readonly node: ConnectedNode
  readonly outputs: PortRenames
}

/**
 * Follows renamed columns from a node downstream: rewrites the settings that name them and asks every
 * operator’s own SQL which of its columns are called something else by then. The SQL of all nodes is
 * parsed at once under a guess at the names; where a node shows others, what follows is done again.
 */
export async function walkColumns(
  flow: Flow,
  start: WalkStart,
  context: ColumnContext,
): Promise<WalkedNode[]> {
  const nodes = reachable(connectedNodes(flow, context.ports), start.nodeId)
  const compiled = new Map(
    nodes.map((node) => [
      node.node.id,
      isInferred(node, context)
        ? compileNode(node, node.node.settings, inputsOfArrivals(node), context)
        : undefined,
    ]),
  )
  await context.trees.load(
    nodes.flatMap((node) => [
      ...textsToParse(node),
      ...Object.values(compiled.get(node.node.id)?.outputs ?? {}),
    ]),
  )
  const verified = new Map<string, Verified>()
  if (start.renames) verified.set(start.nodeId, { renames: start.renames, problems: [] })
  const inPlace = new Set<string>()
  for (;;) {
    const steps = guessSteps(nodes, start, compiled, { verified, inPlace }, context)
    await context.trees.load(steps.flatMap(({ after }) => Object.values(after?.outputs ?? {})))
    const surprise = steps.find((step) => {
      const { id } = step.node.node
      if (verified.has(id)) return false
      const found = verifyNode(step, context)
      // A node that calculates a column anew under its old name, beside all others, must follow.
      if (start.inPlace && found.problems.length > 0 && !inPlace.has(id) && madeInPlace(step).length > 0) {
        inPlace.add(id)
        return true
      }
      verified.set(id, found)
      return !sameRenames(found.renames, step.outputs)
    })
    if (!surprise)
      return steps.map((step) => ({
        ...step,
        problems: [...step.problems, ...(verified.get(step.node.node.id)?.problems ?? [])],
      }))
    const at = steps.indexOf(surprise)
    for (const { node } of steps.slice(at + 1)) verified.delete(node.node.id)
  }
}

/** The node and all that hang on it, in topological order. */
export function reachable(nodes: readonly ConnectedNode[], nodeId: string): ConnectedNode[] {
  const found = new Set([nodeId])
  for (const { node, arrivals } of nodes)
    if (arrivals.some(({ from }) => found.has(from.node))) found.add(node.id)
  return nodes.filter(({ node }) => found.has(node.id))
}

interface Known {
  readonly verified: ReadonlyMap<string, Verified>
  /** Nodes whose own names for columns are renamed together with those that arrive. */
  readonly inPlace: ReadonlySet<string>
}

function guessSteps(
  nodes: readonly ConnectedNode[],
  start: WalkStart,
  compiled: ReadonlyMap<string, Compilation | undefined>,
  known: Known,
  context: ColumnContext,
): Step[] {
  const outputs = new Map<string, PortRenames>()
  const steps: Step[] = []
  for (const node of nodes) {
    const isStart = node.node.id === start.nodeId
    const renamesOfRelation = new Map(
      node.arrivals.flatMap((arrival) => {
        const renames = outputs.get(arrival.from.node)?.[arrival.from.port]
        return renames && renames.size > 0 ? [[relationOf(arrival), renames] as const] : []
      }),
    )
    if (!isStart && renamesOfRelation.size === 0) continue
    const plain = rewrite(node, renamesOfRelation, context)
    const rewritten = known.inPlace.has(node.node.id) ? renameInPlace(node, plain, renamesOfRelation) : plain
    const settings = isStart ? start.settings : rewritten.settings
    const inputs = renamedInputs(node, renamesOfRelation)
    const before = compiled.get(node.node.id)
    const after = before && compileNode(node, settings, inputs, context)
    const arriving = node.arrivals.flatMap((arrival) =>
      arrival.columns.flatMap(({ name }) => {
        const to = renamesOfRelation.get(relationOf(arrival))?.get(name.toLowerCase())
        return to === undefined ? [] : [{ arrival, from: name, to }]
      }),
    )
    const guess = isStart ? start.guess : merge([...renamesOfRelation.values()])
    const guessed = known.verified.get(node.node.id)?.renames ?? guessOutputs(node, guess, before, context)
    outputs.set(node.node.id, guessed)
    steps.push({
      ...rewritten,
      node,
      settings,
      arriving,
      problems: after ? newProblems(before, after) : [],
      renamesOfRelation,
      inputs,
      outputs: guessed,
      before,
      after,
    })
  }
  return steps
}

const merge = (all: readonly Renames[]): Renames => new Map(all.flatMap((renames) => [...renames]))

/** Most often a column that arrives under a new name leaves under it too. */
function guessOutputs(
  { node }: ConnectedNode,
  guess: Renames,
  before: Compilation | undefined,
  { ports }: ColumnContext,
): PortRenames {
  if (!before) return {}
  return Object.fromEntries(
    Object.entries(ports[node.id] ?? {}).map(([port, columns]) => [port, within(columns, guess)]),
  )
}

const within = (columns: readonly Column[], renames: Renames): Renames =>
  new Map(
    columns.flatMap(({ name }) => {
      const to = renames.get(name.toLowerCase())
      return to === undefined ? [] : [[name.toLowerCase(), to] as const]
    }),
  )

const keyOf = ({ code, location, message }: Problem): string =>
  JSON.stringify([code, location.field, location.port, message.en])

function newProblems(before: Compilation | undefined, after: Compilation): Problem[] {
  const known = new Set((before?.problems ?? []).map(keyOf))
  return after.problems.filter((problem) => !known.has(keyOf(problem)))
}

function renamedInputs(
  node: ConnectedNode,
  renames: ReadonlyMap<string, Renames>,
): Record<string, readonly Input[]> {
  return inputsOfArrivals({
    ...node,
    arrivals: node.arrivals.map((arrival) => ({
      ...arrival,
      columns: arrival.columns.map((column) => ({
        ...column,
        name: renames.get(relationOf(arrival))?.get(column.name.toLowerCase()) ?? column.name,
      })),
    })),
  })
}

/** A node’s settings under the new names. */
function rewrite(
  node: ConnectedNode,
  renames: ReadonlyMap<string, Renames>,
  { trees }: ColumnContext,
): Pick<Step, 'settings' | 'changes' | 'references' | 'fixed'> {
  const newName = ({ arrival, column }: Pick<SettingReference, 'arrival' | 'column'>) =>
    renames.get(relationOf(arrival))?.get(column.toLowerCase())
  const all = nodeReferences(node, trees)
  const references = all.references.filter((reference) => newName(reference) !== undefined)
  const fixed = all.fixed.filter((reference) => newName(reference) !== undefined)
  let settings: Settings = node.node.settings
  const changes: SettingChange[] = []
  for (const [field, group] of Map.groupBy(references, (reference) => reference.field)) {
    const before = group[0]?.text ?? ''
    const places = group.flatMap(({ place, ...rest }) =>
      place ? [{ ...place, column: { table: '', column: '' }, to: newName(rest) ?? '' }] : [],
    )
    const [whole] = group.filter(({ place }) => place === undefined)
    const after = whole ? escapePlaceholders(newName(whole) ?? '') : renameReferences(before, places)
    if (after === before) continue
    settings = withText(settings, field, after)
    changes.push({ nodeId: node.node.id, field, before, after })
  }
  return { settings, changes, references, fixed }
}

/** The node’s own names for columns that are those of arriving ones. */
function madeInPlace({ node, renamesOfRelation }: Pick<Step, 'node' | 'renamesOfRelation'>) {
  const renames = merge([...renamesOfRelation.values()])
  return namingSettings(node).flatMap(({ field, text }) => {
    const to = [...renames].find(([from]) => escapePlaceholders(from) === text.toLowerCase())?.[1]
    return to === undefined ? [] : [{ field, before: text, after: escapePlaceholders(to) }]
  })
}

function renameInPlace(
  node: ConnectedNode,
  rewritten: ReturnType<typeof rewrite>,
  renamesOfRelation: ReadonlyMap<string, Renames>,
): ReturnType<typeof rewrite> {
  const made = madeInPlace({ node, renamesOfRelation })
  return {
    ...rewritten,
    settings: made.reduce(
      (settings, { field, after }) => withText(settings, field, after),
      rewritten.settings,
    ),
    changes: [...made.map((change) => ({ nodeId: node.node.id, ...change })), ...rewritten.changes],
  }
}

/** Settings with another text at a path; what the path leads through is there already. */
export function withText(settings: Settings, field: string, text: string): Settings {
  const put = (value: unknown, [head, ...rest]: readonly string[]): unknown => {
    if (head === undefined) return text
    if (Array.isArray(value))
      return value.map((item, index) => (String(index) === head ? put(item, rest) : item))
    const record = typeof value === 'object' && value !== null ? value : {}
    const child = Object.entries(record).find(([key]) => key === head)?.[1]
    return { ...record, [head]: put(child, rest) }
  }
  const [head = '', ...rest] = field.split('.')
  return { ...settings, [head]: put(Object.hasOwn(settings, head) ? settings[head] : undefined, rest) }
}

const sameRenames = (a: PortRenames, b: PortRenames): boolean => textOfRenames(a) === textOfRenames(b)

const textOfRenames = (ports: PortRenames): string =>
  JSON.stringify(
    Object.entries(ports)
      .filter(([, renames]) => renames.size > 0)
      .map(([port, renames]) => [port, [...renames].sort()])
      .sort(),
  )
