import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

interface Props {
  readonly icon: ReactNode
  readonly title: string
  readonly hint?: string
  /** What to do next. */
  readonly children?: ReactNode
}

/** Nothing is here yet, and what to do about it. */
export function EmptyState({ icon, title, hint, children }: Props) {
  return (
    <Stack align="center" gap="xs" py={64} px="md">
      <Text c="dimmed" component="div" aria-hidden>
        {icon}
      </Text>
      <Title order={2} size="h4" ta="center">
        {title}
      </Title>
      {hint && (
        <Text c="dimmed" ta="center" maw={420}>
          {hint}
        </Text>
      )}
      {children}
    </Stack>
  )
}
