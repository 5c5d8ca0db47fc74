import { keyName } from '@millrace/engine'
import { z } from 'zod'

/** A key that values are encrypted by. Its bytes stay on the server. */
export const keyEntry = z.object({ name: keyName, createdAt: z.iso.datetime() })
export type KeyEntry = z.infer<typeof keyEntry>

export const createKey = z.strictObject({ name: keyName })
