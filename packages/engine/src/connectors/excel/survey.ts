import type { Label } from '../../model/index.ts'
import type { ColumnEvidence } from '../../spec/index.ts'
import { type CellKind, type CellValue, cellKinds } from './cells.ts'

const mostSamples = 3

/** Counts what kinds of cells a column has, to tell its type from all of them. */
export class ColumnSurvey {
  readonly #counts = new Map<CellKind, number>()
  readonly #samples: string[] = []

  add({ kind, text }: CellValue): void {
    this.#counts.set(kind, this.#count(kind) + 1)
    if (this.#samples.length >= mostSamples || kind === 'empty' || kind === 'fault') return
    const sample = text.slice(0, 60)
    if (!this.#samples.includes(sample)) this.#samples.push(sample)
  }

  /** Takes in what another file has in the same column. */
  include(other: ColumnSurvey): void {
    for (const [kind, count] of other.#counts) this.#counts.set(kind, this.#count(kind) + count)
    const samples = other.#samples.filter((sample) => !this.#samples.includes(sample))
    this.#samples.push(...samples.slice(0, mostSamples - this.#samples.length))
  }

  #count(kind: CellKind): number {
    return this.#counts.get(kind) ?? 0
  }

  /** The type that every readable cell has; empty texts and errors have no say. */
  type(): string {
    const found = cellKinds.filter((kind) => kind !== 'empty' && kind !== 'fault' && this.#count(kind) > 0)
    const only = (...wanted: CellKind[]) => found.every((kind) => wanted.includes(kind))
    if (found.length === 0) return 'VARCHAR'
    if (only('integer', 'long')) return 'BIGINT'
    if (only('integer', 'number')) return 'DOUBLE'
    if (only('boolean')) return 'BOOLEAN'
    if (only('date')) return 'DATE'
    if (only('date', 'timestamp')) return 'TIMESTAMP'
    return only('time') ? 'TIME' : 'VARCHAR'
  }

  evidence(name: string, rows: number): ColumnEvidence {
    const filled = [...this.#counts].reduce((sum, [kind, count]) => sum + (kind === 'empty' ? 0 : count), 0)
    const type = this.type()
    return {
      name,
      type,
      format: '',
      examined: filled,
      fitting: filled - this.#count('fault'),
      missing: rows - filled,
      samples: [...this.#samples],
      reason: this.#reason(type),
    }
  }

  #reason(type: string): Label | undefined {
    const faults = this.#count('fault')
    if (faults > 0)
      return {
        en: `${faults} cells show an error or have no stored result`,
        zh: `${faults} 个单元格为错误值或没有已存结果`,
      }
    const texts = this.#count('text')
    const others = [...this.#counts].reduce(
      (sum, [kind, count]) => sum + (kind === 'text' || kind === 'empty' ? 0 : count),
      0,
    )
    if (type !== 'VARCHAR' || others === 0) return undefined
    return texts > 0
      ? { en: `${texts} cells are texts, ${others} are not`, zh: `${texts} 个单元格为文本，${others} 个不是` }
      : { en: 'cells of different kinds', zh: '单元格类型不一致' }
  }
}
