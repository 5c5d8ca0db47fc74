import { Badge, Loader, Table, Text } from '@mantine/core'
import { formatTableName } from '@millrace/engine'
import { IconKey } from '@tabler/icons-react'
import { useState } from 'react'
import { useCatalogColumns } from '../../api/queries.ts'
import { CatalogTree } from '../../forms/CatalogTree.tsx'
import { PreviousRows } from '../../forms/PreviousRows.tsx'
import { useText } from '../../i18n/index.ts'
import { ErrorState } from '../../ui/ErrorState.tsx'
import classes from './connections.module.css'

interface Props {
  readonly connection: string
  /** What was chosen under other settings is no longer there. */
  readonly version: string
}

/** Schemas and tables on the left, the columns of the chosen table beside them. */
export function CatalogPanel({ connection, version }: Props) {
  const { t } = useText()
  const [chosen, setChosen] = useState<readonly string[]>()
  return (
    <section className={`panel ${classes['catalog']}`} aria-label={t('catalog.title')}>
      <div className={classes['catalogTree']}>
        <CatalogTree key={version} connection={connection} chosen={chosen} onChoose={setChosen} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section className={classes['catalogColumns']} aria-label={t('catalog.columnsOf')} tabIndex={0}>
        {chosen ? (
          <Columns connection={connection} path={chosen} />
        ) : (
          <div className={classes['nothing']}>{t('catalog.choose')}</div>
        )}
      </section>
    </section>
  )
}

function Columns({ connection, path }: { readonly connection: string; readonly path: readonly string[] }) {
  const { t } = useText()
  const columns = useCatalogColumns(connection, path)
  const [schema = '', table = ''] = path
  if (columns.isPending)
    return (
      <div className={classes['nothing']}>
        <Loader size="sm" />
      </div>
    )
  if (columns.isError) return <ErrorState error={columns.error} onRetry={() => void columns.refetch()} />
  return (
    <>
      <div className={classes['columnsHead']}>
        <Text fw={600} className="mono">
          {path.join('.')}
        </Text>
        <Text size="xs" c="dimmed">
          {t('catalog.columns', { count: columns.data.length })}
        </Text>
        <PreviousRows connection={connection} table={formatTableName({ schema, table })} />
      </div>
      <Table verticalSpacing={6} horizontalSpacing="md" stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('catalog.column')}</Table.Th>
            <Table.Th>{t('catalog.type')}</Table.Th>
            <Table.Th>{t('catalog.inFlow')}</Table.Th>
            <Table.Th>{t('catalog.nullable')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {columns.data.map(({ name, type, nativeType, nullable, key, filled, comment }) => (
            <Table.Tr key={name}>
              <Table.Td>
                {key !== null && (
                  <span className={classes['keyMark']} title={t('catalog.key', { position: key })}>
                    <IconKey size={14} aria-label={t('catalog.key', { position: key })} />
                  </span>
                )}
                <Text span size="sm" fw={key === null ? 400 : 600}>
                  {name}
                </Text>
                {comment !== '' && (
                  <Text size="xs" c="dimmed">
                    {comment}
                  </Text>
                )}
              </Table.Td>
              <Table.Td className="mono">{nativeType}</Table.Td>
              <Table.Td className="mono">{type}</Table.Td>
              <Table.Td>
                <Text span size="sm" c={nullable ? undefined : 'dimmed'}>
                  {t(nullable ? 'catalog.yes' : 'catalog.no')}
                </Text>
                {filled && (
                  <Badge ml={8} size="xs" variant="light" color="gray" tt="none">
                    {t('catalog.filled')}
                  </Badge>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  )
}
