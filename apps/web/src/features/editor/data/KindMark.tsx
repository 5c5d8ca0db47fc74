import type { ColumnKind } from '@millrace/engine'
import {
  type Icon,
  IconBinary,
  IconBraces,
  IconBrackets,
  IconCalendar,
  IconCalendarTime,
  IconClock,
  IconDecimal,
  IconHash,
  IconJson,
  IconLetterT,
  IconQuestionMark,
  IconToggleLeft,
  IconWaveSine,
} from '@tabler/icons-react'
import { useText } from '../../../i18n/index.ts'

const icons: Readonly<Record<ColumnKind, Icon>> = {
  text: IconLetterT,
  integer: IconHash,
  decimal: IconDecimal,
  float: IconWaveSine,
  boolean: IconToggleLeft,
  date: IconCalendar,
  time: IconClock,
  timestamp: IconCalendarTime,
  json: IconJson,
  list: IconBrackets,
  struct: IconBraces,
  binary: IconBinary,
  other: IconQuestionMark,
}

/** The kind of a column as an icon with a name. */
export function KindMark({ kind }: { kind: ColumnKind }) {
  const { t } = useText()
  const Mark = icons[kind]
  return <Mark size={13} stroke={1.8} role="img" aria-label={t(`editor.kind.${kind}`)} />
}
