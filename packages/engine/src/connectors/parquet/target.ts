import type { TargetRuntime } from '../../spec/index.ts'
import { sql } from '../../sql/index.ts'
import { fileCommit, openFileTarget } from '../files/file-target.ts'
import type { parquet } from './spec.ts'

export const parquetTarget: TargetRuntime<(typeof parquet.target)['settings']> = {
  open: (context, { path, compression }) =>
    openFileTarget(context, path, (file, { relation }) =>
      context.execute(
        sql`COPY (SELECT * FROM ${relation}) TO ${file} (FORMAT parquet, COMPRESSION ${compression})`,
      ),
    ),
  ...fileCommit,
}
