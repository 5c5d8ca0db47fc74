import { Button, Group, Modal, Text } from '@mantine/core'
import { IconTestPipe } from '@tabler/icons-react'
import { useText } from '../../i18n/index.ts'

interface ApprovalDialogProps {
  readonly onDryRun: () => void
  readonly onClose: () => void
}

/** Says that the flow writes only what was approved, and leads to the dry run where that is done. */
export function ApprovalDialog({ onDryRun, onClose }: ApprovalDialogProps) {
  const { t } = useText()
  return (
    <Modal
      opened
      onClose={onClose}
      // The second press of a double click on the button that opened it falls beside it.
      closeOnClickOutside={false}
      title={t('approval.title')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Text size="sm" mb={20}>
        {t('approval.text')}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button data-autofocus leftSection={<IconTestPipe size={16} />} onClick={onDryRun}>
          {t('approval.start')}
        </Button>
      </Group>
    </Modal>
  )
}
