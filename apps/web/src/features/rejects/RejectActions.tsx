import { Button, Text } from '@mantine/core'
import type { DeskReject } from '@millrace/contract'
import { IconArrowBackUp, IconBan, IconRotateClockwise } from '@tabler/icons-react'
import { useState } from 'react'
import { useAuthor } from '../../editor/author.ts'
import { useText } from '../../i18n/index.ts'
import { ReplayDialog } from './ReplayDialog.tsx'
import classes from './rejects.module.css'
import { useDeskCall } from './use-desk-call.ts'

interface Props {
  readonly chosen: ReadonlyMap<string, DeskReject>
  /** What was chosen has been dealt with. */
  readonly onDone: () => void
}

/** What can be done with the rows that are chosen. */
export function RejectActions({ chosen, onDone }: Props) {
  const { t } = useText()
  const author = useAuthor((state) => state.name)
  const [asking, setAsking] = useState(false)
  const desk = useDeskCall(onDone)
  const rows = [...chosen.values()]
  const open = rows.filter(({ state }) => state === 'new' || state === 'mended')
  const dropped = rows.filter(({ state }) => state === 'dropped')
  const items = (list: readonly DeskReject[]) => list.map(({ runId, number }) => ({ runId, number }))
  return (
    <div className={classes['bar']}>
      <Text size="sm" c="dimmed" role="status" style={{ flex: 1 }}>
        {t('rejects.chosen', { count: rows.length })}
      </Text>
      {dropped.length > 0 && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconArrowBackUp size={14} />}
          loading={desk.isPending}
          onClick={() => desk.mutate({ name: 'restoreRejects', body: { items: items(dropped), author } })}
        >
          {t('rejects.restore')}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        disabled={open.length === 0}
        leftSection={<IconBan size={14} />}
        loading={desk.isPending}
        onClick={() => desk.mutate({ name: 'dropRejects', body: { items: items(open), author } })}
      >
        {t('rejects.drop')}
      </Button>
      <Button
        size="xs"
        disabled={open.length === 0}
        leftSection={<IconRotateClockwise size={14} />}
        onClick={() => setAsking(true)}
      >
        {t('rejects.replay')}
      </Button>
      {asking && (
        <ReplayDialog
          items={items(open)}
          onClose={() => setAsking(false)}
          onStarted={() => {
            setAsking(false)
            onDone()
          }}
        />
      )}
    </div>
  )
}
