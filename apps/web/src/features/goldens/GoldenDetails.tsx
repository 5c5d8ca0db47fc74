import { Alert, Button, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Golden, GoldenOutcome } from '@millrace/contract'
import { IconAlertTriangle, IconCheck, IconCircleCheck, IconTrash } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { useAuthor } from '../../editor/author.ts'
import { useDocument } from '../../editor/document-store.ts'
import { useFormat, useText } from '../../i18n/index.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { ErrorState, ProblemText } from '../../ui/ErrorState.tsx'
import { useNodeName } from '../../ui/node-name.ts'
import { RowDifferences } from '../../ui/RowDifferences.tsx'
import styles from './goldens.module.css'

interface GoldenDetailsProps {
  readonly flowId: string
  readonly golden: Golden
  readonly outcome: GoldenOutcome | undefined
  readonly onChanged: () => void
}

/** One test: what it expects, and the cells in which the flow gives something else. */
export function GoldenDetails({ flowId, golden, outcome, onChanged }: GoldenDetailsProps) {
  const { t } = useText()
  const format = useFormat()
  const flow = useDocument((state) => state.flow)
  const nameOf = useNodeName(flow)
  const [asking, ask] = useDisclosure(false)
  const params = { id: flowId, golden: golden.id }
  const accept = useMutation({
    mutationFn: () => call('acceptGolden', { params, body: { flow, author: useAuthor.getState().name } }),
    onSuccess: onChanged,
  })
  const remove = useMutation({ mutationFn: () => call('deleteGolden', { params }), onSuccess: onChanged })
  const counts = outcome?.comparison?.counts
  const isComputed = outcome?.comparison !== null
  const hasTypes = outcome?.comparison?.columns.some(({ before, after }) => before !== after)
  return (
    <>
      <div className={styles['detailsHead']}>
        <div>
          <h2>{golden.name}</h2>
          <p>
            {t('golden.about', {
              rows: format.number(golden.rows),
              node: nameOf(golden.nodeId),
              when: format.dateTime(golden.createdAt),
            })}
            {golden.author !== '' && ` · ${golden.author}`}
          </p>
        </div>
        <Group gap={8} wrap="nowrap">
          <Button variant="subtle" color="red" leftSection={<IconTrash size={14} />} onClick={ask.open}>
            {t('action.delete')}
          </Button>
          {outcome && !outcome.passed && isComputed && (
            <Button
              variant="default"
              leftSection={<IconCheck size={14} />}
              title={t('golden.acceptHelp')}
              loading={accept.isPending}
              onClick={() => accept.mutate()}
            >
              {t('golden.accept')}
            </Button>
          )}
        </Group>
      </div>
      {(accept.error ?? remove.error) && <ErrorState error={accept.error ?? remove.error} />}
      {outcome?.passed && (
        <Alert color="teal" variant="light" m="md" icon={<IconCircleCheck size={20} />}>
          {t(outcome.ordered ? 'golden.passedOrdered' : 'golden.passedText', {
            rows: format.number(golden.rows),
          })}
        </Alert>
      )}
      {outcome?.problems.map((problem) => (
        <Alert
          key={`${problem.code} ${problem.location.nodeId}`}
          color="red"
          variant="light"
          m="md"
          icon={<IconAlertTriangle size={20} />}
        >
          <ProblemText
            problem={problem}
            {...(problem.location.nodeId !== undefined && { nodeName: nameOf(problem.location.nodeId) })}
          />
        </Alert>
      ))}
      {outcome && !outcome.passed && outcome.problems.length === 0 && outcome.comparison && counts && (
        <>
          <p className={styles['figures']}>
            {t('golden.differs', {
              added: format.number(counts.added),
              removed: format.number(counts.removed),
              changed: format.number(counts.changed),
            })}{' '}
            {hasTypes && t('golden.types')}
          </p>
          <RowDifferences label={t('golden.differences', { name: golden.name })} found={outcome.comparison} />
        </>
      )}
      <ConfirmDialog
        opened={asking}
        onClose={ask.close}
        title={t('golden.deleteTitle', { name: golden.name })}
        text={t('golden.deleteText')}
        onConfirm={() => remove.mutate()}
      />
    </>
  )
}
