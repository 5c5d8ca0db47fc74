import type { Cursor } from '@millrace/contract'
import type { Token } from '@millrace/engine/runtime'
import type { Database } from '../database/database.ts'
import { RequestProblem } from '../http/request-problem.ts'
import type { Handlers } from '../http/routing.ts'
import { cursorOf } from '../runs/records.ts'

/** Up to where the incremental sources of flows have been read, as people see and move it. */
export class CursorService {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** By node. @throws RequestProblem `not-found` for a flow that is not there */
  async list(flowId: string): Promise<Cursor[]> {
    if ((await this.#database.flow.count({ where: { id: flowId } })) === 0)
      throw new RequestProblem('not-found')
    const found = await this.#database.cursor.findMany({ where: { flowId }, orderBy: { nodeId: 'asc' } })
    return found.map(cursorOf)
  }

  /**
   * Puts a position in the place of the one that was read at `movedAt`; null: of none. A run that goes on
   * meanwhile leaves it there.
   * @throws RequestProblem `cursor-moved` when it has moved since, `not-found`
   */
  async move(flowId: string, nodeId: string, position: Token, movedAt: string | null): Promise<Cursor> {
    const cursors = await this.list(flowId)
    const before = cursors.find((cursor) => cursor.nodeId === nodeId)
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
}

/** Two moves never bear the same time, so that one can be told from the other. */
const laterThan = (instant: string | undefined): Date =>
  new Date(Math.max(Date.now(), instant === undefined ? 0 : Date.parse(instant) + 1))

export const cursorRoutes = (cursors: CursorService) =>
  ({
    listCursors: ({ params }) => cursors.list(params.id),
    moveCursor: ({ params, body }) => cursors.move(params.id, params.nodeId, body.position, body.movedAt),
    /** What is kept says that a person did it: a run that goes on must not undo that. */
    resetCursor: ({ params, query }) => cursors.move(params.id, params.nodeId, {}, query.movedAt),
  }) satisfies Partial<Handlers>
