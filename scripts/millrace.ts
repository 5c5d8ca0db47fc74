/** `pnpm millrace`: the command line; from its second start on it takes its modules compiled. */
import { enableCompileCache } from 'node:module'
import path from 'node:path'
import { repository } from './boundaries.ts'

enableCompileCache(path.join(repository, 'node_modules/.cache/millrace'))
await import('../packages/engine/src/cli/main.ts')
