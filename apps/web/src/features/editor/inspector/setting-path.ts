const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The setting at a path as problems are located: `routes.1.where`. */
export function valueAt(settings: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, step) => {
    if (Array.isArray(value)) return value[Number(step)]
    return isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined
  }, settings)
}

/** Settings with other values at some paths; everything else is kept as it is. */
export function withValuesAt(
  settings: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  let result: Record<string, unknown> = { ...settings }
  for (const [path, value] of Object.entries(values)) {
    const replaced = replace(result, path.split('.'), value)
    if (isRecord(replaced)) result = { ...replaced }
  }
  return result
}

function replace(value: unknown, [step, ...rest]: readonly string[], by: unknown): unknown {
  if (step === undefined) return by
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value
    return items.with(Number(step), replace(items[Number(step)], rest, by))
  }
  const record = isRecord(value) ? value : {}
  return { ...record, [step]: replace(record[step], rest, by) }
}

/** The path of a setting beside another one: `routes.1.where`, `expression` → `routes.1.expression`. */
export const siblingPath = (path: string, name: string): string =>
  [...path.split('.').slice(0, -1), name].join('.')
