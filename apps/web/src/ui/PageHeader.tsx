import { Group, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** The name of a page, and what one can do with all of it. */
export function PageHeader({
  title,
  children,
}: {
  readonly title: ReactNode
  readonly children?: ReactNode
}) {
  return (
    <Group justify="space-between" mb="lg" gap="md">
      <Title order={1} size="h2">
        {title}
      </Title>
      <Group gap="sm">{children}</Group>
    </Group>
  )
}
