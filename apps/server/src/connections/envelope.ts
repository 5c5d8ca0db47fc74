import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'

/** Of the form `version.keyId.dataKey.nonce.ciphertext.tag`, the last four base64url. */
const version = '1'
const dataKeyBytes = 32
/** 96 bits, as GCM is made for (NIST SP 800-38D, 8.2.2): random, so fresh for every encryption. */
const nonceBytes = 12
const tagBytes = 16

/** What an envelope belongs to; it opens nowhere else. */
export interface Place {
  readonly connectionId: string
  readonly field: string
}

/** A master key with the name of its file. */
export interface MasterKey {
  readonly id: string
  readonly key: KeyObject
}

/** An envelope that was changed, moved or sealed by another key. */
export class EnvelopeError extends Error {
  override name = 'EnvelopeError'
}

interface Sealed {
  readonly nonce: Buffer
  readonly ciphertext: Buffer
  readonly tag: Buffer
}

// Neither ids nor names of fields have a bar.
const associated = ({ connectionId, field }: Place, purpose: 'key' | 'secret'): Buffer =>
  Buffer.from(`millrace.${version}.${purpose}|${connectionId}|${field}`, 'utf8')

function encrypt(key: KeyObject | Buffer, clear: Buffer, aad: Buffer): Sealed {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes }).setAAD(aad)
  const ciphertext = Buffer.concat([cipher.update(clear), cipher.final()])
  return { nonce, ciphertext, tag: cipher.getAuthTag() }
}

function decrypt(key: KeyObject | Buffer, { nonce, ciphertext, tag }: Sealed, aad: Buffer): Buffer {
  if (nonce.length !== nonceBytes || tag.length !== tagBytes) throw new EnvelopeError('no envelope')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
    decipher.setAAD(aad).setAuthTag(tag)
    return Buffer.concat([decipher.update(ciphertext), decipher.final()])
  } catch (cause) {
    throw new EnvelopeError('the envelope does not open here', { cause })
  }
}

/** Only the canonical spelling is read, so that every changed character shows. */
function bytesOf(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url')
  if (bytes.toString('base64url') !== part) throw new EnvelopeError('no envelope')
  return bytes
}

interface Parts {
  readonly keyId: string
  readonly dataKey: Buffer
  readonly body: readonly [nonce: string, ciphertext: string, tag: string]
}

function partsOf(envelope: string): Parts {
  const [given, keyId, dataKey, nonce, ciphertext, tag, ...rest] = envelope.split('.')
  if (
    given !== version ||
    keyId === undefined ||
    dataKey === undefined ||
    nonce === undefined ||
    ciphertext === undefined ||
    tag === undefined ||
    rest.length > 0
  )
    throw new EnvelopeError('no envelope')
  return { keyId, dataKey: bytesOf(dataKey), body: [nonce, ciphertext, tag] }
}

function wrap(master: MasterKey, dataKey: Buffer, place: Place): string {
  const { nonce, ciphertext, tag } = encrypt(master.key, dataKey, associated(place, 'key'))
  return `${version}.${master.id}.${Buffer.concat([nonce, ciphertext, tag]).toString('base64url')}`
}

function unwrap(master: KeyObject, wrapped: Buffer, place: Place): Buffer {
  const end = wrapped.length - tagBytes
  return decrypt(
    master,
    {
      nonce: wrapped.subarray(0, nonceBytes),
      ciphertext: wrapped.subarray(nonceBytes, end),
      tag: wrapped.subarray(end),
    },
    associated(place, 'key'),
  )
}

/** The id of the master key that an envelope needs. @throws EnvelopeError */
export const masterKeyOf = (envelope: string): string => partsOf(envelope).keyId

/** Encrypts a secret under a data key of its own, which the master key wraps. */
export function seal(master: MasterKey, secret: string, place: Place): string {
  const dataKey = randomBytes(dataKeyBytes)
  const body = encrypt(dataKey, Buffer.from(secret, 'utf8'), associated(place, 'secret'))
  const parts = [body.nonce, body.ciphertext, body.tag].map((part) => part.toString('base64url'))
  return [wrap(master, dataKey, place), ...parts].join('.')
}

/** @throws EnvelopeError where anything of the envelope or of its place was changed */
export function open(master: KeyObject, envelope: string, place: Place): string {
  const { dataKey, body } = partsOf(envelope)
  const [nonce, ciphertext, tag] = body.map(bytesOf) as [Buffer, Buffer, Buffer]
  const key = unwrap(master, dataKey, place)
  return decrypt(key, { nonce, ciphertext, tag }, associated(place, 'secret')).toString('utf8')
}

/** The same secret under another master key; the secret itself is not decrypted. @throws EnvelopeError */
export function rewrap(from: KeyObject, to: MasterKey, envelope: string, place: Place): string {
  const { dataKey, body } = partsOf(envelope)
  return [wrap(to, unwrap(from, dataKey, place), place), ...body].join('.')
}
