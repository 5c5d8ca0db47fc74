import { type Flow, sourceColumn } from '@millrace/engine'
import type { Engine, RejectRow, Replay } from '@millrace/engine/runtime'
import { z } from 'zod'
import type { Payloads } from '../runs/payloads.ts'
import type { RejectRepository } from './repository.ts'
import { cellsOf } from './row-cells.ts'

/** What a run replays, as it is stored with it. */
export const storedReplay = z.object({
  runId: z.string(),
  nodeId: z.string(),
  columns: z.array(sourceColumn),
  /** Between the cells of lines that the source could not read. */
  delimiter: z.string(),
})
export type StoredReplay = z.infer<typeof storedReplay>

/** What separates the cells of a source's lines; of no account where rows are kept as objects. */
export function delimiterOf(flow: Flow, nodeId: string): string {
  const delimiter = flow.nodes.find(({ id }) => id === nodeId)?.settings['delimiter']
  return typeof delimiter === 'string' && delimiter !== '' ? delimiter : ','
}

const mendedCells = z.record(z.string(), z.string().nullable())
export const readMended = (row: string | null) =>
  row === null ? undefined : mendedCells.parse(JSON.parse(row))

/** Rows that are read at a time. */
const batch = 10_000

/** The rejected rows and the changes to them, where they are stored. */
export class StoredRows {
  readonly #engine: Engine
  readonly #payloads: Payloads
  readonly #repository: RejectRepository

  constructor(engine: Engine, payloads: Payloads, repository: RejectRepository) {
    this.#engine = engine
    this.#payloads = payloads
    this.#repository = repository
  }

  /** The rejects of a run by their places in it; those that are not there are missing. */
  async read(runId: string, numbers: readonly number[]): Promise<Map<number, RejectRow>> {
    const wanted = new Set(numbers)
    const found = new Map<number, RejectRow>()
    const last = Math.max(...numbers)
    for (let offset = Math.min(...numbers); offset <= last; offset += batch) {
      const limit = Math.min(batch, last - offset + 1)
      const { rows } = await this.#engine.readRejects(this.#payloads.folder(runId), { offset, limit })
      rows.forEach((row, index) => {
        if (wanted.has(offset + index)) found.set(offset + index, row)
      })
    }
    return found
  }

  /** What a run is to feed in again. Rejects when some of it is no longer there. */
  async replay(replayId: string, stored: string): Promise<Replay> {
    const { runId, nodeId, columns, delimiter } = storedReplay.parse(JSON.parse(stored))
    const states = await this.#repository.replayedBy(replayId)
    const rows = await this.read(
      runId,
      states.map(({ number }) => number),
    )
    return {
      nodeId,
      columns,
      rows: states.map(({ number, row: mended }) => {
        const kept = rows.get(number)
        if (!kept) throw new Error(`reject ${number} of run ${runId} is not there`)
        const { row, file, line } = kept
        return { cells: readMended(mended) ?? cellsOf(row, columns, delimiter), file, line }
      }),
    }
  }
}
