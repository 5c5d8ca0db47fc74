import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import type { Cursor } from '@millrace/contract'
import { useState } from 'react'
import { ApiError, call } from '../../../../api/client.ts'
import { useChange } from '../../../../api/queries.ts'
import { useDocument } from '../../../../editor/document-store.ts'
import { useInference } from '../../../../editor/inference.ts'
import { useText } from '../../../../i18n/index.ts'
import { useErrorText } from '../../../../ui/use-error-text.ts'
import { placeFault } from './place-fault.ts'

interface Props {
  readonly nodeId: string
  /** The columns of the cursor by the settings: the one that is compared first, then those that break ties. */
  readonly names: readonly string[]
  readonly cursor: Cursor | undefined
  readonly onClose: () => void
}

/** Puts the cursor somewhere else. When a run moves it meanwhile, the person is told and decides again. */
export function CursorDialog({ nodeId, names, cursor, onClose }: Props) {
  const { t, label } = useText()
  const errorText = useErrorText()
  const flowId = useDocument((state) => state.flowId)
  const [seen, setSeen] = useState(cursor)
  const [edits, setEdits] = useState<Readonly<Record<string, string>>>({})
  const [fault, setFault] = useState('')
  const columns = [...new Set([...names, ...Object.keys(seen?.position ?? {})])]
  const stored = (name: string) => String(seen?.position?.[name] ?? '')
  const textAt = (name: string) => edits[name] ?? stored(name)
  const known = useInference((state) => state.ports[nodeId]?.['out']) ?? []
  /** Why what was typed is no place in the column; what a run has stored is one. */
  const wrong = (name: string) =>
    edits[name] === undefined ? undefined : placeFault(edits[name], name, known)
  const hasMoved = cursor?.movedAt !== seen?.movedAt
  const move = useChange(async () => {
    const position: Record<string, string | null> = {}
    for (const name of columns) {
      // What stands there as missing stays so until somebody writes something.
      if (edits[name] === undefined && seen?.position?.[name] === null) position[name] = null
      else if (textAt(name) !== '') position[name] = textAt(name)
    }
    try {
      const movedAt = seen?.movedAt ?? null
      await call('moveCursor', { params: { id: flowId, nodeId }, body: { position, movedAt } })
      onClose()
    } catch (error) {
      setFault(error instanceof ApiError && error.document.code === 'cursor-moved' ? '' : errorText(error))
    }
  }, ['cursors'])
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('cursor.editTitle')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!columns.some(wrong)) move.mutate(undefined)
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{t('cursor.editText')}</Text>
          {columns.map((name, place) => {
            const fault = wrong(name)
            return (
              <TextInput
                key={name}
                error={fault && label(fault.message)}
                label={name}
                required={place === 0}
                data-autofocus={place === 0 || undefined}
                value={textAt(name)}
                onChange={(event) => setEdits({ ...edits, [name]: event.currentTarget.value })}
              />
            )
          })}
          {hasMoved && (
            <Alert color="yellow" role="alert">
              {t('cursor.movedMeanwhile', { position: Object.values(cursor?.position ?? {}).join(' · ') })}
              <Group mt="xs">
                <Button size="compact-xs" variant="default" onClick={() => setSeen(cursor)}>
                  {t('cursor.takeNew')}
                </Button>
              </Group>
            </Alert>
          )}
          {fault !== '' && (
            <Alert color="red" role="alert">
              {fault}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" loading={move.isPending} disabled={hasMoved}>
              {t('cursor.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
