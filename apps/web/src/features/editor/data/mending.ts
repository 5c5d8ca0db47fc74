import { fieldsOf, nodeKinds, type Problem } from '@millrace/engine'

/** The word at a place of an expression: a quoted name, or letters, digits and underscores. */
const wordAt = (text: string, position: number): string =>
  /^("(?:[^"]|"")*"|[\p{L}\p{N}_]+)/u.exec(text.slice(position))?.[0] ?? ''

/** A text with the suggestion in the place of the faulty part; without a position, the suggestion alone. */
export const mendedText = (text: string, position: number | undefined, suggestion: string): string =>
  position === undefined
    ? suggestion
    : text.slice(0, position) + suggestion + text.slice(position + wordAt(text, position).length)

/** The choices of a setting that is chosen from a list: its suggestions have names. */
export function choicesOf(kindName: string, field: string | undefined) {
  const kind = nodeKinds.get(kindName)
  const meta = kind && fieldsOf(kind.settings).find(({ name }) => name === field)?.meta
  return meta?.widget === 'select' ? meta.options : undefined
}

type Location = Problem['location']

/**
 * Settings with the suggestion put where the problem is; undefined where the field is not a text,
 * so that nothing could be replaced.
 */
export function mendedSettings(
  settings: Readonly<Record<string, unknown>>,
  { field, position }: Location,
  suggestion: string,
): Record<string, unknown> | undefined {
  if (field === undefined) return undefined
  // A setting that has its default need not be there.
  if (!Object.hasOwn(settings, field) && !field.includes('.') && position === undefined)
    return { ...settings, [field]: suggestion }
  const replaced = replace(settings, field.split('.'), position, suggestion)
  return isRecord(replaced) ? replaced : undefined
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function replace(value: unknown, path: readonly string[], position: number | undefined, by: string): unknown {
  const [step, ...rest] = path
  if (step === undefined) return typeof value === 'string' ? mendedText(value, position, by) : undefined
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value
    const index = Number(step)
    const item = replace(items[index], rest, position, by)
    return item === undefined ? undefined : items.with(index, item)
  }
  if (!isRecord(value) || !Object.hasOwn(value, step)) return undefined
  const item = replace(value[step], rest, position, by)
  return item === undefined ? undefined : { ...value, [step]: item }
}
