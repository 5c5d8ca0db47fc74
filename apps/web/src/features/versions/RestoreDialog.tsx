import { Button, Checkbox, Group, Modal, Text } from '@mantine/core'
import { useState } from 'react'
import { useText } from '../../i18n/index.ts'

interface RestoreDialogProps {
  readonly version: number
  /** The draft has changes that no version has. */
  readonly isUnpublished: boolean
  readonly onRestore: (keepsDraft: boolean) => void
  readonly onClose: () => void
}

/** Asks before the draft becomes an older version; what would be lost can be published first. */
export function RestoreDialog({ version, isUnpublished, onRestore, onClose }: RestoreDialogProps) {
  const { t } = useText()
  const [keeps, setKeeps] = useState(true)
  return (
    <Modal
      opened
      centered
      onClose={onClose}
      title={t('versions.restoreTitle', { version })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Text size="sm" mb="md">
        {t('versions.restoreText', { version })}
      </Text>
      {isUnpublished && (
        <Checkbox
          mb="md"
          label={t('versions.restoreKeep')}
          checked={keeps}
          onChange={(event) => setKeeps(event.currentTarget.checked)}
        />
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button data-autofocus onClick={() => onRestore(isUnpublished && keeps)}>
          {t('versions.restore', { version })}
        </Button>
      </Group>
    </Modal>
  )
}
