import { Button, Group, Modal, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { type ColumnPlace, renameColumn } from '../../../editor/columns.ts'
import { useText } from '../../../i18n/index.ts'
import { announce } from '../../../ui/Announcer.tsx'
import { useErrorText } from '../../../ui/use-error-text.ts'

/** Asks for the new name of a column and gives it, or says what is against it. */
export function RenameDialog({ at, onClose }: { at: ColumnPlace; onClose: () => void }) {
  const { t, label } = useText()
  const errorText = useErrorText()
  const [name, setName] = useState(at.column)
  const [fault, setFault] = useState('')
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      const against = await renameColumn(at, name)
      setFault(against.map(({ message }) => label(message)).join(' '))
      if (against.length > 0) return
      announce(t('columns.renamed', { from: at.column, to: name }))
      onClose()
    } catch (error) {
      setFault(errorText(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('columns.rename.title', { column: at.column })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form onSubmit={(event) => void submit(event)}>
        <TextInput
          data-autofocus
          label={t('columns.rename.to')}
          value={name}
          maxLength={1000}
          error={fault === '' ? undefined : fault}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => {
            setName(event.currentTarget.value)
            setFault('')
          }}
        />
        <Text size="xs" c="dimmed" mt={8}>
          {t('columns.rename.help')}
        </Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={isBusy} disabled={name.trim() === '' || name === at.column}>
            {t('columns.rename.do')}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
