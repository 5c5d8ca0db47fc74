import { ActionIcon, Button, Group, Stack, Text, TextInput, Title, Tooltip } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { RejectDetail } from '@millrace/contract'
import { kindOf, reasonIn } from '@millrace/engine'
import { IconBan, IconDeviceFloppy, IconRotateClockwise } from '@tabler/icons-react'
import { useState } from 'react'
import { call } from '../../api/client.ts'
import { useChange } from '../../api/queries.ts'
import { useAuthor } from '../../editor/author.ts'
import { useText } from '../../i18n/index.ts'
import { useErrorText } from '../../ui/use-error-text.ts'

interface Props {
  readonly reject: RejectDetail
  /** The row as it is saved is wanted to be fed in again. */
  readonly onReplay: () => void
}

/** The cells of a rejected row, to be mended; once it is replayed or dropped, to be read. */
export function MendForm({ reject, onReplay }: Props) {
  const { t, language } = useText()
  const errorText = useErrorText()
  const { name: author, setName } = useAuthor()
  const [edits, setEdits] = useState<Readonly<Record<string, string | null>>>({})
  const isOpen = reject.state === 'new' || reject.state === 'mended'
  const { runId, number, cells } = reject
  // A row may break several rules; their columns are joined as the reject port shows them.
  const faulty = new Set([reject.column, ...reject.column.split('; ')])
  const save = useChange(
    async (andReplay: boolean) => {
      try {
        if (Object.keys(edits).length > 0)
          await call('mendReject', { params: { runId, number }, body: { cells: edits, author } })
        if (andReplay) onReplay()
      } catch (error) {
        notifications.show({ color: 'red', message: errorText(error) })
      }
    },
    ['rejects'],
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(false)
      }}
    >
      <Title order={3} size="h5">
        {t('rejects.cells')}
      </Title>
      {isOpen && (
        <Text size="xs" c="dimmed" mb={8}>
          {t('rejects.cellsHint')}
        </Text>
      )}
      <Stack gap={8}>
        {cells.map(({ key, name, type, rejected, value: kept }) => {
          const value = key in edits ? (edits[key] ?? null) : kept
          return (
            <TextInput
              key={key}
              size="sm"
              label={
                <>
                  {name}{' '}
                  <Text span size="xs" c="dimmed">
                    {t(`editor.kind.${kindOf(type)}`)}
                  </Text>
                </>
              }
              error={
                isOpen && value === rejected && faulty.has(name)
                  ? reasonIn(language, reject.reason)
                  : undefined
              }
              description={
                value !== rejected ? t('rejects.was', { value: rejected ?? t('rejects.isNull') }) : undefined
              }
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              placeholder={value === null ? t('rejects.isNull') : undefined}
              readOnly={!isOpen}
              value={value ?? ''}
              onChange={(event) => setEdits({ ...edits, [key]: event.currentTarget.value })}
              rightSection={
                isOpen &&
                value !== null && (
                  <Tooltip label={t('rejects.makeNull', { name })} openDelay={400}>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      size="sm"
                      aria-label={t('rejects.makeNull', { name })}
                      onClick={() => setEdits({ ...edits, [key]: null })}
                    >
                      <IconBan size={14} />
                    </ActionIcon>
                  </Tooltip>
                )
              }
            />
          )
        })}
      </Stack>
      {isOpen && cells.length > 0 && (
        <>
          <TextInput
            mt="md"
            size="xs"
            label={t('rejects.author')}
            value={author}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group justify="flex-end" mt="sm" gap="xs">
            <Button
              type="submit"
              variant="default"
              disabled={Object.keys(edits).length === 0}
              loading={save.isPending}
              leftSection={<IconDeviceFloppy size={16} />}
            >
              {t('rejects.save')}
            </Button>
            <Button
              disabled={reject.obstacle !== null}
              leftSection={<IconRotateClockwise size={16} />}
              onClick={() => save.mutate(true)}
            >
              {t(Object.keys(edits).length > 0 ? 'rejects.saveReplay' : 'rejects.replay')}
            </Button>
          </Group>
        </>
      )}
    </form>
  )
}
