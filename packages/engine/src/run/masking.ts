import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'
import { type DuckDBDataChunk, DuckDBScalarFunction, type DuckDBVector, VARCHAR } from '@duckdb/node-api'
import type { KeyRing } from './key-ring.ts'

/** Gives a key by its name. */
type Keys = Pick<KeyRing, 'read'>

const algorithm = 'aes-256-gcm'
const version = 'mr1'
const nonceBytes = 12
const tagBytes = 16

/** What an encrypted value begins with. It is authenticated too: neither version nor key can be swapped. */
const headOf = (name: string): string => `${version}:${name}:`

/** `mr1:KEY:base64url(nonce ‖ ciphertext ‖ tag)`. The nonce must never come twice with one key. */
function encrypt(name: string, key: KeyObject, nonce: Buffer, text: string): string {
  const head = headOf(name)
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(head))
  const body = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return head + body.toString('base64url')
}

/** The text of an encrypted value; null where it is none, of another key, or was changed. */
function decrypt(name: string, key: KeyObject, text: string): string | null {
  const head = headOf(name)
  if (!text.startsWith(head)) return null
  const encoded = text.slice(head.length)
  const body = Buffer.from(encoded, 'base64url')
  // Node reads base64 leniently; a value has one spelling only, so that no change goes unseen.
  if (body.length < nonceBytes + tagBytes || body.toString('base64url') !== encoded) return null
  const decipher = createDecipheriv(algorithm, key, body.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  })
  decipher.setAAD(Buffer.from(head))
  decipher.setAuthTag(body.subarray(-tagBytes))
  try {
    const start = decipher.update(body.subarray(nonceBytes, -tagBytes))
    return Buffer.concat([start, decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

/** Applies `each` to the rows of a chunk of (key, text); null stays null. */
function applyTo(
  ring: Keys,
  chunk: DuckDBDataChunk,
  output: DuckDBVector,
  each: (name: string, key: KeyObject, text: string, row: number) => string | null,
): void {
  const rows = chunk.rowCount
  const names = chunk.getColumnVector(0)
  const texts = chunk.getColumnVector(1)
  // A key as an object is several times faster than its bytes, which each cipher would import anew.
  const keys = new Map<string, KeyObject>()
  for (let row = 0; row < rows; row++) {
    const name = names.getItem(row)
    const text = texts.getItem(row)
    if (typeof name !== 'string' || typeof text !== 'string') {
      output.setItem(row, null)
      continue
    }
    const key = keys.get(name) ?? ring.read(name)
    if (!key) throw new Error(`There is no key “${name}”.`)
    keys.set(name, key)
    output.setItem(row, each(name, key, text, row))
  }
  output.flush()
}

/**
 * The SQL functions of the `mask` operator: `millrace_encrypt(key, text)` and
 * `millrace_decrypt(key, text)`. SQL has the name of a key only; its bytes stay in this process.
 * They are not among the functions that expressions may call.
 */
export function maskingFunctions(ring: Keys): DuckDBScalarFunction[] {
  const common = { returnType: VARCHAR, parameterTypes: [VARCHAR, VARCHAR], specialHandling: true }
  return [
    DuckDBScalarFunction.create({
      ...common,
      name: 'millrace_encrypt',
      volatile: true,
      mainFunction: (_info, chunk, output) => {
        const nonces = randomBytes(nonceBytes * chunk.rowCount)
        applyTo(ring, chunk, output, (name, key, text, row) =>
          encrypt(name, key, nonces.subarray(row * nonceBytes, (row + 1) * nonceBytes), text),
        )
      },
    }),
    DuckDBScalarFunction.create({
      ...common,
      name: 'millrace_decrypt',
      mainFunction: (_info, chunk, output) => applyTo(ring, chunk, output, decrypt),
    }),
  ]
}
