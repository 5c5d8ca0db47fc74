import { Button, Stack } from '@mantine/core'
import { useRouteError } from 'react-router'
import { useText } from '../i18n/index.ts'
import { ErrorState } from '../ui/ErrorState.tsx'

/** What is left to say when a page itself broke. */
export function CrashPage() {
  const { t } = useText()
  const error = useRouteError()
  return (
    <div className="page">
      <Stack align="center">
        <ErrorState error={error} />
        <Button onClick={() => window.location.reload()}>{t('action.retry')}</Button>
      </Stack>
    </div>
  )
}
