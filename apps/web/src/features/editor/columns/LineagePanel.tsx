import { Loader } from '@mantine/core'
import { type ColumnPlace, useLineage } from '../../../editor/columns.ts'
import { useDocument } from '../../../editor/document-store.ts'
import { calculationOf, type Making, makingsOf, type PortColumn } from '../../../editor/lineage.ts'
import { useText } from '../../../i18n/index.ts'
import { ColumnPanel } from './ColumnPanel.tsx'
import styles from './columns.module.css'
import { PlaceName } from './PlaceName.tsx'

/** Where a column comes from, how it is made on the way, and where it goes. */
export function LineagePanel({ at }: { at: Required<ColumnPlace> }) {
  const { t } = useText()
  const { data, isError } = useLineage()
  const title = t('columns.lineage.title', { column: at.column })
  if (!data)
    return (
      <ColumnPanel title={title}>
        {isError ? <p role="alert">{t('columns.lineage.failed')}</p> : <Loader size="sm" />}
      </ColumnPanel>
    )
  const { upstream, origins, targets, uses } = data
  const makings = makingsOf(data)
  return (
    <ColumnPanel title={title}>
      <h3>{t('columns.lineage.origins')}</h3>
      {upstream.length === 0 ? <p>{t('columns.lineage.here')}</p> : <Columns of={origins} />}
      {makings.length > 0 && (
        <>
          <h3>{t('columns.lineage.steps')}</h3>
          <ol>
            {makings.map((making) => (
              <Step key={JSON.stringify(making.to)} making={making} isAsked={isSame(making.to, at)} />
            ))}
          </ol>
        </>
      )}
      {uses.length > 0 && (
        <>
          <h3>{t('columns.lineage.uses')}</h3>
          <ul>
            {uses.map(({ nodeId, field, column }) => (
              <li key={`${nodeId} ${field} ${column.column}`}>
                <PlaceName nodeId={nodeId} field={field} column={column.column} />
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>{t('columns.lineage.targets')}</h3>
      {targets.length === 0 ? <p>{t('columns.lineage.noTarget')}</p> : <Columns of={targets} />}
    </ColumnPanel>
  )
}

const isSame = (a: PortColumn, b: Required<ColumnPlace>) =>
  a.nodeId === b.nodeId && a.port === b.port && a.column === b.column

function Columns({ of }: { of: readonly PortColumn[] }) {
  return (
    <ul>
      {of.map((column) => (
        <li key={JSON.stringify(column)}>
          <PlaceName nodeId={column.nodeId} column={column.column} />
        </li>
      ))}
    </ul>
  )
}

function Step({ making: { to, from, copy }, isAsked }: { making: Making; isAsked: boolean }) {
  const { t, label } = useText()
  const node = useDocument(({ flow }) => flow.nodes.find(({ id }) => id === to.nodeId))
  const parts = node && !copy ? calculationOf(node, to.column) : []
  const sources = [...new Set(from.map(({ column }) => column))]
  const isSameName = copy && sources.length === 1 && sources[0] === to.column
  return (
    <li aria-current={isAsked || undefined}>
      <PlaceName nodeId={to.nodeId} column={to.column} />
      {isSameName ? (
        <small>{t('columns.lineage.copy')}</small>
      ) : (
        <span className={styles['made']}>
          {!copy && parts.length === 0 && <small>{t('columns.lineage.calculated')}</small>}
          {parts.length > 0 ? (
            <code className={styles['text']}>
              {parts.map((part) => (typeof part === 'string' ? part : label(part))).join(' · ')}
            </code>
          ) : (
            <code className={styles['text']}>{sources.join(', ')}</code>
          )}
        </span>
      )}
    </li>
  )
}
