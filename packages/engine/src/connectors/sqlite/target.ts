import type { TargetRuntime } from '../../spec/index.ts'
import { check, standing } from './check.ts'
import { sqliteCommit } from './commit.ts'
import { openFileOutput } from './file-target.ts'
import { locateFor } from './session.ts'
import type { sqlite } from './spec.ts'
import { SqliteWriter } from './writer.ts'

export const sqliteTarget: TargetRuntime<typeof sqlite.target.settings> = {
  open: async (context, settings) =>
    settings.into === 'file'
      ? openFileOutput(context, settings)
      : new SqliteWriter(context, settings, await locateFor(context, settings.connection)),
  check,
  standing,
  ...sqliteCommit,
}
