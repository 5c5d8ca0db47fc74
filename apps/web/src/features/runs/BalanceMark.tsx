import { Group, Text } from '@mantine/core'
import { IconAlertTriangle, IconMinus, IconScale } from '@tabler/icons-react'
import { useText } from '../../i18n/index.ts'

/** Whether the row counts add up, in words. */
export function BalanceMark({ balanced }: { readonly balanced: boolean | null }) {
  const { t } = useText()
  const [Icon, color, key] =
    balanced === null
      ? ([IconMinus, 'dimmed', 'runs.notCounted'] as const)
      : balanced
        ? ([IconScale, 'teal', 'runs.balanced'] as const)
        : ([IconAlertTriangle, 'red', 'runs.unbalanced'] as const)
  return (
    <Group gap={6} wrap="nowrap" c={color}>
      <Icon size={16} stroke={1.6} aria-hidden />
      <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
        {t(key)}
      </Text>
    </Group>
  )
}
