import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconArrowBackUp } from '@tabler/icons-react'
import { call } from '../api/client.ts'
import { useChange, usePreviousRows } from '../api/queries.ts'
import { useFormat, useText } from '../i18n/index.ts'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { useErrorText } from '../ui/use-error-text.ts'

interface Props {
  readonly connection: string
  /** `schema.table` */
  readonly table: string
}

/** Takes the last replacement of a table back; nothing is shown where none kept its rows. */
export function PreviousRows({ connection, table }: Props) {
  const { t } = useText()
  const errorText = useErrorText()
  const format = useFormat()
  const [asking, ask] = useDisclosure(false)
  const previous = usePreviousRows(connection, table)
  const restore = useChange(async () => {
    try {
      const { rows } = await call('restorePrevious', { params: { id: connection }, body: { table } })
      notifications.show({
        color: 'green',
        message: t('previous.done', { rows: format.number(rows), count: rows, table }),
      })
    } catch (error) {
      notifications.show({ color: 'red', message: errorText(error) })
    }
  }, ['previous', 'catalog'])
  const rows = previous.data?.rows
  if (typeof rows !== 'number') return null
  return (
    <>
      <Button
        size="compact-sm"
        variant="light"
        leftSection={<IconArrowBackUp size={14} />}
        loading={restore.isPending}
        aria-label={`${t('previous.restore')} ${table}`}
        onClick={ask.open}
      >
        {t('previous.restore')}
      </Button>
      <ConfirmDialog
        opened={asking}
        onClose={ask.close}
        title={t('previous.title', { table })}
        text={t('previous.text', { rows: format.number(rows), count: rows })}
        confirm={t('previous.restore')}
        onConfirm={() => restore.mutate(undefined)}
      />
    </>
  )
}
