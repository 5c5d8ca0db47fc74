import {
  type DeskReject,
  type deskPage,
  type deskQuery,
  type RejectDetail,
  type RejectState,
  type Run,
  type rejectDetail,
  rejectEvent,
  rejectStates,
  type replayRejects,
} from '@millrace/contract'
import {
  createProblem,
  type Flow,
  nameInSource,
  type Problem,
  ProblemError,
  replayTargets,
  wholeFlow,
} from '@millrace/engine'
import type { Engine, RejectRow, SearchedRun } from '@millrace/engine/runtime'
import { z } from 'zod'
import type { FlowService } from '../flows/service.ts'
import { RequestProblem } from '../http/request-problem.ts'
import type { Payloads } from '../runs/payloads.ts'
import type { RunService } from '../runs/service.ts'
import type { RejectRepository } from './repository.ts'
import { cellsOf, rejectColumns } from './row-cells.ts'
import { delimiterOf, readMended, type StoredRows } from './stored-rows.ts'
import { open } from './transitions.ts'

interface RejectServiceOptions {
  readonly repository: RejectRepository
  readonly rows: StoredRows
  readonly engine: Engine
  readonly payloads: Payloads
  readonly runs: RunService
  readonly flows: FlowService
}

interface Place {
  readonly runId: string
  readonly number: number
}

const stateOf = (text: string): RejectState => z.enum(rejectStates).parse(text)
const detail = z.object({ cells: rejectEvent.shape.cells, replayId: z.string() }).partial()

/** The rejected rows of all runs: finding them, mending them, feeding them in again. */
export class RejectService {
  readonly #options: RejectServiceOptions

  constructor(options: RejectServiceOptions) {
    this.#options = options
  }

  async search(query: z.output<typeof deskQuery>): Promise<z.input<typeof deskPage>> {
    const { repository, engine } = this.#options
    const { flowId, runId, nodeId, column, rule, state, search, page, pageSize } = query
    const all = await repository.runs({})
    const runs = flowId === undefined && runId === undefined ? all : await repository.runs({ flowId, runId })
    const isReason = nodeId !== undefined && column !== undefined && rule !== undefined
    const found = await engine.searchRejects({
      runs: await this.#searched(runs),
      ...(isReason ? { reason: { nodeId, column, rule } } : { nodeId }),
      state,
      search,
      offset: (page - 1) * pageSize,
      limit: pageSize,
    })
    const states = Object.entries(found.states).map(([name, count]) => [stateOf(name), count] as const)
    return {
      total: found.total,
      states: Object.fromEntries([...rejectStates.map((name) => [name, 0] as const), ...states]) as Record<
        RejectState,
        number
      >,
      reasons: [...found.reasons],
      flows: [...new Map(all.map((run) => [run.flowId, { id: run.flowId, name: run.flowName }])).values()],
      items: found.rows.flatMap(({ run: index, number, state: current, ...row }) => {
        const run = runs[index]
        return run ? [placed(row, run, number, stateOf(current))] : []
      }),
    }
  }

