import { z } from 'zod'

export const fileEntry = z.object({
  /** Relative to the Files area, with `/`; `@name/…` in a folder that the operator allows. */
  path: z.string(),
  bytes: z.number().int(),
  modifiedAt: z.iso.datetime(),
  /** Connector that reads such a file, or null. */
  connector: z.string().nullable(),
  readOnly: z.boolean(),
})
export type FileEntry = z.infer<typeof fileEntry>

/** The first rows of a file as its connector reads it. */
export const filePreview = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.string().nullable())),
})
