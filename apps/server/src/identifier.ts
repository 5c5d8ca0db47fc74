import { randomBytes } from 'node:crypto'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** A new id of 16 letters and digits (80 random bits), without those that people mix up. */
export const newId = (): string => Array.from(randomBytes(16), (byte) => alphabet[byte % 32]).join('')
