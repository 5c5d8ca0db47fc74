import { Button } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useText } from '../i18n/index.ts'
import { EmptyState } from '../ui/EmptyState.tsx'

export function NotFoundPage() {
  const { t } = useText()
  return (
    <div className="page">
      <EmptyState
        icon={<IconMapOff size={40} stroke={1.2} />}
        title={t('error.notFound')}
        hint={t('error.notFoundHint')}
      >
        <Button component={Link} to="/">
          {t('nav.flows')}
        </Button>
      </EmptyState>
    </div>
  )
}
