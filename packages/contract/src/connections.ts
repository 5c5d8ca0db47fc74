import { column, connectionSteps, problem } from '@millrace/engine'
import { z } from 'zod'

const label = z.object({ en: z.string(), zh: z.string() })

/** Chosen by the server from the name; what nodes name, so it stays when the name changes. */
export const connectionId = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  .max(60)

/** How far a test came, step by step. */
export const diagnosis = z.object({
  steps: z.array(z.object({ step: z.enum(connectionSteps), ok: z.boolean(), problem: problem.nullable() })),
  /** Product and version; empty: not reached. */
  system: z.string(),
  durationMs: z.number(),
})
export type ConnectionDiagnosis = z.infer<typeof diagnosis>

/** A flow that names a connection, in its draft, its published version or both. */
export const connectionUse = z.object({
  flowId: z.string(),
  flowName: z.string(),
  draft: z.boolean(),
  published: z.boolean(),
  nodes: z.array(z.object({ id: z.string(), kind: z.string(), label: z.string() })),
})
export type ConnectionUse = z.infer<typeof connectionUse>

export const connection = z.object({
  id: connectionId,
  connector: z.string(),
  name: z.string(),
  /** What it leads to, in a few words. */
  description: label,
  /** Without secrets: those never leave the server. */
  settings: z.record(z.string(), z.unknown()),
  /** Names of the secrets that are kept. */
  secretsSet: z.array(z.string()),
  /** Null: not since the settings were changed. */
  lastTest: z.object({ at: z.iso.datetime(), diagnosis }).nullable(),
  usedBy: z.array(connectionUse),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type Connection = z.infer<typeof connection>

const name = z.string().trim().min(1).max(100)
const settings = z.record(z.string().max(100), z.unknown())
/** By field; one that is left out keeps what is stored, an empty one removes it. */
const secrets = z.record(z.string().max(100), z.string().max(100_000)).default({})

export const createConnection = z.strictObject({ connector: z.string().max(100), name, settings, secrets })
export const saveConnection = z.strictObject({ name, settings, secrets })
/** Settings that are not stored. With `id`, the secrets that are left out are those of that connection. */
export const testSettings = z.strictObject({
  connector: z.string().max(100),
  settings,
  secrets,
  id: connectionId.optional(),
})

/** From the outside in: `[]`, `[schema]`, `[schema, table]`. */
export const catalogPath = z.strictObject({ path: z.array(z.string().min(1).max(1000)).max(4) })
export const catalogEntry = z.object({
  name: z.string(),
  type: z.enum(['schema', 'table', 'view']),
  /** About how many, where the system knows without counting. */
  rows: z.number().nullable(),
  comment: z.string(),
})
export type CatalogEntry = z.infer<typeof catalogEntry>
export const catalogColumn = z.object({
  ...column.shape,
  /** As the system spells it. */
  nativeType: z.string(),
  nullable: z.boolean(),
  /** Position in the primary key, from 1; null: no part of it. */
  key: z.number().int().nullable(),
  /** The system fills it where nothing is written. */
  filled: z.boolean(),
  comment: z.string(),
})
export type CatalogColumn = z.infer<typeof catalogColumn>

/** A table as settings of flows name it: `schema.table`. */
export const namedTable = z.strictObject({ table: z.string().min(1).max(1000) })

export const keyRotation = z.object({
  /** The master key that everything is sealed by now. */
  active: z.string(),
  /** Secrets that were sealed anew. */
  rewrapped: z.number().int(),
  /** Older master keys, which nothing needs any more: their files may be removed. */
  unused: z.array(z.string()),
  /** Secrets that no key opens; they have to be entered again. */
  unreadable: z.array(z.object({ connectionId: z.string(), field: z.string() })),
})
export type KeyRotation = z.infer<typeof keyRotation>
