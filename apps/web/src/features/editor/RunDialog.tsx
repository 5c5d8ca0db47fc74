import { Button, Group, Modal, Select } from '@mantine/core'
import type { Label, Parameter } from '@millrace/engine'
import { IconPlayerPlayFilled } from '@tabler/icons-react'
import { useState } from 'react'
import { useEnvironments } from '../../api/queries.ts'
import { useDocument } from '../../editor/document-store.ts'
import { useText } from '../../i18n/index.ts'
import { EnvironmentsDialog } from './EnvironmentsDialog.tsx'
import { ParameterField } from './ParameterField.tsx'

interface RunDialogProps {
  readonly parameters: readonly Parameter[]
  /** What is on the button. */
  readonly submit: Label
  /** `environment`: that the values are of; undefined: none. */
  readonly onRun: (values: Record<string, string>, environment: string | undefined) => void
  readonly onClose: () => void
}

/** Asks for the values of one run: those of an environment, else the defaults, and changes to them. */
export function RunDialog({ parameters, submit, onRun, onClose }: RunDialogProps) {
  const { t, label } = useText()
  const flowId = useDocument((state) => state.flowId)
  const environments = useEnvironments(flowId).data ?? []
  const [environment, setEnvironment] = useState('')
  const [isEditing, setEditing] = useState(false)
  const [edits, setEdits] = useState<Readonly<Record<string, string>>>({})
  const given = environments.find(({ name }) => name === environment)?.values ?? {}
  const values = Object.fromEntries(
    parameters.map(({ name, default: initial }) => [name, edits[name] ?? given[name] ?? initial]),
  )
  if (isEditing) return <EnvironmentsDialog onClose={() => setEditing(false)} />
  return (
    <Modal
      opened
      onClose={onClose}
      // The second press of a double click on the button that opened it falls beside it.
      closeOnClickOutside={false}
      title={t('editor.parameters.run')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onRun(values, environment || undefined)
        }}
      >
        <Group gap={8} mb={16} align="flex-end" wrap="nowrap">
          <Select
            style={{ flex: 1 }}
            label={t('environments.one')}
            allowDeselect={false}
            data={[
              { value: '', label: t('environments.defaults') },
              ...environments.map(({ name }) => ({ value: name, label: name })),
            ]}
            value={environment}
            onChange={(name) => {
              setEnvironment(name ?? '')
              setEdits({})
            }}
          />
          <Button variant="default" onClick={() => setEditing(true)}>
            {t('environments.edit')}
          </Button>
        </Group>
        {parameters.map((parameter) => (
          <ParameterField
            key={parameter.name}
            parameter={parameter}
            value={values[parameter.name] ?? ''}
            onChange={(value) => setEdits({ ...edits, [parameter.name]: value })}
          />
        ))}
        <Group justify="flex-end">
          <Button type="submit" leftSection={<IconPlayerPlayFilled size={14} />}>
            {label(submit)}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
