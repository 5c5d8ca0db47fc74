import { Badge } from '@mantine/core'
import { IconTestPipe } from '@tabler/icons-react'
import { useText } from '../i18n/index.ts'

/** That a run has written nothing, by its nature. */
export function DryBadge({ size = 'md' }: { readonly size?: 'sm' | 'md' | 'lg' }) {
  const { t } = useText()
  return (
    <Badge
      color="violet"
      variant="light"
      tt="none"
      fw={600}
      size={size}
      leftSection={<IconTestPipe size={12} stroke={2.2} aria-hidden />}
      style={{ flexShrink: 0, minWidth: 'max-content' }}
    >
      {t('run.dry')}
    </Badge>
  )
}
