import { Button, Group, Modal, Text } from '@mantine/core'
import { useText } from '../i18n/index.ts'

interface Props {
  readonly title: string
  readonly text: string
  /** Defaults to “Delete”. */
  readonly confirm?: string
  readonly opened: boolean
  onClose(): void
  onConfirm(): void
}

/** Asks before something is lost. */
export function ConfirmDialog({ title, text, confirm, opened, onClose, onConfirm }: Props) {
  const { t } = useText()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      centered
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Text size="sm" mb="lg">
        {text}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button
          color="red"
          onClick={() => {
            onConfirm()
            onClose()
          }}
        >
          {confirm ?? t('action.delete')}
        </Button>
      </Group>
    </Modal>
  )
}
