/** Shorter ones would mask every other word, and tell by that what they are. */
const shortest = 4
const mask = '••••'

/** The same value with every secret masked in each of its texts, plain or as it stands in an address. */
export function withoutSecrets<Value>(value: Value, secrets: Readonly<Record<string, string>>): Value {
  const hidden = Object.values(secrets)
    .filter((secret) => secret.length >= shortest)
    .flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
    // A longer one may have a shorter one in it.
    .sort((left, right) => right.length - left.length)
  return hidden.length === 0 ? value : (cleaned(value, hidden) as Value)
}

function cleaned(value: unknown, hidden: readonly string[]): unknown {
  if (typeof value === 'string') return hidden.reduce((text, secret) => text.replaceAll(secret, mask), value)
  if (Array.isArray(value)) return value.map((item) => cleaned(item, hidden))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, cleaned(item, hidden)]))
  return value
}
