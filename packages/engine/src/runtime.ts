/**
 * The Node entry. Nothing here loads DuckDB into the calling process: every function talks to an
 * engine process (run/engine-process.ts).
 */
export type { Connection, Connections } from './run/connections.ts'
export * from './run/engine.ts'
export { fileAccess } from './run/file-area.ts'
export { keptFiles } from './run/kept-rows.ts'
export { KeyExists, KeyRing } from './run/key-ring.ts'
export { createEngine } from './run/local-engine.ts'
export { connectionMaintenance, connectionRuntime } from './run/runtimes.ts'
export type { HoldDecision, VolumeViolation } from './run/volume.ts'
export { withoutSecrets } from './run/without-secrets.ts'
export type {
  CatalogColumn,
  CatalogEntry,
  ConnectionMaintenance,
  ConnectionRuntime,
  Diagnosis,
  FileAccess,
  Token,
} from './spec/index.ts'
