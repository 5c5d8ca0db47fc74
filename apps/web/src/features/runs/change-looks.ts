import type { ChangeKind, TargetChanges } from '@millrace/contract'
import { type Icon, IconMinus, IconPencil, IconPlus, IconQuestionMark } from '@tabler/icons-react'

/** Colour, icon and count of every kind of change; the word is `run.change.…`. */
export const changeLooks: Readonly<
  Record<
    ChangeKind,
    { readonly Icon: Icon; readonly mark: string; readonly count: (changes: TargetChanges) => number }
  >
> = {
  insert: { Icon: IconPlus, mark: 'added', count: ({ inserted }) => inserted },
  update: { Icon: IconPencil, mark: 'changed', count: ({ updated }) => updated },
  delete: { Icon: IconMinus, mark: 'removed', count: ({ deleted }) => deleted },
  missing: { Icon: IconQuestionMark, mark: 'missing', count: ({ missing }) => missing },
}

/** A JSON object of a row as cells by column. */
export const cellsOf = (row: string | null): Readonly<Record<string, string | null>> =>
  row === null ? {} : (JSON.parse(row) as Record<string, string | null>)
