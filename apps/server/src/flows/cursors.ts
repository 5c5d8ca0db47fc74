import type { Cursor } from '@millrace/contract'
import {
  type Column,
  createProblem,
  type Flow,
  type FlowNode,
  isIncremental,
  kindOf,
  type Problem,
  parseFlow,
  positionProblem,
  sameName,
  wholeFlow,
} from '@millrace/engine'
import type { Token } from '@millrace/engine/runtime'
import type { Database } from '../database/database.ts'
import type { DesignService } from '../design/service.ts'
import { RequestProblem } from '../http/request-problem.ts'
import type { Handlers } from '../http/routing.ts'
import { cursorOf } from '../runs/records.ts'

/** Up to where the incremental sources of flows have been read, as people see and move it. */
export class CursorService {
  readonly #database: Database
  readonly #design: DesignService

  constructor(database: Database, design: DesignService) {
    this.#database = database
    this.#design = design
  }

  /** By node. @throws RequestProblem `not-found` for a flow that is not there */
  async list(flowId: string): Promise<Cursor[]> {
    if ((await this.#database.flow.count({ where: { id: flowId } })) === 0)
      throw new RequestProblem('not-found')
    const found = await this.#database.cursor.findMany({ where: { flowId }, orderBy: { nodeId: 'asc' } })
    return found.map(cursorOf)
  }

  /**
   * Puts a position that a person gives in the place of the one that was read at `movedAt`.
   * @throws RequestProblem `cursor-invalid` for what is no position of the node's columns, as far as they are
   *   known; as `#put`
   */
  async move(flowId: string, nodeId: string, given: Token, movedAt: string | null): Promise<Cursor> {
    const before = await this.#find(flowId, nodeId)
    const source = await this.#alone(flowId, nodeId)
    const position = source ? await this.#checked(source, given, before?.position ?? {}) : asTexts(given)
    return this.#put(flowId, nodeId, position, movedAt)
  }

  /** The next run reads from the beginning. */
  reset(flowId: string, nodeId: string, movedAt: string): Promise<Cursor> {
    // What is kept says that a person did it: a run that goes on must not undo that.
    return this.#put(flowId, nodeId, {}, movedAt)
  }

  /**
   * `movedAt` null: of none that was there. A run that goes on meanwhile leaves it there.
   * @throws RequestProblem `cursor-moved` when it has moved since, `not-found`
   */
  async #put(flowId: string, nodeId: string, position: Token, movedAt: string | null): Promise<Cursor> {
    const before = await this.#find(flowId, nodeId)
    if ((before?.movedAt ?? null) !== movedAt) throw new RequestProblem('cursor-moved')
    const data = { token: JSON.stringify(position), runId: '', updatedAt: laterThan(before?.movedAt) }
    if (before) {
      const where = { flowId, nodeId, updatedAt: new Date(before.movedAt) }
      const { count } = await this.#database.cursor.updateMany({ where, data })
      if (count === 0) throw new RequestProblem('cursor-moved')
    } else {
      await this.#database.cursor.create({ data: { flowId, nodeId, ...data } }).catch((error: unknown) => {
        throw error instanceof Error && 'code' in error && error.code === 'P2002'
          ? new RequestProblem('cursor-moved')
          : error
      })
    }
    return cursorOf({ nodeId, ...data })
  }

  async #find(flowId: string, nodeId: string): Promise<Cursor | undefined> {
    return (await this.list(flowId)).find((cursor) => cursor.nodeId === nodeId)
  }

  /** A node of the draft, or of a flow that it uses, by itself; undefined where there is none. */
  async #alone(flowId: string, nodeId: string): Promise<{ flow: Flow; node: FlowNode } | undefined> {
    const stored = await this.#database.flow.findUnique({ where: { id: flowId }, select: { draft: true } })
    if (!stored) return undefined
    const whole = wholeFlow(parseFlow(stored.draft))
    const node = whole.nodes.find(({ id }) => id === nodeId)
    return node && { flow: { ...whole, nodes: [node], edges: [] }, node }
  }

  /** A position in the columns of a node; nothing is known of them where its system does not answer. */
  async #checked(
    { flow, node }: { readonly flow: Flow; readonly node: FlowNode },
    given: Token,
    before: Token,
  ): Promise<Token> {
    const columns = (await this.#design.infer(flow)).ports[node.id]?.['out']
    if (!columns) return asTexts(given)
    const columnOf = (name: string) =>
      columns.find((column) => column.name === name) ?? columns.find((column) => sameName(column.name, name))
    const position = new Map<string, string | null>()
    const problems: Problem[] = []
    for (const [name, text] of Object.entries(asTexts(given))) {
      const location = { nodeId: node.id, field: fieldOf(node, name) }
      const column = columnOf(name)
      const value = column && kindOf(column.type) !== 'text' ? (text?.trim() ?? null) : text
      // What a run has stored is a position.
      const isNew = value !== null && value !== before[name]
      const fault = column
        ? isNew && positionProblem(value, column, location)
        : createProblem('column.unknown', { column: name }, location, columns.slice(0, 5).map(nameOf))
      if (fault) problems.push(fault)
      position.set(name, value)
    }
    const first = isIncremental(node) ? String(node.settings['cursorColumn'] ?? '') : ''
    // Without it, the source would be read from the beginning.
    if (columnOf(first) && (position.get(first) ?? null) === null)
      problems.push(
        createProblem('setting.required', { label: first }, { nodeId: node.id, field: 'cursorColumn' }),
      )
    if (problems.length > 0) throw new RequestProblem('cursor-invalid', { problems })
    return Object.fromEntries(position)
  }
}

const nameOf = ({ name }: Column): string => name

/** As systems print the values, and runs store them. */
const asTexts = (position: Token): Record<string, string | null> =>
  Object.fromEntries(
    Object.entries(position).map(([name, value]) => [name, value === null ? null : String(value)]),
  )

/** The setting that names a column of the cursor. */
function fieldOf({ settings }: FlowNode, name: string): string {
  const ties: unknown = settings['tieColumns']
  const place = Array.isArray(ties) ? ties.indexOf(name) : -1
  return place < 0 ? 'cursorColumn' : `tieColumns.${place}`
}

/** Two moves never bear the same time, so that one can be told from the other. */
const laterThan = (instant: string | undefined): Date =>
  new Date(Math.max(Date.now(), instant === undefined ? 0 : Date.parse(instant) + 1))

export const cursorRoutes = (cursors: CursorService) =>
  ({
    listCursors: ({ params }) => cursors.list(params.id),
    moveCursor: ({ params, body }) => cursors.move(params.id, params.nodeId, body.position, body.movedAt),
    resetCursor: ({ params, query }) => cursors.reset(params.id, params.nodeId, query.movedAt),
  }) satisfies Partial<Handlers>
