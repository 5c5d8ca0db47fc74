import type { Hold, Run, RunNode, runOutput } from '@millrace/contract'
import { nodeLedger, type Problem, parseFlow, type RunStatus } from '@millrace/engine'
import type { TargetChanges, Token } from '@millrace/engine/runtime'
import type { z } from 'zod'
import type { Database, IgnoringCase } from '../database/database.ts'
import { inTransaction } from '../database/transaction.ts'
import type { Prisma } from '../generated/client.ts'
import { RequestProblem } from '../http/request-problem.ts'
import { changeRejects, endReplay, open } from '../rejects/transitions.ts'
import type { NumberedEvent } from './live-run.ts'
import {
  cursorOf,
  parseNullable,
  prepared as preparedSchema,
  storedChanges,
  summaryColumns,
  type Totals,
} from './records.ts'

type FinalStatus = Exclude<RunStatus, 'queued' | 'running'>

/** A run as it is stored. */
export type StoredRun = NonNullable<Awaited<ReturnType<RunRepository['find']>>>

export interface NewRun {
  readonly id: string
  readonly flowId: string
  readonly flowName: string
  readonly version: number | null
  readonly trigger: Run['trigger']
  readonly queuedAt: Date
  readonly clock: Date
  readonly flow: string
  readonly parameters: string
  readonly environment: string | null
  /** As JSON. */
  readonly environmentValues: string | null
  readonly nodes: readonly { readonly nodeId: string; readonly state: RunNode['state'] }[]
  readonly dry: boolean
  readonly approves: string | null
  readonly retries: string | null
  readonly resumes: boolean
  readonly exclusive: boolean
  /** As JSON, what it replays. */
  readonly replays: string | null
  /** As JSON, the interval that it reads once more. */
  readonly backfill: string | null
}

/** Rejected rows that a run takes, so that no other one does. */
export interface RejectClaim {
  readonly runId: string
  readonly numbers: readonly number[]
  readonly author: string
}

/** An output and how its file looked when the run had written it. */
export interface WrittenOutput extends Omit<z.output<typeof runOutput>, 'available'> {
  readonly stamp: { readonly bytes: number; readonly modifiedMs: number } | undefined
}

export interface RunEnd {
  readonly status: FinalStatus
  readonly endedAt: Date
  readonly durationMs: number | null
  readonly totals: Totals
  readonly balanced: boolean | null
  readonly problem: Problem | null
  readonly problems: readonly Problem[]
  readonly nodes: readonly RunNode[]
  readonly outputs: readonly WrittenOutput[]
  readonly events: readonly NumberedEvent[]
  readonly cursors: Readonly<Record<string, Token>>
  readonly changes: readonly TargetChanges[]
  readonly kept: boolean
  readonly payloadBytes: number
}

