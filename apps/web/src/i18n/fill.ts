export type Values = Readonly<Record<string, string | number>>

/** A text with its values: `{name}` is the value, `{name|row|rows}` one word for 1 and one for the rest. */
export const filled = (text: string, values: Values): string =>
  text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, many = '') => {
    if (!Object.hasOwn(values, name)) return whole
    if (one === undefined) return String(values[name])
    return String(values[name]) === '1' ? one : many
  })
