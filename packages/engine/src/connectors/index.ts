import type { ConnectorSpec } from '../spec/index.ts'
import { csv } from './csv/spec.ts'
import { excel } from './excel/spec.ts'
import { json } from './json/spec.ts'
import { mysql } from './mysql/spec.ts'
import { parquet } from './parquet/spec.ts'
import { postgres } from './postgres/spec.ts'
import { sqlite } from './sqlite/spec.ts'
import { xml } from './xml/spec.ts'

/** Every connector. Adding one is a folder, a line here and a line in `runtime.ts`. */
export const connectors = [
  csv,
  excel,
  json,
  mysql,
  parquet,
  postgres,
  sqlite,
  xml,
] as const satisfies readonly ConnectorSpec[]

export type ConnectorName = (typeof connectors)[number]['name']
