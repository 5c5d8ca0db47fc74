import type { Column } from '@millrace/engine'

/** The columns by which every rejects port says why, as the engine names them. */
const reasons: readonly string[] = ['reject_column', 'reject_value', 'reject_reason']

/** The places of the columns, those first that say why a row was rejected: that is what people look for. */
export function reasonsFirst(columns: readonly Column[]): readonly number[] {
  const places = columns.map((_, place) => place)
  const isReason = (place: number) => reasons.includes(columns[place]?.name ?? '')
  return [...places.filter(isReason), ...places.filter((place) => !isReason(place))]
}

/** Items of the columns, in the order of those places. */
export const inOrder = <Item>(items: readonly Item[], places: readonly number[]): Item[] =>
  places.flatMap((place) => items.slice(place, place + 1))