export interface RunFilter {
  readonly flowId?: string | undefined
  readonly status?: RunStatus | undefined
  readonly search?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

const final = { notIn: ['queued', 'running'] }

const whereOf = (
  { flowId, status, search, from, to }: RunFilter,
  ignoringCase: IgnoringCase,
): Prisma.RunWhereInput => ({
  ...(flowId !== undefined && { flowId }),
  ...(status !== undefined && { status }),
  ...(search && {
    OR: [{ flowName: { contains: search, ...ignoringCase } }, { id: { startsWith: search } }],
  }),
  ...((from ?? to) !== undefined && {
    queuedAt: { ...(from && { gte: new Date(from) }), ...(to && { lte: new Date(to) }) },
  }),
})

const eventRow = ({ sequence, at, event }: NumberedEvent) => ({
  sequence,
  at,
  type: event.type,
  body: JSON.stringify(event),
})
const eventRows = (runId: string, events: readonly NumberedEvent[]) =>
  events.map((event) => ({ runId, ...eventRow(event) }))

const nodeRow = (runId: string, node: RunNode, position: number) => ({
  runId,
  nodeId: node.nodeId,
  position,
  state: node.state,
  startedAt: node.startedAt,
  endedAt: node.endedAt,
  ledger: node.ledger && JSON.stringify(node.ledger),
  problem: node.problem && JSON.stringify(node.problem),
})

/** A queued run, as far as others may keep it waiting. */
interface QueuedRun {
  readonly id: string
  readonly flowId: string
  readonly exclusive: boolean
  readonly dry: boolean
}

const queuedColumns = { id: true, flowId: true, exclusive: true, dry: true } as const

/** Whether a run has to wait for one of the same flow that goes on and writes. */
const excludes = (run: QueuedRun, running: QueuedRun): boolean =>
  !run.dry && run.flowId === running.flowId && (run.exclusive || running.exclusive)

/** Rows that are appended twice are there twice, so what was approved is written once. */
async function useApproval(
  transaction: Prisma.TransactionClient,
  dryRunId: string,
  runId: string,
): Promise<void> {
  const free = { id: dryRunId, approvedBy: null }
  const { count } = await transaction.run.updateMany({ where: free, data: { approvedBy: runId } })
  // Where the dry run is gone, the run itself finds that nothing was approved.
  if (count === 0 && (await transaction.run.count({ where: { id: dryRunId } })) > 0)
    throw new RequestProblem('approval-used')
}

/** The state that an end starts from. */
type From = { readonly status: 'queued' } | { readonly status: 'running'; readonly ownerId: string }

export type RunRepository = ReturnType<typeof createRunRepository>

/** Runs as rows. Every change of status names the status it starts from, so a final one never changes. */
export const createRunRepository = (database: Database, ignoringCase: IgnoringCase) => ({
  /**
   * @throws RequestProblem `reject-closed` when a row of `claim` is replayed or dropped already,
   *   `approval-used` when another run writes, or has written, what was approved
   */
  async create(
    { nodes, ...run }: NewRun,
    events: readonly NumberedEvent[],
    claim?: RejectClaim,
  ): Promise<void> {
    const data = {
      ...run,
      status: 'queued',
      nodes: { create: nodes.map((node, position) => ({ ...node, position })) },
      events: { create: events.map(eventRow) },
    }
    const select = { number: true }
    if (!claim && run.approves === null) {
      await database.run.create({ data, select })
      return
    }
    await inTransaction(database, async (transaction) => {
      await transaction.run.create({ data, select })
      if (run.approves !== null) await useApproval(transaction, run.approves, run.id)
      if (!claim) return
      await changeRejects(transaction, claim.runId, claim.numbers, {
        state: 'replaying',
        action: 'replaying',
        author: claim.author,
        detail: { replayId: run.id },
        from: open,
        replayId: run.id,
      })
    })
  },

  find: (id: string) => database.run.findUnique({ where: { id }, include: { nodes: true, outputs: true } }),

  async page(filter: RunFilter, offset: number, limit: number) {
    const where = whereOf(filter, ignoringCase)
    const [rows, total] = await database.$transaction([
      database.run.findMany({
        where,
        select: summaryColumns,
        orderBy: { number: 'desc' },
        skip: offset,
        take: limit,
      }),
      database.run.count({ where }),
    ])
    return { rows, total }
  },

  /** The newest run of every flow; a dry one is none. */
  async lastOfFlows() {
    const newest = await database.run.groupBy({
      by: ['flowId'],
      where: { dry: false },
      _max: { number: true },
    })
    const numbers = newest.flatMap(({ _max }) => _max.number ?? [])
    return database.run.findMany({ where: { number: { in: numbers } }, select: summaryColumns })
  },

  /** The oldest queued run that no run of its flow keeps waiting. */
  async nextQueued(): Promise<QueuedRun | undefined> {
    const select = queuedColumns
    const [queued, running] = await database.$transaction([
      database.run.findMany({ where: { status: 'queued' }, orderBy: { number: 'asc' }, select }),
      database.run.findMany({ where: { status: 'running', dry: false }, select }),
    ])
    return queued.find((run) => !running.some((other) => excludes(run, other)))
  },

  /** The run of the same flow that keeps this one waiting. */
  async before(run: QueuedRun): Promise<string | null> {
    const where = { flowId: run.flowId, status: 'running', dry: false }
    const running = await database.run.findMany({ where, select: queuedColumns })
    return running.find((other) => excludes(run, other))?.id ?? null
  },

  withStatus: (status: RunStatus) =>
    database.run.findMany({ where: { status }, orderBy: { number: 'asc' }, select: { id: true } }),

  /** False when somebody else has taken or cancelled it, or a run of its flow keeps it waiting by now. */
  claim: ({ id, flowId, exclusive, dry }: QueuedRun, at: Date, ownerId: string): Promise<boolean> =>
    inTransaction(database, async (transaction) => {
      // Two servers that do so at the same moment see each other by this.
      if (exclusive) await transaction.flow.updateMany({ where: { id: flowId }, data: { id: flowId } })
      const others = { flowId, status: 'running', dry: false, ...(!exclusive && { exclusive: true }) }
      if (!dry && (await transaction.run.count({ where: others })) > 0) return false
      const { count } = await transaction.run.updateMany({
        where: { id, status: 'queued' },
        data: { status: 'running', startedAt: at, ownerId },
      })
      return count === 1
    }),

  /**
   * Whether what a failed run had read is still what a run may go on with: no run of its flow that read its
   * sources has succeeded since, and no cursor was moved.
   */
  async isResumable(id: string): Promise<boolean> {
    const run = await database.run.findUnique({
      where: { id, status: 'failed', kept: true },
      select: { flowId: true, startedAt: true },
    })
    if (!run?.startedAt) return false
    const { flowId, startedAt } = run
    return (await database.cursor.count({ where: { flowId, updatedAt: { gte: startedAt } } })) === 0
  },

  /** Runs that go on without any of these servers executing them. */
  orphans: (living: readonly string[]) =>
    database.run.findMany({
      where: { status: 'running', OR: [{ ownerId: null }, { ownerId: { notIn: [...living] } }] },
      orderBy: { number: 'asc' },
      select: { id: true, ownerId: true },
    }),

  /** Takes a run from a server that is dead; false when it has ended or another one was faster. */
  async takeOver(id: string, from: string | null, ownerId: string): Promise<boolean> {
    const { count } = await database.run.updateMany({
      where: { id, status: 'running', ownerId: from },
      data: { ownerId },
    })
    return count === 1
  },

  /** What servers have to know of runs that others may execute. */
  states: (ids: readonly string[]) =>
    database.run.findMany({
      where: { id: { in: [...ids] } },
      select: { id: true, status: true, ownerId: true, cancelRequestedAt: true },
    }),

  async noteCancel(id: string, at: Date): Promise<void> {
    await database.run.updateMany({ where: { id, status: 'running' }, data: { cancelRequestedAt: at } })
  },

  /** Notes why a running run waits, or that it goes on. */
  async noteHold(id: string, hold: Hold | null): Promise<void> {
    await database.run.updateMany({
      where: { id, status: 'running' },
      data: { hold: hold && JSON.stringify(hold) },
    })
  },

  /** The nodes of the last runs of a flow that read it all and succeeded. */
  async recentNodes(flowId: string, most: number) {
    const recent = await database.run.findMany({
      where: { flowId, status: 'succeeded', dry: false, replays: null, backfill: null },
      select: { flow: true, nodes: { select: { nodeId: true, ledger: true } } },
      orderBy: { number: 'desc' },
      take: most,
    })
    return recent.flatMap(({ flow, nodes }) => {
      const kinds = new Map(parseFlow(flow).nodes.map(({ id, kind }) => [id, kind]))
      return nodes.map(({ nodeId, ledger }) => ({
        nodeId,
        kind: kinds.get(nodeId) ?? '',
        ledger: parseNullable(nodeLedger, ledger),
      }))
    })
  },

  /** Stores the decision to commit; false when the run has ended, or was taken over from its server. */
  async decide(id: string, ownerId: string, prepared: string): Promise<boolean> {
    const { count } = await database.run.updateMany({
      where: { id, status: 'running', ownerId },
      data: { prepared },
    })
    return count === 1
  },

  /** Up to where the incremental sources of a flow have been read, by node. */
  async cursors(flowId: string): Promise<Record<string, Token>> {
    const cursors = (await database.cursor.findMany({ where: { flowId } })).map(cursorOf)
    return Object.fromEntries(
      cursors.flatMap(({ nodeId, position }) => (position ? [[nodeId, position]] : [])),
    )
  },

  /** The transactions of runs that have decided to commit and have not ended. */
  async unsettled(): Promise<ReadonlySet<string>> {
    const where = { status: 'running', prepared: { not: null } }
    const runs = await database.run.findMany({ where, select: { prepared: true } })
    const targets = runs.flatMap((run) => preparedSchema.parse(JSON.parse(run.prepared ?? '')).targets)
    return new Set(targets.flatMap(({ token }) => (typeof token['gid'] === 'string' ? [token['gid']] : [])))
  },

  /** What a dry run found, by target, for a run that its approval is given to. */
  async digests(id: string): Promise<Record<string, string>> {
    const stored = await database.run.findUnique({ where: { id }, select: { changes: true } })
    const changes = storedChanges.parse(JSON.parse(stored?.changes ?? '[]'))
    return Object.fromEntries(changes.map(({ nodeId, digest }) => [nodeId, digest]))
  },

  /** Events and the states of nodes that follow from them. */
  saveEvents: (runId: string, events: readonly NumberedEvent[]) =>
    inTransaction(database, async (transaction) => {
      await transaction.runEvent.createMany({ data: eventRows(runId, events) })
      for (const { event, at } of events) {
        if (event.type === 'ledger')
          await transaction.runNode.updateMany({
            where: { runId, nodeId: event.ledger.nodeId },
            data: { ledger: JSON.stringify(event.ledger) },
          })
        if (event.type === 'node')
          await transaction.runNode.updateMany({
            where: { runId, nodeId: event.nodeId },
            data: {
              state: event.state,
              problem: event.problem && JSON.stringify(event.problem),
              ...(event.state === 'running' ? { startedAt: at } : { endedAt: at }),
            },
          })
      }
    }),

  /** The runs that have kept what they read of the sources of a flow. */
  keptOf: (flowId: string) => database.run.findMany({ where: { flowId, kept: true }, select: { id: true } }),

  /** Runs that ended without a success and keep nothing, or no longer. */
  givenUp: () =>
    database.run.findMany({
      where: { status: { in: ['failed', 'cancelled'] }, kept: false },
      select: { id: true },
    }),

  /** Notes that a run takes less disk by now. */
  async noteFreed(id: string, bytes: number): Promise<void> {
    await database.run.updateMany({ where: { id }, data: { payloadBytes: { decrement: bytes } } })
  },

  /** Ends a run together with all that is said of it; false when it had ended before, or is another's. */
  finish: (id: string, from: From, end: RunEnd) =>
    inTransaction(database, async (transaction) => {
      const { count } = await transaction.run.updateMany({
        where: { id, ...from },
        data: {
          status: end.status,
          endedAt: end.endedAt,
          durationMs: end.durationMs,
          ...end.totals,
          balanced: end.balanced,
          hold: null,
          problem: end.problem && JSON.stringify(end.problem),
          problems: JSON.stringify(end.problems),
          changes: end.changes.length > 0 ? JSON.stringify(end.changes) : null,
          kept: end.kept,
          payloadBytes: end.payloadBytes,
        },
      })
      if (count === 0) return false
      const { flowId, startedAt, number, dry, replays, approves } = await transaction.run.findUniqueOrThrow({
        where: { id },
        select: { flowId: true, startedAt: true, number: true, dry: true, replays: true, approves: true },
      })
      // What earlier runs had read is out of date. A replay has read nothing: its rows are older than theirs.
      const overtaken = { flowId, kept: true, number: { lt: number } }
      if (end.status === 'succeeded' && !dry && replays === null)
        await transaction.run.updateMany({ where: overtaken, data: { kept: false } })
      const hasWritten = end.status === 'succeeded' || end.outputs.length > 0
      if (approves !== null && !hasWritten)
        await transaction.run.updateMany({
          where: { id: approves, approvedBy: id },
          data: { approvedBy: null },
        })
      await endReplay(transaction, id, end.status === 'succeeded')
      await transaction.runNode.deleteMany({ where: { runId: id } })
      await transaction.runNode.createMany({ data: end.nodes.map((node, index) => nodeRow(id, node, index)) })
      await transaction.runOutput.createMany({
        data: end.outputs.map(({ stamp, ...output }) => ({
          runId: id,
          ...output,
          fileBytes: stamp?.bytes ?? null,
          modifiedMs: stamp?.modifiedMs ?? null,
        })),
      })
      await transaction.runEvent.createMany({ data: eventRows(id, end.events) })
      const cursors = Object.entries(end.cursors)
      if (cursors.length === 0) return true
      // A cursor that a person has moved since the run read it stays where it was put.
      const moved = await transaction.cursor.findMany({
        where: { flowId, runId: '', updatedAt: { gte: startedAt ?? end.endedAt } },
        select: { nodeId: true },
      })
      for (const [nodeId, token] of cursors) {
        if (moved.some((cursor) => cursor.nodeId === nodeId)) continue
        const entry = { token: JSON.stringify(token), runId: id, updatedAt: end.endedAt }
        await transaction.cursor.upsert({
          where: { flowId_nodeId: { flowId, nodeId } },
          create: { flowId, nodeId, ...entry },
          update: entry,
        })
      }
      return true
    }),

  events: (runId: string, after: number) =>
    database.runEvent.findMany({
      where: { runId, sequence: { gt: after } },
      orderBy: { sequence: 'asc' },
    }),

  logLines: (runId: string) =>
    database.runEvent.findMany({ where: { runId, type: 'log' }, orderBy: { sequence: 'asc' } }),

  async lastSequence(runId: string): Promise<number> {
    const { _max } = await database.runEvent.aggregate({ where: { runId }, _max: { sequence: true } })
    return _max.sequence ?? 0
  },

  /** Deletes ended runs; the ids of those that it deleted. */
  async deleteEnded(ids: readonly string[]): Promise<string[]> {
    const where = { id: { in: [...ids] }, status: final }
    return inTransaction(database, async (transaction) => {
      const found = await transaction.run.findMany({ where, select: { id: true } })
      await transaction.run.deleteMany({ where })
      return found.map(({ id }) => id)
    })
  },

  idsOfFlow: (flowId: string) =>
    database.run.findMany({ where: { flowId }, select: { id: true, status: true } }),

  async allIds(): Promise<Set<string>> {
    return new Set((await database.run.findMany({ select: { id: true } })).map(({ id }) => id))
  },

  /** What the history takes, and when its oldest ended run was queued. */
  async historySize(): Promise<{ bytes: number; oldest: Date | null }> {
    const { _sum, _min } = await database.run.aggregate({
      where: { status: final },
      _sum: { payloadBytes: true },
      _min: { queuedAt: true },
    })
    return { bytes: Number(_sum.payloadBytes ?? 0), oldest: _min.queuedAt }
  },

  /** Ended runs, newest first. */
  history: () =>
    database.run.findMany({
      where: { status: final },
      orderBy: { number: 'desc' },
      select: { id: true, queuedAt: true, payloadBytes: true },
    }),
})
