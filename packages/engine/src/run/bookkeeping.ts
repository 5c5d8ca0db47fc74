import { type InferredNode, relationOf } from '../graph/infer.ts'
import type { RowLaw, Written } from '../spec/index.ts'
import { join, literal, type Sql, sql } from '../sql/index.ts'
import { Accounts, variable } from './accounts.ts'
import type { NodeLedger } from './ledger.ts'
import type { ScannedLeaf, Session } from './session.ts'

const targetLaw: RowLaw = { left: ['in'], right: ['written', 'rejected'] }
const sourceLaw: RowLaw = { left: ['read'], right: ['out', 'rejected'] }

const lawOf = ({ kind }: InferredNode): RowLaw =>
  kind.role === 'operator' ? kind.operator.spec.law : kind.role === 'source' ? sourceLaw : targetLaw

const outputPorts = (node: InferredNode): string[] =>
  Object.keys(node.columns).filter((port) => port !== 'rejects')

/** The books of one run: they are opened with the laws, filled while stages run, and closed at the end. */
export interface Accounting {
  readonly accounts: Accounts
  readonly nodes: readonly InferredNode[]
  readonly session: Session
  /** What targets did to the rows that were there, by node. */
  readonly effects: Map<string, NonNullable<Written['effects']>>
}

export function openAccounts(nodes: readonly InferredNode[], session: Session): Accounting {
  const accounts = new Accounts()
  for (const node of nodes) {
    const { id } = node.node
    accounts.addLaw(id, lawOf(node), Object.keys(node.inputs), outputPorts(node))
    for (const [port, inputs] of Object.entries(node.inputs)) {
      if (inputs.length === 0) accounts.measure(variable(id, `in:${port}`), 0)
      const edges = node.incoming.get(port) ?? []
      const sources = edges.map(({ from }) =>
        variable(from.node, from.port === 'rejects' ? 'rejected' : `out:${from.port}`),
      )
      if (sources.length > 0) accounts.addEdges(id, port, sources)
    }
  }
  return { accounts, nodes, session, effects: new Map() }
}

/** Whether a node reads its inputs to their end; `limit` need not. */
export const readsToEnd = (node: InferredNode): boolean => node.kind.kind !== 'limit'

/** What the profile of the statement that has just run tells of a source. */
export interface Scanned {
  /** Every file of it was scanned. DuckDB leaves out a scan that no condition or join can need. */
  readonly isRead: boolean
  /** The rows that its scans gave; undefined when they cannot be told from others. */
  readonly rows: number | undefined
}

/** `select`: what the statement had of the source, with a `read_csv` for each of its files. */
export function scanned(select: Sql, leaves: readonly ScannedLeaf[]): Scanned {
  const own = leaves.filter(({ file }) => file !== undefined && select.text.includes(literal(file).text))
  const files = select.text.split(' read_csv(').length - 1
  const read = own.filter(({ rows }) => rows > 0)
  const isRead = new Set(read.map(({ file }) => file)).size >= files
  const rows = isRead && read.length === files ? read.reduce((sum, leaf) => sum + leaf.rows, 0) : undefined
  return { isRead, rows }
}

/**
 * Counts what is still unknown, in one statement a round: tallies first (they are independent of
 * the law's other terms), then ports; then draws up the ledgers.
 */
export async function closeAccounts({
  accounts,
  nodes,
  session,
  effects,
}: Accounting): Promise<NodeLedger[]> {
  for (let counted = true; counted; ) {
    const wanted = nextCounts(accounts, nodes)
    counted = wanted.length > 0
    if (!counted) break
    const columns = join(wanted.map(([, select]) => sql`(${select})`))
    const [row] = await (await session.run(sql`SELECT ${columns}`)).getRowsJson()
    wanted.forEach(([name], index) => {
      accounts.measure(name, Number(row?.[index] ?? 0))
    })
  }
  const unbalanced = accounts.unbalanced()
  return nodes.map((node) => {
    const ledger = ledgerOf(node, accounts, !unbalanced.has(node.node.id))
    return { ...ledger, terms: { ...ledger.terms, ...effects.get(node.node.id) } }
  })
}

function nextCounts(accounts: Accounts, nodes: readonly InferredNode[]): [string, Sql][] {
  const { unknown } = accounts
  const ports: [string, Sql][] = []
  for (const node of nodes) {
    const { id } = node.node
    for (const port of outputPorts(node)) {
      const name = variable(id, `out:${port}`)
      if (unknown.has(name)) ports.push([name, sql`SELECT count(*) FROM ${relationOf(id, port)}`])
    }
  }
  const [first] = ports
  if (first) return [first]
  return nodes.flatMap((node) => {
    const tallies = Object.entries(node.compiled?.tallies ?? {}).map(([term, select]): [string, Sql] => [
      variable(node.node.id, term),
      select,
    ])
    // Of several open terms of a law the last often follows from the others: one a round.
    const open = tallies.filter(([name]) => unknown.has(name)).slice(-1)
    const law = new Set(
      [...lawOf(node).left, ...lawOf(node).right].map((term) => variable(node.node.id, term)),
    )
    const beside = tallies.filter(([name]) => !law.has(name) && !accounts.isMeasured(name))
    return [...open, ...beside]
  })
}

function ledgerOf(node: InferredNode, accounts: Accounts, balanced: boolean): NodeLedger {
  const { id } = node.node
  const get = (term: string) => accounts.get(variable(id, term)) ?? 0
  const law = lawOf(node)
  const inputs = Object.keys(node.inputs)
  const outputs = node.kind.role === 'target' ? [] : outputPorts(node)
  const total = (term: string): number =>
    term === 'in'
      ? inputs.reduce((sum, port) => sum + get(`in:${port}`), 0)
      : term === 'out'
        ? outputs.reduce((sum, port) => sum + get(`out:${port}`), 0)
        : get(term)
  const side = (terms: readonly string[]) =>
    terms.map((term) => `${total(term)} ${term.replace(/^in:in$/, 'in')}`).join(' + ')
  const special = new Set(['in', 'out', 'filtered', 'rejected', 'written'])
  const counted = [
    ...Object.keys(node.compiled?.tallies ?? {}),
    ...Object.keys(node.compiled?.counted?.terms ?? {}),
  ]
  const terms = [...new Set([...law.left, ...law.right, ...counted])].filter(
    (term) => !special.has(term) && !term.includes(':'),
  )
  return {
    nodeId: id,
    in: Object.fromEntries(inputs.map((port) => [port, get(`in:${port}`)])),
    out:
      node.kind.role === 'target'
        ? { written: get('written') }
        : Object.fromEntries(outputs.map((port) => [port, get(`out:${port}`)])),
    filtered: get('filtered'),
    rejected: get('rejected'),
    terms: Object.fromEntries(terms.map((term) => [term, get(term)])),
    balanced,
    equation: `${side(law.left)} = ${side(law.right)}`,
  }
}
