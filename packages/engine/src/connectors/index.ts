import type { ConnectorSpec } from '../spec/index.ts'
import { csv } from './csv/spec.ts'

/** Every connector. Adding one is a folder, a line here and a line in `runtime.ts`. */
export const connectors = [csv] as const satisfies readonly ConnectorSpec[]

export type ConnectorName = (typeof connectors)[number]['name']
