import { Button, Group, Loader, Modal, Text } from '@mantine/core'
import type { BreakagesResponse } from '@millrace/contract'
import { useQuery } from '@tanstack/react-query'
import { call } from '../../../api/client.ts'
import { type ColumnPlace, withoutColumn } from '../../../editor/columns.ts'
import { useDocument } from '../../../editor/document-store.ts'
import { useText } from '../../../i18n/index.ts'
import { useErrorText } from '../../../ui/use-error-text.ts'
import styles from './columns.module.css'
import { PlaceName, useNodeName } from './PlaceName.tsx'

interface RemoveDialogProps {
  readonly at: ColumnPlace
  /** Takes the column away; without it, the setting that makes the column goes, here or upstream. */
  readonly proceed: (() => void) | undefined
  readonly onClose: () => void
}

/** Finds the node that makes a column, going upstream along unchanged copies, and what breaks without it. */
async function examine({ port = 'out', ...at }: ColumnPlace, isGiven: boolean) {
  const { flow } = useDocument.getState()
  const nodeOf = (id: string) => flow.nodes.find((node) => node.id === id)
  const makes = ({ nodeId, column }: ColumnPlace) => {
    const node = nodeOf(nodeId)
    return node !== undefined && withoutColumn(node, column) !== undefined
  }
  let maker: ColumnPlace | undefined = { ...at, port }
  if (!isGiven && !makes(maker)) {
    const { upstream } = await call('lineage', { body: { flow, ...at, port } })
    const copies = upstream.filter(({ copy, from }) => copy && from.column === at.column)
    maker = copies.map(({ from }) => from).find(makes)
  }
  const asked = isGiven ? at : (maker ?? { ...at, port })
  return { maker, ...(await call('breakages', { body: { flow, ...asked } })) }
}

/** Says what would break if a column went, before it goes. */
export function RemoveDialog({ at, proceed, onClose }: RemoveDialogProps) {
  const { t } = useText()
  const errorText = useErrorText()
  const nameOf = useNodeName()
  const { data, error } = useQuery({
    queryKey: ['breakages', at, useDocument((state) => state.edition)],
    queryFn: () => examine(at, proceed !== undefined),
    retry: false,
    gcTime: 0,
  })
  const remove = () => {
    onClose()
    const { flow, setSettings } = useDocument.getState()
    const maker = data?.maker
    const node = flow.nodes.find(({ id }) => id === maker?.nodeId)
    const settings = node && maker && withoutColumn(node, maker.column)
    if (proceed) proceed()
    else if (node && settings) setSettings(node.id, settings, `without ${maker?.column}`)
  }
  const isUsed = data !== undefined && data.breakages.length + data.targets.length > 0
  return (
    <Modal
      opened
      onClose={onClose}
      size={520}
      title={t('columns.remove.title', { column: at.column })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {error && (
        <Text size="sm" role="alert">
          {errorText(error)}
        </Text>
      )}
      {!data && !error && (
        <Group gap={8} role="status">
          <Loader size="xs" />
          <Text size="sm">{t('columns.remove.checking')}</Text>
        </Group>
      )}
      {data && <Broken {...data} />}
      {data && !data.maker && (
        <Text size="sm" mt="sm">
          {t('columns.remove.cannot')}
        </Text>
      )}
      {data?.maker && data.maker.nodeId !== at.nodeId && (
        <Text size="sm" mt="sm">
          {t('columns.remove.at', { node: nameOf(data.maker.nodeId) })}
        </Text>
      )}
      <Group justify="flex-end" mt="lg">
        <Button data-autofocus variant="default" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button color="red" disabled={!data?.maker && !(error && proceed)} onClick={remove}>
          {t(isUsed ? 'columns.remove.doAnyway' : 'columns.remove.do')}
        </Button>
      </Group>
    </Modal>
  )
}

function Broken({ breakages, targets }: BreakagesResponse) {
  const { t } = useText()
  if (breakages.length + targets.length === 0) return <Text size="sm">{t('columns.remove.unused')}</Text>
  return (
    <div className={styles['broken']}>
      {breakages.length > 0 && (
        <section>
          <h3>{t('columns.remove.breaks', { count: breakages.length })}</h3>
          <ul>
            {breakages.map(({ nodeId, field, text, places }) => (
              <li key={`${nodeId} ${field} ${text}`}>
                <PlaceName nodeId={nodeId} field={field} />
                {text !== '' && <code className={styles['text']}>{marked(text, places)}</code>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {targets.length > 0 && (
        <section>
          <h3>{t('columns.remove.targets')}</h3>
          <ul>
            {targets.map(({ nodeId, column }) => (
              <li key={`${nodeId} ${column}`}>
                <PlaceName nodeId={nodeId} column={column} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

/** A text with the places marked where it names the column. */
function marked(text: string, places: readonly { readonly start: number; readonly end: number }[]) {
  let at = 0
  const parts = places
    .toSorted((a, b) => a.start - b.start)
    .map(({ start, end }) => {
      const before = text.slice(at, start)
      at = end
      return (
        <span key={start}>
          {before}
          <mark>{text.slice(start, end)}</mark>
        </span>
      )
    })
  return places.length === 0 ? <mark>{text}</mark> : [...parts, text.slice(at)]
}
