import { createSecretKey, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { EnvelopeError, masterKeyOf, open, rewrap, seal } from './envelope.ts'

const newKey = (id: string) => ({ id, key: createSecretKey(randomBytes(32)) })
const master = newKey('000001-a')
const place = { connectionId: 'sales', field: 'password' }

describe('an envelope', () => {
  it.each(['s3cret', '', '密码 🔑', '\0', 'a.b.c', 'x'.repeat(100_000)])('gives back %j', (secret) => {
    const envelope = seal(master, secret, place)
    expect(open(master.key, envelope, place)).toBe(secret)
    expect(envelope.split('.')).toHaveLength(6)
    expect(envelope).toMatch(/^1\.000001-a(\.[\w-]*){4}$/)
    if (secret.length > 2) expect(envelope).not.toContain(secret)
  })

  it('is another one every time, in every part but version and key id', () => {
    const [left, right] = [seal(master, 'same', place), seal(master, 'same', place)].map((text) =>
      text.split('.'),
    )
    expect(left?.slice(0, 2)).toEqual(right?.slice(0, 2))
    for (const part of [2, 3, 4, 5]) expect(left?.[part]).not.toBe(right?.[part])
  })

  it('does not open when any one bit of it is flipped', () => {
    const envelope = seal(master, 'secret', place)
    const [version = '', keyId = '', ...parts] = envelope.split('.')
    let tried = 0
    parts.forEach((part, index) => {
      const bytes = Buffer.from(part, 'base64url')
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = Buffer.from(bytes)
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const changed = [version, keyId, ...parts.with(index, flipped.toString('base64url'))].join('.')
        expect(() => open(master.key, changed, place)).toThrow(EnvelopeError)
        tried++
      }
    })
    expect(tried).toBe((12 + 32 + 16 + 12 + 6 + 16) * 8)
  })

  it('does not open when any one character of it is another one', () => {
    const envelope = seal(master, 'secret', place)
    for (let at = envelope.indexOf('.', 3) + 1; at < envelope.length; at++)
      for (const character of ['A', 'B', '.', '=', '+']) {
        if (envelope[at] === character) continue
        const changed = envelope.slice(0, at) + character + envelope.slice(at + 1)
        expect(() => open(master.key, changed, place)).toThrow(EnvelopeError)
      }
  })

  it.each([
    { connectionId: 'other', field: 'password' },
    { connectionId: 'sales', field: 'token' },
    { connectionId: 'sales|password', field: '' },
  ])('does not open at %j, not even its data key', (elsewhere) => {
    const envelope = seal(master, 'secret', place)
    expect(() => open(master.key, envelope, elsewhere)).toThrow(EnvelopeError)
    expect(() => rewrap(master.key, newKey('000002-b'), envelope, elsewhere)).toThrow(EnvelopeError)
  })

  it('does not open with a data key or a body of another one of the same place', () => {
    const [left, right] = ['one', 'two'].map((secret) => seal(master, secret, place).split('.'))
    const mixed = [...(left?.slice(0, 3) ?? []), ...(right?.slice(3) ?? [])].join('.')
    expect(() => open(master.key, mixed, place)).toThrow(EnvelopeError)
  })

  it('opens by the new master key alone once it is wrapped again', () => {
    const next = newKey('000002-b')
    const envelope = rewrap(master.key, next, seal(master, 'secret', place), place)
    expect(masterKeyOf(envelope)).toBe('000002-b')
    expect(open(next.key, envelope, place)).toBe('secret')
    expect(() => open(master.key, envelope, place)).toThrow(EnvelopeError)
  })

  it.each(['', '1', '2.k.a.b.c.d', '1.k.a.b.c', '1.k.a.b.c.d.e', 'secret'])('is not %j', (text) => {
    expect(() => open(master.key, text, place)).toThrow(EnvelopeError)
  })
})
