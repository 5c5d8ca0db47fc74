import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { Connection } from '@millrace/contract'
import { type Connectable, connectableOf, connectables } from '@millrace/engine'
import { IconPlugConnected } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError, call } from '../api/client.ts'
import { KindIcon } from '../canvas/KindIcon.tsx'
import { useText } from '../i18n/index.ts'
import { ErrorState } from '../ui/ErrorState.tsx'
import { ConnectionForm } from './ConnectionForm.tsx'
import { draftOf } from './connection-draft.ts'
import { DiagnosisSteps } from './DiagnosisSteps.tsx'
import classes from './forms.module.css'
import { useConnectionWork } from './use-connection-work.ts'

interface Props {
  readonly opened: boolean
  /** Edit this one; without it, make one. */
  readonly stored?: Connection
  /** Offer this connector only. */
  readonly connector?: string
  onClose(): void
  onSaved?(connection: Connection): void
}

/** Makes or changes a connection; it can be tested before it is kept. */
export function ConnectionDialog({ opened, stored, connector, onClose, onSaved }: Props) {
  const { t } = useText()
  const fixed = stored?.connector ?? connector
  const [chosen, setChosen] = useState(connectables[0]?.name)
  const connectable = connectableOf(fixed ?? chosen ?? '')
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size={620}
      title={stored ? t('connections.editTitle', { name: stored.name }) : t('connections.new')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Stack gap="md">
        {fixed === undefined && <SystemChoice chosen={chosen} onChoose={setChosen} />}
        {connectable && (
          <Editing
            key={connectable.name}
            connectable={connectable}
            stored={stored}
            onClose={onClose}
            onSaved={onSaved}
          />
        )}
      </Stack>
    </Modal>
  )
}

interface ChoiceProps {
  readonly chosen: string | undefined
  onChoose(name: string): void
}

function SystemChoice({ chosen, onChoose }: ChoiceProps) {
  const { t, label } = useText()
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        {t('connections.system')}
      </Text>
      <div className={classes['systems']}>
        {connectables.map((connectable) => (
          <button
            key={connectable.name}
            type="button"
            className={classes['system']}
            aria-pressed={connectable.name === chosen}
            onClick={() => onChoose(connectable.name)}
          >
            <KindIcon name={connectable.icon} size={20} />
            {label(connectable.label)}
          </button>
        ))}
      </div>
    </div>
  )
}

interface EditingProps extends Pick<Props, 'stored' | 'onClose' | 'onSaved'> {
  readonly connectable: Connectable
}

function Editing({ connectable, stored, onClose, onSaved }: EditingProps) {
  const { t } = useText()
  const client = useQueryClient()
  const [draft, setDraft] = useState(() => draftOf(connectable, stored))
  const work = useConnectionWork(connectable, stored, draft)
  const isNamed = draft.name.trim() !== ''
  const [nameAsked, setNameAsked] = useState(false)
  const save = async () => {
    setNameAsked(true)
    if (!isNamed) return
    const saved = await work.save()
    if (!saved) return
    onClose()
    onSaved?.(saved)
    // So that the list says at once whether it works.
    await call('testConnection', { params: { id: saved.id } }).catch(() => undefined)
    await client.invalidateQueries({ queryKey: ['connections'] })
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Stack gap="md">
        <ConnectionForm
          connectable={connectable}
          stored={stored}
          draft={draft}
          problems={work.problems}
          nameFault={nameAsked && !isNamed ? t('connections.nameMissing') : undefined}
          onChange={(next) => {
            setDraft(next)
            work.forget()
          }}
        />
        {work.error !== undefined && !(work.error instanceof ApiError && work.problems.length > 0) && (
          <ErrorState error={work.error} />
        )}
        {work.diagnosis && (
          <DiagnosisSteps diagnosis={work.diagnosis} expected={connectable.connection.steps} />
        )}
        <Group justify="space-between">
          <Button
            variant="default"
            loading={work.isTesting}
            leftSection={<IconPlugConnected size={16} />}
            onClick={() => void work.test()}
          >
            {t('connections.test')}
          </Button>
          <Group gap="sm">
            <Button variant="subtle" color="gray" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" loading={work.isSaving}>
              {t(stored ? 'connections.save' : 'connections.connect')}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  )
}
