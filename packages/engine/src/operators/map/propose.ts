import { kindOf } from '../../model/index.ts'
import { distance } from '../../problems/nearest.ts'
import { fieldOfValues, namedField, plainName } from './synonyms.ts'

/** A column on one side of a mapping, as far as it is known. */
export interface MappedColumn {
  readonly name: string
  /** A DuckDB type. */
  readonly type?: string | undefined
  readonly samples?: readonly (string | null)[]
}

export interface MappingProposal {
  /** Places in the two lists. */
  readonly source: number
  readonly target: number
  /** 0 to 1. */
  readonly confidence: number
  readonly because: 'sameName' | 'synonym' | 'similarName' | 'content'
}

/** Below it a proposal would be a guess. */
const least = 0.55

type Found = Pick<MappingProposal, 'confidence' | 'because'>

function byName(source: string, target: string): Found | undefined {
  const [a, b] = [plainName(source), plainName(target)]
  if (a === '' || b === '') return undefined
  if (a === b) return { confidence: source === target ? 1 : 0.98, because: 'sameName' }
  const [left, right] = [namedField(source), namedField(target)]
  if (left && right && left.field === right.field)
    return { confidence: left.exact && right.exact ? 0.93 : 0.85, because: 'synonym' }
  // Names that are known to mean different things are not alike, however they are spelled.
  if (left?.exact && right?.exact) return undefined
  const alike = 1 - distance(a, b) / Math.max(a.length, b.length)
  const holds = Math.min(a.length, b.length) >= 4 && (a.includes(b) || b.includes(a)) ? 0.75 : 0
  const similarity = Math.max(alike, holds)
  return similarity >= 0.7 ? { confidence: similarity * 0.85, because: 'similarName' } : undefined
}

function byContent(source: MappedColumn, target: MappedColumn): Found | undefined {
  const values = fieldOfValues(source.samples ?? [])
  if (values === undefined) return undefined
  if (namedField(target.name)?.field === values) return { confidence: 0.78, because: 'content' }
  return fieldOfValues(target.samples ?? []) === values ? { confidence: 0.65, because: 'content' } : undefined
}

const numbers = ['integer', 'decimal', 'float']

/** Types that do not go together make a proposal less sure; text goes with everything, being what files hold. */
function typeFactor(source: string | undefined, target: string | undefined): number {
  if (source === undefined || target === undefined) return 1
  const [a, b] = [kindOf(source), kindOf(target)]
  if (a === b || (numbers.includes(a) && numbers.includes(b))) return 1
  return a === 'text' || b === 'text' ? 0.95 : 0.7
}

/** Which source belongs to which target: each at most once, the surest first. */
export function proposeMapping(
  sources: readonly MappedColumn[],
  targets: readonly MappedColumn[],
): MappingProposal[] {
  const all = sources.flatMap((from, source) =>
    targets.flatMap((to, target) => {
      const found = [byName(from.name, to.name), byContent(from, to)]
        .filter((one) => one !== undefined)
        .toSorted((a, b) => b.confidence - a.confidence)[0]
      if (!found) return []
      const confidence = Math.round(found.confidence * typeFactor(from.type, to.type) * 100) / 100
      return confidence >= least ? [{ source, target, confidence, because: found.because }] : []
    }),
  )
  const [usedSources, usedTargets] = [new Set<number>(), new Set<number>()]
  const chosen: MappingProposal[] = []
  for (const one of all.toSorted((a, b) => b.confidence - a.confidence)) {
    if (usedSources.has(one.source) || usedTargets.has(one.target)) continue
    usedSources.add(one.source)
    usedTargets.add(one.target)
    chosen.push(one)
  }
  return chosen.toSorted((a, b) => a.target - b.target)
}
