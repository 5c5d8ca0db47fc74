import { Button, Group, Select, Switch, Text, TextInput } from '@mantine/core'
import { type Flow, isOrdered, nodeKinds } from '@millrace/engine'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api/client.ts'
import { useAuthor } from '../../editor/author.ts'
import { useDocument } from '../../editor/document-store.ts'
import { useText } from '../../i18n/index.ts'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { useNodeName } from '../../ui/node-name.ts'
import styles from './goldens.module.css'

interface SaveGoldenProps {
  readonly flowId: string
  readonly node: string
  readonly port: string | undefined
  readonly taken: readonly string[]
  readonly onSaved: (id: string) => void
  readonly onCancel: () => void
}

/** The ports of a node whose rows can be expected; a target has what it is given. */
function portsOf(flow: Flow, nodeId: string) {
  const node = flow.nodes.find(({ id }) => id === nodeId)
  const kind = node && nodeKinds.get(node.kind)
  if (!node || !kind) return []
  return kind.role === 'target' ? kind.inputs(node.settings) : kind.outputs(node.settings)
}

/** Keeps the rows of a port as they are computed now. */
export function SaveGolden({ flowId, node, port, taken, onSaved, onCancel }: SaveGoldenProps) {
  const { t, label } = useText()
  const flow = useDocument((state) => state.flow)
  const nameOf = useNodeName(flow)
  const { name: author } = useAuthor()
  const [nodeId, setNode] = useState(node)
  const [chosenPort, setPort] = useState(port)
  const ports = portsOf(flow, nodeId)
  const at = ports.find(({ name }) => name === chosenPort) ?? ports[0]
  const proposed = free(nameOf(nodeId), taken)
  const [typed, setTyped] = useState<string>()
  /** Rows that no sort has put in order may come in any. */
  const hasOrder = at?.name !== 'rejects' && isOrdered(flow, nodeId)
  const [inOrder, setInOrder] = useState(true)
  const name = typed ?? proposed
  const save = useMutation({
    mutationFn: () =>
      call('createGolden', {
        params: { id: flowId },
        body: { flow, name: name.trim(), nodeId, port: at?.name ?? '', ordered: hasOrder && inOrder, author },
      }),
    onSuccess: ({ id }) => onSaved(id),
  })
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <h2>{t('golden.new')}</h2>
      <Text size="sm" c="dimmed" mb="md">
        {t('golden.saveHelp')}
      </Text>
      <Group grow align="flex-start" mb="sm">
        <Select
          label={t('golden.node')}
          allowDeselect={false}
          searchable
          data={flow.nodes.map(({ id }) => ({ value: id, label: nameOf(id) }))}
          value={nodeId}
          onChange={(next) => setNode(next ?? nodeId)}
        />
        {ports.length > 1 && (
          <Select
            label={t('golden.port')}
            allowDeselect={false}
            data={ports.map((one) => ({ value: one.name, label: label(one.label) }))}
            value={at?.name ?? null}
            onChange={(next) => setPort(next ?? undefined)}
          />
        )}
      </Group>
      <TextInput
        required
        data-autofocus
        maxLength={200}
        label={t('golden.name')}
        value={name}
        error={taken.includes(name.trim()) ? t('fault.golden-exists') : undefined}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {hasOrder && (
        <Switch
          mt="md"
          label={t('golden.inOrder')}
          description={t('golden.inOrderHelp')}
          checked={inOrder}
          onChange={(event) => setInOrder(event.currentTarget.checked)}
        />
      )}
      {save.error && <ErrorState error={save.error} />}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onCancel}>
          {t('action.cancel')}
        </Button>
        <Button
          type="submit"
          disabled={!at || name.trim() === '' || taken.includes(name.trim())}
          loading={save.isPending}
        >
          {t('golden.save')}
        </Button>
      </Group>
    </form>
  )
}

function free(wanted: string, taken: readonly string[]): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted} ${n}`
    if (!taken.includes(name)) return name
  }
}
