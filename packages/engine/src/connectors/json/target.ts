import type { TargetRuntime } from '../../spec/index.ts'
import { sql } from '../../sql/index.ts'
import { fileCommit, openFileTarget } from '../files/file-target.ts'
import type { json } from './spec.ts'

export const jsonTarget: TargetRuntime<typeof json.target.settings> = {
  open: (context, { path, layout }) =>
    openFileTarget(context, path, (file, { relation }) =>
      context.execute(
        sql`COPY (SELECT * FROM ${relation}) TO ${file} (FORMAT json, ARRAY ${layout === 'array'})`,
      ),
    ),
  ...fileCommit,
}
