import { Badge, type BadgeProps } from '@mantine/core'
import type { NodeState, RunStatus } from '@millrace/engine'
import {
  type Icon,
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconClock,
  IconHandStop,
  IconLoader2,
  IconMinus,
} from '@tabler/icons-react'
import { useText } from '../i18n/index.ts'

/** `held`: a run that waits for a person before it writes. */
type State = NodeState | RunStatus | 'held'

/** Colour, icon and text of every state: never colour alone. */
export const stateLooks: Readonly<Record<State, { readonly color: string; readonly Icon: Icon }>> = {
  queued: { color: 'gray', Icon: IconClock },
  waiting: { color: 'gray', Icon: IconClock },
  running: { color: 'blue', Icon: IconLoader2 },
  held: { color: 'orange', Icon: IconHandStop },
  succeeded: { color: 'teal', Icon: IconCheck },
  failed: { color: 'red', Icon: IconAlertTriangle },
  cancelled: { color: 'orange', Icon: IconBan },
  skipped: { color: 'gray', Icon: IconMinus },
}

export function StatusBadge({
  state,
  size = 'md',
}: {
  readonly state: State
  readonly size?: BadgeProps['size']
}) {
  const { t } = useText()
  const { color, Icon } = stateLooks[state]
  return (
    <Badge
      color={color}
      variant="light"
      size={size}
      tt="none"
      fw={600}
      leftSection={<Icon size={12} stroke={2.2} aria-hidden />}
      style={{ flexShrink: 0, minWidth: 'max-content' }}
    >
      {t(`state.${state}`)}
    </Badge>
  )
}
