import { Anchor, Button, Loader } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Cursor } from '@millrace/contract'
import { IconHistory, IconPencil, IconRewindBackward10 } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { call } from '../../../../api/client.ts'
import { useChange, useCursors } from '../../../../api/queries.ts'
import { useDocument } from '../../../../editor/document-store.ts'
import { useFormat, useText } from '../../../../i18n/index.ts'
import { ConfirmDialog } from '../../../../ui/ConfirmDialog.tsx'
import { useErrorText } from '../../../../ui/use-error-text.ts'
import { textOf, textsOf, useForm } from '../field-context.ts'
import styles from '../inspector.module.css'
import { BackfillDialog } from './BackfillDialog.tsx'
import { CursorDialog } from './CursorDialog.tsx'

/** Up to where an incremental source has been read, and what can be done about it. */
export function CursorPanel() {
  const { t } = useText()
  const errorText = useErrorText()
  const { nodeId, settings } = useForm()
  const flowId = useDocument((state) => state.flowId)
  const cursors = useCursors(flowId)
  const [dialog, setDialog] = useState<'edit' | 'reset' | 'backfill'>()
  const close = () => setDialog(undefined)
  const cursor = cursors.data?.find((one) => one.nodeId === nodeId)
  const names = [textOf(settings['cursorColumn']), ...textsOf(settings['tieColumns'])].filter(Boolean)
  const reset = useChange(
    async ({ movedAt }: Cursor) => {
      try {
        await call('resetCursor', { params: { id: flowId, nodeId }, query: { movedAt } })
      } catch (error) {
        notifications.show({ color: 'red', message: errorText(error) })
      }
    },
    ['cursors'],
  )
  if (names.length === 0) return null
  return (
    <section className={styles['group']} aria-label={t('cursor.title')}>
      <div className={styles['groupHead']}>
        <span>{t('cursor.title')}</span>
        {cursors.isPending && <Loader size={12} />}
      </div>
      <Place cursor={cursor} />
      <div className={styles['suggestions']}>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconPencil size={14} />}
          onClick={() => setDialog('edit')}
        >
          {t('cursor.edit')}
        </Button>
        {cursor?.position && (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconRewindBackward10 size={14} />}
            onClick={() => setDialog('reset')}
          >
            {t('cursor.reset')}
          </Button>
        )}
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconHistory size={14} />}
          onClick={() => setDialog('backfill')}
        >
          {t('cursor.backfill')}
        </Button>
      </div>
      {dialog === 'edit' && <CursorDialog nodeId={nodeId} names={names} cursor={cursor} onClose={close} />}
      {dialog === 'backfill' && (
        <BackfillDialog nodeId={nodeId} column={names[0] ?? ''} cursor={cursor} onClose={close} />
      )}
      <ConfirmDialog
        opened={dialog === 'reset'}
        onClose={close}
        title={t('cursor.resetTitle')}
        text={t('cursor.resetText')}
        confirm={t('cursor.reset')}
        onConfirm={() => cursor && reset.mutate(cursor)}
      />
    </section>
  )
}

function Place({ cursor }: { readonly cursor: Cursor | undefined }) {
  const { t } = useText()
  const format = useFormat()
  if (!cursor) return <p className={styles['help']}>{t('cursor.none')}</p>
  const { position, movedAt, runId } = cursor
  return (
    <>
      {position ? (
        <dl className={styles['position']}>
          {Object.entries(position).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value === null ? t('cursor.empty') : String(value)}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <p className={styles['help']}>{t('cursor.isReset')}</p>
      )}
      <p className={styles['help']}>
        {runId === null ? (
          t('cursor.byHand', { at: format.dateTime(movedAt) })
        ) : (
          <>
            {t('cursor.byRun', { at: format.dateTime(movedAt) })}{' '}
            <Anchor component={Link} to={`/runs/${runId}`} inherit underline="always">
              {t('cursor.run')}
            </Anchor>
          </>
        )}
      </p>
    </>
  )
}
