import { Anchor, Button, Text } from '@mantine/core'
import type { Connection } from '@millrace/contract'
import { connectableOf } from '@millrace/engine'
import { IconArrowLeft, IconPencil, IconPlugConnectedX, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { call } from '../../api/client.ts'
import { useChange, useConnection } from '../../api/queries.ts'
import { KindIcon } from '../../canvas/KindIcon.tsx'
import { ConnectionDialog } from '../../forms/ConnectionDialog.tsx'
import { DiagnosisSteps } from '../../forms/DiagnosisSteps.tsx'
import { TestState } from '../../forms/TestState.tsx'
import { useText } from '../../i18n/index.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { CatalogPanel } from './CatalogPanel.tsx'
import { ConnectionFacts } from './ConnectionFacts.tsx'
import classes from './connections.module.css'
import { TestButton } from './TestButton.tsx'
import { UseList } from './UsedBy.tsx'

/** One connection: whether it works, what lies behind it, and who uses it. */
export function ConnectionPage() {
  const { t } = useText()
  const { id = '' } = useParams()
  const connection = useConnection(id)
  return (
    <div className="page">
      <div className="page-inner">
        <Anchor component={Link} to="/connections" size="sm" className={classes['back']}>
          <IconArrowLeft size={14} aria-hidden /> {t('connections.back')}
        </Anchor>
        {connection.isError && (
          <EmptyState
            icon={<IconPlugConnectedX size={44} stroke={1.2} />}
            title={t('connections.gone')}
            hint={t('connections.goneHint')}
          />
        )}
        {connection.data && <Shown key={id} connection={connection.data} />}
      </div>
    </div>
  )
}

function Shown({ connection }: { readonly connection: Connection }) {
  const { t, label } = useText()
  const navigate = useNavigate()
  const { id, connector, name, description, lastTest, usedBy } = connection
  const connectable = connectableOf(connector)
  const [open, setOpen] = useState<'edit' | 'delete'>()
  const remove = useChange(async () => {
    await call('deleteConnection', { params: { id } })
    await navigate('/connections')
  }, ['connections'])
  return (
    <>
      <PageHeader
        title={
          <span className={classes['who']}>
            <span className={classes['tile']}>
              <KindIcon name={connectable?.icon ?? ''} size={20} />
            </span>
            <span>
              {name}
              <Text size="sm" c="dimmed" fw={400}>
                {[connectable ? label(connectable.label) : connector, label(description)]
                  .filter(Boolean)
                  .join(' · ')}
              </Text>
            </span>
          </span>
        }
      >
        <TestButton id={id} name={name} prominent />
        <Button variant="default" leftSection={<IconPencil size={16} />} onClick={() => setOpen('edit')}>
          {t('connections.edit')}
        </Button>
        <Button
          variant="default"
          c="var(--mantine-color-error)"
          leftSection={<IconTrash size={16} />}
          onClick={() => setOpen('delete')}
        >
          {t('action.delete')}
        </Button>
      </PageHeader>
      {remove.isError && (
        <div className={classes['fault']}>
          <ErrorState error={remove.error} />
        </div>
      )}
      <div className={classes['sides']}>
        <CatalogPanel connection={id} version={connection.updatedAt} />
        <div className={classes['side']}>
          <section className={`panel ${classes['card']}`} aria-label={t('connections.lastTest')}>
            <div className={classes['cardHead']}>
              <h2 className={classes['cardTitle']}>{t('connections.lastTest')}</h2>
              <TestState lastTest={lastTest} />
            </div>
            {lastTest ? (
              <DiagnosisSteps diagnosis={lastTest.diagnosis} expected={connectable?.connection.steps ?? []} />
            ) : (
              <Text size="sm" c="dimmed">
                {t('connections.untestedHint')}
              </Text>
            )}
          </section>
          <section className={`panel ${classes['card']}`} aria-label={t('connections.usedBy')}>
            <h2 className={classes['cardTitle']}>{t('connections.usedBy')}</h2>
            {usedBy.length > 0 ? (
              <UseList uses={usedBy} />
            ) : (
              <Text size="sm" c="dimmed">
                {t('connections.unusedHint')}
              </Text>
            )}
          </section>
          <ConnectionFacts connection={connection} />
        </div>
      </div>
      <ConnectionDialog opened={open === 'edit'} stored={connection} onClose={() => setOpen(undefined)} />
      <ConfirmDialog
        opened={open === 'delete'}
        onClose={() => setOpen(undefined)}
        title={t('connections.deleteTitle', { name })}
        text={t('connections.deleteText')}
        onConfirm={() => remove.mutate(undefined)}
      />
    </>
  )
}
