import { Anchor, Button, Table, Text } from '@mantine/core'
import type { Connection } from '@millrace/contract'
import { connectableOf } from '@millrace/engine'
import { IconPlugConnected, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { useConnections } from '../../api/queries.ts'
import { KindIcon } from '../../canvas/KindIcon.tsx'
import { ConnectionDialog } from '../../forms/ConnectionDialog.tsx'
import { TestState } from '../../forms/TestState.tsx'
import { useText } from '../../i18n/index.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import classes from './connections.module.css'
import { TestButton } from './TestButton.tsx'
import { UsedBy } from './UsedBy.tsx'

/** Every system that flows can reach, and whether it can be reached now. */
export function ConnectionsPage() {
  const { t } = useText()
  const navigate = useNavigate()
  const connections = useConnections()
  const [isNew, setNew] = useState(false)
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setNew(true)}>
      {t('connections.new')}
    </Button>
  )
  const isEmpty = connections.data?.length === 0
  return (
    <div className="page">
      <div className="page-inner">
        <PageHeader title={t('connections.title')}>{!isEmpty && add}</PageHeader>
        {connections.isError && (
          <ErrorState error={connections.error} onRetry={() => void connections.refetch()} />
        )}
        {isEmpty && (
          <EmptyState
            icon={<IconPlugConnected size={44} stroke={1.2} />}
            title={t('connections.empty')}
            hint={t('connections.emptyHint')}
          >
            {add}
          </EmptyState>
        )}
        {connections.data && !isEmpty && <ConnectionTable connections={connections.data} />}
      </div>
      <ConnectionDialog
        opened={isNew}
        onClose={() => setNew(false)}
        onSaved={({ id }) => void navigate(`/connections/${id}`)}
      />
    </div>
  )
}

function ConnectionTable({ connections }: { readonly connections: readonly Connection[] }) {
  const { t, label } = useText()
  return (
    <div className={`panel ${classes['scroll']}`}>
      <Table verticalSpacing="sm" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('connections.name')}</Table.Th>
            <Table.Th>{t('connections.where')}</Table.Th>
            <Table.Th>{t('connections.usedBy')}</Table.Th>
            <Table.Th>{t('connections.lastTest')}</Table.Th>
            <Table.Th>
              <span className="visually-hidden">{t('connections.test')}</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {connections.map((connection) => {
            const { id, connector, name, description, lastTest, usedBy } = connection
            const connectable = connectableOf(connector)
            return (
              <Table.Tr key={id}>
                <Table.Td>
                  <div className={classes['who']}>
                    <span className={classes['tile']}>
                      <KindIcon name={connectable?.icon ?? ''} size={20} />
                    </span>
                    <div>
                      <Anchor component={Link} to={`/connections/${id}`} size="sm" fw={600} c="inherit">
                        {name}
                      </Anchor>
                      <Text size="xs" c="dimmed">
                        {connectable ? label(connectable.label) : connector}
                      </Text>
                    </div>
                  </div>
                </Table.Td>
                <Table.Td>
                  <Text size="sm" className={classes['where']}>
                    {label(description)}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <UsedBy uses={usedBy} />
                </Table.Td>
                <Table.Td>
                  <TestState lastTest={lastTest} />
                </Table.Td>
                <Table.Td className={classes['tools']}>
                  <TestButton id={id} name={name} />
                </Table.Td>
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
    </div>
  )
}