  /** Rows of the same state that follow each other are one entry. */
  async #searched(runs: readonly { id: string; flowId: string }[]): Promise<SearchedRun[]> {
    const states = await this.#options.repository.states(runs.map(({ id }) => id))
    const ranges = new Map<string, { from: number; to: number; state: string }[]>()
    for (const { runId, number, state } of states) {
      const list = ranges.get(runId) ?? []
      ranges.set(runId, list)
      const last = list.at(-1)
      if (last?.state === state && last.to === number - 1) last.to = number
      else list.push({ from: number, to: number, state })
    }
    return runs.map(({ id, flowId }) => ({
      resultFolder: this.#options.payloads.folder(id),
      flowId,
      states: ranges.get(id) ?? [],
    }))
  }

  async get({ runId, number }: Place): Promise<z.input<typeof rejectDetail>> {
    const { repository, runs, rows } = this.#options
    const run = await runs.get(runId)
    const row = (await rows.read(runId, [number])).get(number)
    if (!row) throw new RequestProblem('not-found')
    const stored = await repository.find(runId, number)
    const flow = wholeFlow(await runs.flow(runId))
    const columns = await this.#columns(flow, row.nodeId)
    const rejected = cellsOf(row.row, columns ?? [], delimiterOf(flow, row.nodeId))
    const mended = readMended(stored?.row ?? null) ?? rejected
    const { targets, obstacle } = outlookOf(run, flow, row.nodeId, columns !== undefined)
    return {
      ...placed(row, { ...run, queuedAt: new Date(run.queuedAt) }, number, stateOf(stored?.state ?? 'new')),
      cells: (columns ?? []).map((column) => {
        const key = nameInSource(column)
        const value = mended[key] ?? null
        return { key, name: column.name, type: column.type, rejected: rejected[key] ?? null, value }
      }),
      history: (stored?.history ?? []).map(({ at, author, action, detail: json }) => {
        const { cells = {}, replayId = null } = detail.parse(JSON.parse(json))
        return {
          at: at.toISOString(),
          author,
          action: rejectEvent.shape.action.parse(action),
          cells,
          replayId,
        }
      }),
      targets,
      obstacle,
    }
  }

  /** @throws RequestProblem `reject-closed` once it is replayed or dropped, `invalid-request` for unknown cells */
  async mend(
    place: Place,
    changed: Readonly<Record<string, string | null>>,
    author: string,
  ): Promise<z.input<typeof rejectDetail>> {
    const { cells } = await this.get(place)
    const known = new Map(cells.map((cell) => [cell.key, cell]))
    const unknown = Object.keys(changed).find((key) => !known.has(key))
    if (unknown !== undefined) throw new RequestProblem('invalid-request', { detail: `cells.${unknown}` })
    const row = Object.fromEntries(
      cells.map(({ key, value }) => [key, key in changed ? (changed[key] ?? null) : value]),
    )
    const differences = cells.filter(({ key, value }) => row[key] !== value)
    if (differences.length > 0)
      await this.#options.repository.change(place.runId, [place.number], {
        state: 'mended',
        action: 'mended',
        author,
        detail: {
          cells: Object.fromEntries(differences.map(({ key, name, value }) => [name, [value, row[key]]])),
        },
        from: open,
        row: JSON.stringify(row),
      })
    return this.get(place)
  }

  async drop(items: readonly Place[], author: string): Promise<void> {
    for (const [runId, numbers] of byRun(items))
      await this.#options.repository.change(runId, numbers, {
        state: 'dropped',
        action: 'dropped',
        author,
        from: open,
      })
  }

  async restore(items: readonly Place[], author: string): Promise<void> {
    const { repository } = this.#options
    for (const [runId, numbers] of byRun(items)) {
      const stored = await repository.rows(runId, numbers)
      const mended = new Set(stored.flatMap(({ number, row }) => (row === null ? [] : [number])))
      const groups = Object.entries(
        Object.groupBy(numbers, (number) => (mended.has(number) ? 'mended' : 'new')),
      )
      for (const [state, group] of groups)
        await repository.change(runId, group, {
          state: stateOf(state),
          action: 'restored',
          author,
          from: ['dropped'],
        })
    }
  }

  /**
   * Queues one run for every run and node that the rows come from.
   * @throws RequestProblem `reject-closed`, or `flow-problem` where they cannot be fed in again
   */
  async replay({ items, author, flow: which, clock }: z.output<typeof replayRejects>): Promise<Run[]> {
    const { rows, runs, flows } = this.#options
    const orders = []
    for (const [runId, numbers] of byRun(items)) {
      const run = await runs.get(runId)
      const drawn = which === 'same' ? await runs.flow(runId) : (await flows.get(run.flowId)).draft
      const flow = wholeFlow(drawn)
      const found = await rows.read(runId, numbers)
      if (found.size < numbers.length) throw new RequestProblem('not-found')
      const byNode = Map.groupBy(numbers, (number) => found.get(number)?.nodeId ?? '')
      for (const [nodeId, list] of byNode) {
        const columns = await this.#columns(flow, nodeId)
        const { obstacle } = outlookOf(run, flow, nodeId, columns !== undefined)
        if (obstacle || !columns)
          throw new RequestProblem('flow-problem', { problems: obstacle ? [obstacle] : [] })
        const has = ([name]: readonly [string, string]) =>
          drawn.parameters.some((known) => known.name === name)
        const known = (all: Readonly<Record<string, string>>) =>
          Object.fromEntries(Object.entries(all).filter(has))
        orders.push({
          flowId: run.flowId,
          flow: drawn,
          version: which === 'same' ? run.version : null,
          parameters: known(run.parameters),
          environment: run.environment,
          environmentValues: known(run.environmentValues),
          trigger: 'person' as const,
          ...(clock === 'same' && { clock: new Date(run.clock) }),
          replay: { runId, nodeId, columns, delimiter: delimiterOf(flow, nodeId), numbers: list, author },
        })
      }
    }
    const started: Run[] = []
    for (const order of orders) started.push(await runs.start(order))
    return started
  }

  async #columns(flow: Flow, nodeId: string) {
    const node = flow.nodes.find(({ id }) => id === nodeId)
    return node && rejectColumns(flow, node, await this.#options.engine.infer(flow))
  }
}

function placed(
  row: RejectRow,
  run: { readonly id: string; readonly flowId: string; readonly flowName: string; readonly queuedAt: Date },
  number: number,
  state: RejectState,
): DeskReject {
  const { id: runId, flowId, flowName, queuedAt } = run
  return { ...row, runId, number, state, flowId, flowName, queuedAt: queuedAt.toISOString() }
}

/** Which targets a row would reach, or why it cannot be fed in again. */
function outlookOf(
  { status, dry }: Pick<Run, 'status' | 'dry'>,
  flow: Flow,
  nodeId: string,
  isKnown: boolean,
): { targets: RejectDetail['targets']; obstacle: Problem | null } {
  try {
    // Done again or gone on with, such a run rejects the row once more, and both could be fed in.
    if (dry || status !== 'succeeded')
      return { targets: [], obstacle: createProblem('replay.notCommitted', {}, { nodeId }) }
    if (flow.requiresApproval)
      return { targets: [], obstacle: createProblem('replay.notApproved', {}, { nodeId }) }
    const targets = replayTargets(flow, nodeId)
    return { targets, obstacle: isKnown ? null : createProblem('replay.unknownColumns', {}, { nodeId }) }
  } catch (error) {
    if (error instanceof ProblemError) return { targets: [], obstacle: error.problem }
    throw error
  }
}

const byRun = (items: readonly Place[]): Map<string, number[]> =>
  new Map(
    [...Map.groupBy(items, ({ runId }) => runId)].map(([runId, list]) => [
      runId,
      [...new Set(list.map(({ number }) => number))].toSorted((left, right) => left - right),
    ]),
  )
