import { ActionIcon, Box, Button, Group, Modal, Select, TextInput } from '@mantine/core'
import { type Parameter, parameterTypes } from '@millrace/engine'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useEnvironments } from '../../api/queries.ts'
import { parameterRename } from '../../editor/changes.ts'
import { useDocument } from '../../editor/document-store.ts'
import { useInference } from '../../editor/inference.ts'
import { useText } from '../../i18n/index.ts'
import { useNodeName } from '../../ui/node-name.ts'
import { EnvironmentsDialog } from './EnvironmentsDialog.tsx'
import styles from './editor.module.css'
import { ParameterNameInput } from './ParameterNameInput.tsx'
import { useRowKeys } from './row-keys.ts'

/** A parameter that has another name now, and what else that is of concern to. */
interface Renamed {
  readonly from: string
  readonly to: string
  /** Names of the nodes that have been rewritten. */
  readonly nodes: string
  /** Names of the environments that have a value under the old name. */
  readonly environments: string
}

/** The parameters of the flow: name, type, default. */
export function ParametersDialog({ onClose }: { onClose: () => void }) {
  const { t, label } = useText()
  const parameters = useDocument((state) => state.flow.parameters)
  const setHeader = useDocument((state) => state.setHeader)
  const [environments, setEnvironments] = useState(false)
  const identity = useRowKeys(parameters.length)
  const problems = useInference((state) => state.problems)
  const faultOf = ({ name, default: value }: Parameter) => {
    const found = problems.find(
      ({ code, parameters: of }) =>
        code === 'parameter.invalid' && of['name'] === name && of['value'] === value,
    )
    return found && label(found.message)
  }
  const nodeName = useNodeName(useDocument((state) => state.flow))
  const given = useEnvironments(useDocument((state) => state.flowId))
  const [renamed, setRenamed] = useState<Renamed>()
  const rename = (from: string, to: string) => {
    const { flow, make } = useDocument.getState()
    const change = parameterRename(flow, from, to)
    make(change)
    const nodes = change.steps.flatMap((step) => (step.of === 'node' && step.after ? [step.after] : []))
    const environments = (given.data ?? []).filter(({ values }) => Object.hasOwn(values, from))
    setRenamed({
      from,
      to,
      nodes: nodes.map(({ id }) => nodeName(id)).join(', '),
      environments: environments.map(({ name }) => name).join(', '),
    })
  }
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
        <Group key={identity.keys[index]} gap={8} mt={8} wrap="nowrap" align="flex-start">
          <ParameterNameInput
            value={parameter.name}
            taken={parameters.filter((one) => one !== parameter).map(({ name }) => name)}
            onChange={(name) => rename(parameter.name, name)}
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
            error={faultOf(parameter)}
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
            // Beside the fields, which have a label above them.
            mt={24}
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
      <Box role="status" mt={8}>
        {renamed && renamed.nodes !== '' && (
          <p className={styles['quietLine']}>{t('editor.parameters.renamed', { ...renamed })}</p>
        )}
        {renamed && renamed.environments !== '' && (
          <p className={styles['quietLine']}>{t('editor.parameters.renamedValues', { ...renamed })}</p>
        )}
      </Box>
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
