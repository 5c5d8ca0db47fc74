import { Button, Group, Modal, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAuthor } from '../../editor/author.ts'
import { useSaving } from '../../editor/autosave.ts'
import { useText } from '../../i18n/index.ts'

interface PublishDialogProps {
  readonly onPublish: (message: string, author: string) => void
  readonly onClose: () => void
}

/** Asks what is new in a version, and who says so. */
export function PublishDialog({ onPublish, onClose }: PublishDialogProps) {
  const { t } = useText()
  const newest = useSaving((state) => state.publishedVersion)
  const { name, setName } = useAuthor()
  const [message, setMessage] = useState('')
  return (
    <Modal
      opened
      onClose={onClose}
      // The second press of a double click on the button that opened it falls beside it.
      closeOnClickOutside={false}
      title={t('versions.publish.title', { version: (newest ?? 0) + 1 })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onPublish(message.trim(), name.trim())
        }}
      >
        <Textarea
          data-autofocus
          autosize
          minRows={2}
          maxRows={8}
          maxLength={1000}
          label={t('versions.publish.message')}
          description={t('versions.publish.messageHint')}
          value={message}
          onChange={(event) => setMessage(event.currentTarget.value)}
        />
        <TextInput
          mt={12}
          maxLength={100}
          label={t('versions.publish.author')}
          description={t('versions.publish.authorHint')}
          autoComplete="name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt={16}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit">{t('editor.publish')}</Button>
        </Group>
      </form>
    </Modal>
  )
}
