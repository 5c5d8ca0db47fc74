import {
  backfill,
  type Cursor,
  hold,
  logLine,
  type Run,
  type RunNode,
  type RunSummary,
  runEvent,
  runSummary,
  targetChanges,
} from '@millrace/contract'
import { nodeLedger, nodeStates, problem, runStatuses } from '@millrace/engine'
import { z } from 'zod'
import type { Prisma } from '../generated/client.ts'
import type { NumberedEvent } from './live-run.ts'

/** The columns of a run's line in the history. */
export const summaryColumns = {
  id: true,
  flowId: true,
  flowName: true,
  version: true,
  status: true,
  trigger: true,
  queuedAt: true,
  startedAt: true,
  endedAt: true,
  durationMs: true,
  rowsIn: true,
  rowsOut: true,
  filtered: true,
  rejected: true,
  balanced: true,
  problem: true,
  dry: true,
  approves: true,
  retries: true,
  resumes: true,
  kept: true,
  replays: true,
  backfill: true,
  hold: true,
} as const satisfies Prisma.RunSelect

type SummaryRow = Prisma.RunGetPayload<{ select: typeof summaryColumns }>
type FullRow = Prisma.RunGetPayload<{ include: { nodes: true; outputs: true } }>

/** Where rejected rows were rejected that a run feeds in again. */
export const replays = z.object({ runId: z.string(), nodeId: z.string() })

/** As the engine gave them, with the digests that approve them. */
export const storedChanges = z.array(targetChanges.extend({ digest: z.string() }))

export const parseNullable = <Schema extends z.ZodType>(
  schema: Schema,
  json: string | null,
): z.output<Schema> | null => (json === null ? null : schema.parse(JSON.parse(json)))

export const summaryOf = (row: SummaryRow): RunSummary => ({
  id: row.id,
  flowId: row.flowId,
  flowName: row.flowName,
  version: row.version,
  status: z.enum(runStatuses).parse(row.status),
  trigger: runSummary.shape.trigger.parse(row.trigger),
  queuedAt: row.queuedAt.toISOString(),
  startedAt: row.startedAt?.toISOString() ?? null,
  endedAt: row.endedAt?.toISOString() ?? null,
  durationMs: row.durationMs,
  rowsIn: Number(row.rowsIn),
  rowsOut: Number(row.rowsOut),
  filtered: Number(row.filtered),
  rejected: Number(row.rejected),
  balanced: row.balanced,
  problem: parseNullable(problem, row.problem),
  dry: row.dry,
  approves: row.approves,
  retries: row.retries,
  resumes: row.resumes,
  kept: row.kept,
  replays: parseNullable(replays, row.replays),
  backfill: parseNullable(backfill, row.backfill),
  hold: parseNullable(hold, row.hold),
})

export const nodeOf = (row: FullRow['nodes'][number]): RunNode => ({
  nodeId: row.nodeId,
  state: z.enum(nodeStates).parse(row.state),
  startedAt: row.startedAt?.toISOString() ?? null,
  endedAt: row.endedAt?.toISOString() ?? null,
  ledger: parseNullable(nodeLedger, row.ledger),
  problem: parseNullable(problem, row.problem),
})

const values = z.record(z.string(), z.string())

/** The parameters of a run, and the environment that they are of. */
export const parametersOf = ({
  parameters,
  environment,
  environmentValues,
}: Pick<FullRow, 'parameters' | 'environment' | 'environmentValues'>): Pick<
  Run,
  'parameters' | 'environment' | 'environmentValues'
> => ({
  parameters: values.parse(JSON.parse(parameters)),
  environment,
  environmentValues: parseNullable(values, environmentValues) ?? {},
})

/**
 * @param available whether the file of an output is still the one that the run wrote
 * @param waitsFor the run that keeps it queued
 */
export const runOf = (row: FullRow, available: ReadonlySet<string>, waitsFor: string | null): Run => ({
  ...summaryOf(row),
  ...parametersOf(row),
  clock: row.clock.toISOString(),
  nodes: row.nodes.toSorted((left, right) => left.position - right.position).map(nodeOf),
  outputs: row.outputs.map(({ nodeId, name, rows, bytes }) => ({
    nodeId,
    name,
    rows: Number(rows),
    bytes: Number(bytes),
    available: available.has(nodeId),
  })),
  problems: z.array(problem).parse(JSON.parse(row.problems)),
  changes: parseNullable(storedChanges, row.changes) ?? [],
  approvedBy: row.approvedBy,
  waitsFor,
})

/** What is stored of a cursor, as people see it. */
export const cursorOf = (row: { nodeId: string; token: string; runId: string; updatedAt: Date }): Cursor => {
  const position = token.parse(JSON.parse(row.token))
  return {
    nodeId: row.nodeId,
    position: Object.keys(position).length > 0 ? position : null,
    movedAt: row.updatedAt.toISOString(),
    runId: row.runId === '' ? null : row.runId,
  }
}

export const eventOf = (row: { sequence: number; at: Date; body: string }): NumberedEvent => ({
  sequence: row.sequence,
  at: row.at,
  event: runEvent.parse(JSON.parse(row.body)),
})

export const logLineOf = (row: { body: string }) =>
  z.object({ line: logLine }).parse(JSON.parse(row.body)).line

/** JSON that a connector wrote. */
export const token = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))

/** What a run has decided to commit, as it is stored. */
export const prepared = z.object({
  targets: z.array(
    z.object({
      nodeId: z.string(),
      kind: z.string(),
      token,
      output: z.object({ name: z.string(), rows: z.number(), bytes: z.number() }),
      open: z.boolean(),
    }),
  ),
  cursors: z.record(z.string(), token),
})

export interface Totals {
  readonly rowsIn: number
  readonly rowsOut: number
  readonly filtered: number
  readonly rejected: number
}

/** Rows that sources read and targets wrote, and rows that were filtered or rejected anywhere. */
export function totalsOf(nodes: readonly Pick<RunNode, 'ledger'>[]): Totals {
  const totals = { rowsIn: 0, rowsOut: 0, filtered: 0, rejected: 0 }
  for (const { ledger } of nodes) {
    if (!ledger) continue
    totals.rowsIn += ledger.terms['read'] ?? 0
    totals.rowsOut += ledger.out['written'] ?? 0
    totals.filtered += ledger.filtered
    totals.rejected += ledger.rejected
  }
  return totals
}
