import type {
  BreakagesResponse,
  CompareRowsResponse,
  DetectionResponse,
  EvaluationResponse,
  Inference,
  LineageResponse,
  Preview,
  RenameResponse,
} from '@millrace/contract'
import type { Flow } from '@millrace/engine'
import type { Engine, RowComparison } from '@millrace/engine/runtime'

const mutable = <Value>(values: readonly Value[]): Value[] => [...values]

/** Rows of a comparison as the contract has them. */
export const comparedRows = ({ columns, rows }: Pick<RowComparison, 'columns' | 'rows'>) => ({
  columns: mutable(columns),
  rows: rows.map(({ kind, before, after, changed }) => ({
    kind,
    before: before && mutable(before),
    after: after && mutable(after),
    changed: mutable(changed),
  })),
})

/** What an analyst sees while drawing; all of it is worked out by the engine's design process. */
export class DesignService {
  readonly #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  async infer(flow: Flow): Promise<Inference> {
    const { ports, problems } = await this.#engine.infer(flow)
    const portEntries = Object.entries(ports).map(([nodeId, columns]) => [
      nodeId,
      Object.fromEntries(Object.entries(columns).map(([port, list]) => [port, mutable(list)])),
    ])
    return { ports: Object.fromEntries(portEntries), problems: mutable(problems) }
  }

  async renameColumn(request: Parameters<Engine['renameColumn']>[0]): Promise<RenameResponse> {
    const { flow, maker, changes, written, problems } = await this.#engine.renameColumn(request)
    return {
      flow,
      maker,
      changes: mutable(changes),
      written: mutable(written),
      problems: mutable(problems),
    }
  }

  async breakages(request: Parameters<Engine['breakages']>[0]): Promise<BreakagesResponse> {
    const { breakages, targets } = await this.#engine.breakages(request)
    return {
      breakages: breakages.map((breakage) => ({ ...breakage, places: mutable(breakage.places) })),
      targets: mutable(targets),
    }
  }

  async lineage(request: Parameters<Engine['lineage']>[0]): Promise<LineageResponse> {
    const { upstream, downstream, origins, targets, uses } = await this.#engine.lineage(request)
    return {
      upstream: mutable(upstream),
      downstream: mutable(downstream),
      origins: mutable(origins),
      targets: mutable(targets),
      uses: mutable(uses),
    }
  }

  async preview(request: Parameters<Engine['preview']>[0]): Promise<Preview> {
    const { columns, rows, sample, problems, changed, profile, total, matching } =
      await this.#engine.preview(request)
    return {
      columns: mutable(columns),
      rows: rows.map(mutable),
      total,
      matching,
      changed: changed?.map(mutable) ?? null,
      profile: profile.map((column) => ({ ...column, bins: mutable(column.bins), top: mutable(column.top) })),
      sample: mutable(sample),
      problems: mutable(problems),
    }
  }

  async compareRows(request: Parameters<Engine['compareRows']>[0]): Promise<CompareRowsResponse> {
    const { columns, rows, sample, problems, ...rest } = await this.#engine.compareRows(request)
    return {
      ...rest,
      ...comparedRows({ columns, rows }),
      sample: mutable(sample),
      problems: mutable(problems),
    }
  }

  async evaluate(request: Parameters<Engine['evaluate']>[0]): Promise<EvaluationResponse> {
    const { columns, type, rows, problems } = await this.#engine.evaluate(request)
    return {
      columns: mutable(columns),
      type,
      rows: rows.map((row) => ({ ...row, cells: mutable(row.cells) })),
      problems: mutable(problems),
    }
  }

  async detect(kind: string, settings: Readonly<Record<string, unknown>>): Promise<DetectionResponse> {
    const detection = await this.#engine.detect(kind, settings)
    return {
      settings: { ...detection.settings },
      evidence: detection.evidence.map((evidence) => ({ ...evidence, samples: mutable(evidence.samples) })),
      sampled: detection.sampled,
    }
  }
}
