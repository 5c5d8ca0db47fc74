import { z } from 'zod'

/** The name of an encryption key; it is also the name of the key's file and stands in encrypted values. */
export const keyName = z.string().regex(/^[a-z0-9-]{1,40}$/)
