import { Alert, Button, Group, Loader, Modal, Text, TextInput } from '@mantine/core'
import { nodeKinds } from '@millrace/engine'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useNavigate } from 'react-router'
import { call } from '../../api/client.ts'
import { useChange, useFlows } from '../../api/queries.ts'
import { useText } from '../../i18n/index.ts'
import { ErrorState, ProblemText } from '../../ui/ErrorState.tsx'
import { FlowPicture } from '../../ui/FlowPicture.tsx'
import { useNodeName } from '../../ui/node-name.ts'
import classes from './HomePage.module.css'
import { type FlowFile, freeName, readFlowFile } from './read-flow-file.ts'

interface ImportDialogProps {
  readonly file: File
  readonly onClose: () => void
}

const problemsShown = 20

/** What is in a flow file and what is wrong with it, before it is taken. */
export function ImportDialog({ file, onClose }: ImportDialogProps) {
  const { t, label } = useText()
  const navigate = useNavigate()
  const flows = useFlows()
  const [read, setRead] = useState<FlowFile>()
  const [fault, setFault] = useState<unknown>()
  const [typed, setTyped] = useState<string>()
  const nameOf = useNodeName(read?.flow)
  useEffect(() => {
    readFlowFile(file).then(setRead, setFault)
  }, [file])
  const flow = read?.flow
  const name =
    typed ??
    (flow && flows.data
      ? freeName(
          flow.name,
          flows.data.map((one) => one.name),
        )
      : '')
  const take = useChange(async () => {
    if (!flow) return
    const made = await call('createFlow', { body: { flow: { ...flow, name: name.trim() } } })
    await navigate(`/flows/${made.id}`)
  }, ['flows'])
  const errors = read?.problems.filter(({ severity }) => severity === 'error') ?? []
  return (
    <Modal
      opened
      onClose={onClose}
      size={620}
      title={t('import.title', { file: file.name })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {!read && fault === undefined && (
        <Group role="status">
          <Loader size="sm" /> {t('import.reading')}
        </Group>
      )}
      {fault !== undefined && <ErrorState error={fault} />}
      {flow && (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            take.mutate(undefined)
          }}
        >
          <div className={classes.preview}>
            <FlowPicture
              title={t('home.picture')}
              thumbnail={{
                nodes: flow.nodes.map(({ id, kind, position }) => ({
                  id,
                  category: nodeKinds.get(kind)?.category ?? 'unknown',
                  ...position,
                })),
                edges: flow.edges.map(({ from, to }) => ({ from: from.node, to: to.node })),
              }}
            />
          </div>
          <Text size="sm" c="dimmed" mb="sm">
            {t('import.content', {
              nodes: flow.nodes.length,
              edges: flow.edges.length,
              parameters: flow.parameters.length,
            })}
          </Text>
          <TextInput
            data-autofocus
            required
            maxLength={200}
            mb="md"
            label={t('import.name')}
            value={name}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          {read.problems.length === 0 ? (
            <Alert color="teal" variant="light" icon={<IconCircleCheck size={20} />}>
              {t('import.sound')}
            </Alert>
          ) : (
            <Alert
              color={errors.length > 0 ? 'orange' : 'yellow'}
              variant="light"
              icon={<IconAlertTriangle size={20} />}
              title={t('import.problems', { count: read.problems.length })}
            >
              <Problems found={read} nameOf={nameOf} />
            </Alert>
          )}
          {take.error && <ErrorState error={take.error} />}
          <Group justify="flex-end" mt="lg">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" disabled={name.trim() === ''} loading={take.isPending}>
              {t(read.problems.length === 0 ? 'import.take' : 'import.takeAnyway')}
            </Button>
          </Group>
        </form>
      )}
      {read && !flow && (
        <>
          <Alert
            color="red"
            variant="light"
            icon={<IconAlertTriangle size={20} />}
            title={t('import.refused')}
          >
            {read.problems.map((problem) => (
              <Text key={problem.code} size="sm">
                {label(problem.message)}
              </Text>
            ))}
          </Alert>
          <Group justify="flex-end" mt="lg">
            <Button onClick={onClose}>{t('action.close')}</Button>
          </Group>
        </>
      )}
    </Modal>
  )
}

function Problems({ found, nameOf }: { found: FlowFile; nameOf: (nodeId: string) => string }) {
  const { t } = useText()
  const shown = found.problems.slice(0, problemsShown).map((problem, at) => ({ problem, at }))
  const rest = found.problems.length - shown.length
  return (
    <ul className={classes.problems}>
      {shown.map(({ problem, at }) => (
        <li key={at}>
          <ProblemText
            problem={problem}
            {...(problem.location.nodeId !== undefined && { nodeName: nameOf(problem.location.nodeId) })}
          />
        </li>
      ))}
      {rest > 0 && <li>{t('import.more', { count: rest })}</li>}
    </ul>
  )
}
