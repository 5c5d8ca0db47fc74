import { Alert, Button, Stack, Text } from '@mantine/core'
import type { Problem } from '@millrace/engine'
import { IconAlertTriangle } from '@tabler/icons-react'
import { ApiError } from '../api/client.ts'
import { useText } from '../i18n/index.ts'
import { useErrorText } from './use-error-text.ts'

/** A problem as people read it: what happened, where, who can do something about it. */
export function ProblemText({
  problem,
  nodeName,
}: {
  readonly problem: Problem
  readonly nodeName?: string
}) {
  const { t, label } = useText()
  return (
    <Stack gap={2}>
      <Text size="sm" fw={500}>
        {label(problem.message)}
      </Text>
      <Text size="xs" c="dimmed">
        {nodeName !== undefined && t('error.where', { node: nodeName })}
        {t(`error.${problem.actor}`)}
      </Text>
    </Stack>
  )
}

interface Props {
  readonly error: unknown
  readonly onRetry?: () => void
}

/** Something failed: what, and a way to try again. */
export function ErrorState({ error, onRetry }: Props) {
  const { t } = useText()
  const problems = error instanceof ApiError ? error.document.problems : []
  const message = useErrorText()(error)
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle size={20} />} title={t('error.title')}>
      <Stack gap="xs" align="flex-start">
        {problems.length === 0 && <Text size="sm">{message}</Text>}
        {problems.map((problem) => (
          <ProblemText key={`${problem.code}${problem.message.en}`} problem={problem} />
        ))}
        {onRetry && (
          <Button size="xs" variant="light" color="red" onClick={onRetry}>
            {t('action.retry')}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}
