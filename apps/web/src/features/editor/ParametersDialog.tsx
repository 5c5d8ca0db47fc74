import { ActionIcon, Button, Group, Modal, Select, TextInput } from '@mantine/core'
import { type Parameter, parameterTypes } from '@millrace/engine'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useDocument } from '../../editor/document-store.ts'
import { useText } from '../../i18n/index.ts'
import { EnvironmentsDialog } from './EnvironmentsDialog.tsx'
import styles from './editor.module.css'
import { useRowKeys } from './row-keys.ts'

/** The parameters of the flow: name, type, default. */
export function ParametersDialog({ onClose }: { onClose: () => void }) {
  const { t } = useText()
  const parameters = useDocument((state) => state.flow.parameters)
  const setHeader = useDocument((state) => state.setHeader)
  const [environments, setEnvironments] = useState(false)
  const identity = useRowKeys(parameters.length)
  const put = (next: Parameter[]) => setHeader({ parameters: next }, 'parameters')
  const edit = (index: number, change: Partial<Parameter>) => {
    const parameter = parameters[index]
    if (parameter) put(parameters.with(index, { ...parameter, ...change }))
  }
  const add = () => {
    const names = new Set(parameters.map(({ name }) => name))
    let n = 1
    while (names.has(`parameter_${n}`)) n++
    put([...parameters, { name: `parameter_${n}`, type: 'text', default: '', description: '' }])
  }
  if (environments) return <EnvironmentsDialog onClose={() => setEnvironments(false)} />
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('editor.parameters.title')}
      size={680}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <p className={styles['quietLine']}>{t('editor.parameters.help')}</p>
      {parameters.map((parameter, index) => (
        <Group key={identity.keys[index]} gap={8} mt={8} wrap="nowrap" align="flex-end">
          <TextInput
            size="sm"
            style={{ flex: 1 }}
            label={t('editor.parameters.name')}
            value={parameter.name}
            onChange={(event) =>
              edit(index, {
                name:
                  event.currentTarget.value
                    .toLowerCase()
                    .replace(/[^a-z0-9_]/g, '_')
                    .replace(/^[^a-z]+/, '') || 'p',
              })
            }
          />
          <Select
            size="sm"
            w={130}
            allowDeselect={false}
            label={t('editor.parameters.type')}
            data={parameterTypes.map((type) => ({ value: type as string, label: t(`editor.kind.${type}`) }))}
            value={parameter.type}
            onChange={(type) => edit(index, { type: parameterTypes.find((one) => one === type) ?? 'text' })}
          />
          <TextInput
            size="sm"
            style={{ flex: 1 }}
            label={t('editor.parameters.default')}
            value={parameter.default}
            onChange={(event) => edit(index, { default: event.currentTarget.value })}
          />
          <TextInput
            size="sm"
            style={{ flex: 1 }}
            label={t('editor.parameters.description')}
            value={parameter.description}
            onChange={(event) => edit(index, { description: event.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t('editor.parameters.remove', { name: parameter.name })}
            onClick={() => {
              identity.remove(index)
              put(parameters.toSpliced(index, 1))
            }}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Group justify="space-between" mt={16}>
        <Button size="sm" variant="default" leftSection={<IconPlus size={14} />} onClick={add}>
          {t('editor.parameters.add')}
        </Button>
        <span style={{ flex: 1 }} />
        <Button size="sm" variant="default" onClick={() => setEnvironments(true)}>
          {t('environments.edit')}
        </Button>
        <Button size="sm" onClick={onClose}>
          {t('editor.parameters.close')}
        </Button>
      </Group>
    </Modal>
  )
}
