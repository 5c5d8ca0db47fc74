import { Anchor, Popover, Text, UnstyledButton } from '@mantine/core'
import type { ConnectionUse } from '@millrace/contract'
import { IconChevronDown } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useText } from '../../i18n/index.ts'
import classes from './connections.module.css'

/** The flows that name a connection, each with the nodes that do. */
export function UseList({ uses }: { readonly uses: readonly ConnectionUse[] }) {
  const { t } = useText()
  return (
    <ul className={classes['uses']}>
      {uses.map(({ flowId, flowName, draft, published, nodes }) => (
        <li key={flowId}>
          <Anchor component={Link} to={`/flows/${flowId}`} size="sm" fw={500}>
            {flowName}
          </Anchor>
          <Text size="xs" c="dimmed">
            {nodes.map(({ id, label }) => label || id).join(', ')}
            {' · '}
            {[draft && t('connections.draft'), published && t('connections.published')]
              .filter(Boolean)
              .join(', ')}
          </Text>
        </li>
      ))}
    </ul>
  )
}

/** How many flows name a connection; which, on request. */
export function UsedBy({ uses }: { readonly uses: readonly ConnectionUse[] }) {
  const { t } = useText()
  if (uses.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('connections.unused')}
      </Text>
    )
  return (
    <Popover position="bottom-start" shadow="md" withinPortal>
      <Popover.Target>
        <UnstyledButton className={classes['count']}>
          {t('connections.flows', { count: uses.length })}
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <UseList uses={uses} />
      </Popover.Dropdown>
    </Popover>
  )
}
