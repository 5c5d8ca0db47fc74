import { Button, Group, Modal, Text, TextInput } from '@mantine/core'
import type { Environment } from '@millrace/contract'
import type { Parameter } from '@millrace/engine'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { call } from '../../api/client.ts'
import { useChange, useEnvironments } from '../../api/queries.ts'
import { useDocument } from '../../editor/document-store.ts'
import { useText } from '../../i18n/index.ts'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { ParameterField } from './ParameterField.tsx'

/** Named sets of values for the parameters of the flow: make, change, rename, delete. */
export function EnvironmentsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useText()
  const flowId = useDocument((state) => state.flowId)
  const parameters = useDocument((state) => state.flow.parameters)
  const found = useEnvironments(flowId)
  const [chosen, setChosen] = useState<string | null>()
  const environments = found.data ?? []
  const known = chosen === undefined ? environments[0] : environments.find(({ name }) => name === chosen)
  return (
    <Modal
      opened
      onClose={onClose}
      size={680}
      title={t('environments.title')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Text size="sm" c="dimmed" mb="sm">
        {t('environments.help')}
      </Text>
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      <Group gap={6} mb="md" role="group" aria-label={t('environments.title')}>
        {environments.map(({ name }) => (
          <Button
            key={name}
            size="xs"
            variant={name === known?.name ? 'filled' : 'default'}
            aria-pressed={name === known?.name}
            onClick={() => setChosen(name)}
          >
            {name}
          </Button>
        ))}
        <Button
          size="xs"
          variant={known ? 'subtle' : 'light'}
          leftSection={<IconPlus size={14} />}
          onClick={() => setChosen(null)}
        >
          {t('environments.add')}
        </Button>
      </Group>
      {found.data && (
        <EnvironmentForm
          key={known?.name ?? ''}
          flowId={flowId}
          known={known}
          parameters={parameters}
          onSaved={setChosen}
        />
      )}
    </Modal>
  )
}

interface EnvironmentFormProps {
  readonly flowId: string
  /** Undefined: a new one. */
  readonly known: Environment | undefined
  readonly parameters: readonly Parameter[]
  readonly onSaved: (name: string | undefined) => void
}

function EnvironmentForm({ flowId, known, parameters, onSaved }: EnvironmentFormProps) {
  const { t } = useText()
  const [name, setName] = useState(known?.name ?? '')
  const [values, setValues] = useState<Record<string, string>>(known?.values ?? {})
  const outdated = ['environments']
  const save = useChange(async () => {
    const body = { name: name.trim(), values }
    if (known) await call('saveEnvironment', { params: { id: flowId, name: known.name }, body })
    else await call('createEnvironment', { params: { id: flowId }, body })
  }, outdated)
  const remove = useChange(
    () => call('deleteEnvironment', { params: { id: flowId, name: known?.name ?? '' } }),
    outdated,
  )
  const isSame = known?.name === name.trim() && JSON.stringify(known.values) === JSON.stringify(values)
  const put = (parameter: string, value: string) => {
    const { [parameter]: _, ...others } = values
    setValues(value === '' ? others : { ...others, [parameter]: value })
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(undefined, { onSuccess: () => onSaved(name.trim()) })
      }}
    >
      <TextInput
        mb="sm"
        required
        maxLength={100}
        label={t('environments.name')}
        placeholder={t('environments.example')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {parameters.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('environments.noParameters')}
        </Text>
      )}
      {parameters.map((parameter) => (
        <ParameterField
          key={parameter.name}
          parameter={parameter}
          value={values[parameter.name] ?? ''}
          placeholder={t('environments.default', { value: parameter.default })}
          onChange={(value) => put(parameter.name, value)}
        />
      ))}
      {(save.error ?? remove.error) && <ErrorState error={save.error ?? remove.error} />}
      <Group justify="space-between" mt="md">
        {known ? (
          <Button
            variant="subtle"
            color="red"
            leftSection={<IconTrash size={14} />}
            loading={remove.isPending}
            onClick={() => remove.mutate(undefined, { onSuccess: () => onSaved(undefined) })}
          >
            {t('environments.delete', { name: known.name })}
          </Button>
        ) : (
          <span />
        )}
        <Button type="submit" disabled={name.trim() === '' || isSame} loading={save.isPending}>
          {t('environments.save')}
        </Button>
      </Group>
    </form>
  )
}
