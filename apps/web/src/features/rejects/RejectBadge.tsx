import { Badge } from '@mantine/core'
import type { RejectState } from '@millrace/contract'
import {
  type Icon,
  IconBan,
  IconBandage,
  IconCircleCheck,
  IconCirclePlus,
  IconLoader2,
} from '@tabler/icons-react'
import { useText } from '../../i18n/index.ts'

/** Colour, icon and text of every state: never colour alone. */
export const rejectLooks: Readonly<Record<RejectState, { readonly color: string; readonly Icon: Icon }>> = {
  new: { color: 'red', Icon: IconCirclePlus },
  mended: { color: 'yellow', Icon: IconBandage },
  replaying: { color: 'blue', Icon: IconLoader2 },
  replayed: { color: 'teal', Icon: IconCircleCheck },
  dropped: { color: 'gray', Icon: IconBan },
}

export function RejectBadge({ state }: { readonly state: RejectState }) {
  const { t } = useText()
  const { color, Icon } = rejectLooks[state]
  return (
    <Badge
      color={color}
      variant="light"
      size="sm"
      tt="none"
      fw={600}
      leftSection={<Icon size={12} stroke={2.2} aria-hidden />}
      style={{ flexShrink: 0 }}
      miw="max-content"
    >
      {t(`rejects.state.${state}`)}
    </Badge>
  )
}
