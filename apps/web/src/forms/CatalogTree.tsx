import { ActionIcon, Loader, Text, TextInput, Tooltip } from '@mantine/core'
import type { CatalogEntry } from '@millrace/contract'
import {
  IconChevronDown,
  IconChevronRight,
  IconEye,
  IconFolder,
  IconRefresh,
  IconSearch,
  IconTable,
} from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useCatalog } from '../api/queries.ts'
import { useFormat, useText } from '../i18n/index.ts'
import { ErrorState } from '../ui/ErrorState.tsx'
import classes from './catalog.module.css'

/** Tables of one schema that are drawn; whoever has more searches. */
const mostShown = 200
/** Schemas that a search reads without being asked to. */
const mostSearched = 40

interface Props {
  readonly connection: string
  readonly chosen: readonly string[] | undefined
  readonly onChoose: (path: readonly string[]) => void
  readonly autoFocus?: boolean
}

/** What lies inside of a connection: schemas, and in them tables and views. */
export function CatalogTree({ connection, chosen, onChoose, autoFocus = false }: Props) {
  const { t } = useText()
  const client = useQueryClient()
  const [search, setSearch] = useState('')
  const roots = useCatalog(connection, [])
  const wanted = search.trim().toLowerCase()
  const schemas = roots.data?.filter(({ type }) => type === 'schema') ?? []
  const tables = roots.data?.filter(({ type }) => type !== 'schema') ?? []
  const named = (name: string | undefined) => schemas.find((schema) => schema.name === name)?.name
  // The one that people mostly mean, so that the first look is not at closed folders.
  const first = named(chosen?.[0]) ?? named('public') ?? schemas[0]?.name
  return (
    <div className={classes['tree']}>
      <div className={classes['tools']}>
        <TextInput
          size="xs"
          aria-label={t('catalog.search')}
          placeholder={t('catalog.search')}
          leftSection={<IconSearch size={14} />}
          data-autofocus={autoFocus || undefined}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Tooltip label={t('catalog.refresh')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('catalog.refresh')}
            onClick={() => void client.invalidateQueries({ queryKey: ['catalog', connection] })}
          >
            <IconRefresh size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      {roots.isPending && <Reading />}
      {roots.isError && <ErrorState error={roots.error} onRetry={() => void roots.refetch()} />}
      {roots.data?.length === 0 && <p className={classes['note']}>{t('catalog.none')}</p>}
      <ul className={classes['list']}>
        {schemas.map((schema) => (
          <Schema
            key={schema.name}
            connection={connection}
            schema={schema}
            wanted={wanted}
            isSearched={wanted !== '' && schemas.length <= mostSearched}
            startsOpen={schema.name === first}
            chosen={chosen}
            onChoose={onChoose}
          />
        ))}
        <Tables path={[]} tables={tables} wanted={wanted} chosen={chosen} onChoose={onChoose} />
      </ul>
      {/* Which schema has something to show is known to the schemas: the style shows it beside an empty list. */}
      {wanted !== '' && roots.isSuccess && (
        <p className={`${classes['note']} ${classes['noMatch']}`}>
          {t('catalog.noMatch', { search: search.trim() })}
        </p>
      )}
    </div>
  )
}

function Reading() {
  const { t } = useText()
  return (
    <p className={classes['note']} role="status">
      <Loader size={12} /> {t('catalog.loading')}
    </p>
  )
}

interface SchemaProps extends Pick<Props, 'connection' | 'chosen' | 'onChoose'> {
  readonly schema: CatalogEntry
  readonly wanted: string
  readonly isSearched: boolean
  readonly startsOpen: boolean
}

function Schema({ connection, schema, wanted, isSearched, startsOpen, chosen, onChoose }: SchemaProps) {
  const { t } = useText()
  const [isOpen, setOpen] = useState(startsOpen)
  const shown = isOpen || isSearched
  const path = [schema.name]
  const tables = useCatalog(connection, path, shown)
  const isNamed = schema.name.toLowerCase().includes(wanted)
  const matching = tables.data?.filter(({ name }) => isNamed || name.toLowerCase().includes(wanted))
  if (wanted !== '' && !isNamed && matching?.length === 0) return null
  return (
    <li>
      <button
        type="button"
        className={classes['entry']}
        aria-expanded={shown}
        title={schema.comment || undefined}
        onClick={() => setOpen(!isOpen)}
      >
        {shown ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
        <IconFolder size={16} stroke={1.6} aria-hidden />
        <span className={classes['name']}>{schema.name}</span>
        {tables.data && <span className={classes['count']}>{tables.data.length}</span>}
      </button>
      {shown && (
        <ul className={classes['inside']}>
          {tables.isPending && (
            <li>
              <Reading />
            </li>
          )}
          {tables.isError && (
            <li>
              <ErrorState error={tables.error} onRetry={() => void tables.refetch()} />
            </li>
          )}
          {tables.data?.length === 0 && <li className={classes['note']}>{t('catalog.none')}</li>}
          <Tables path={path} tables={matching ?? []} wanted="" chosen={chosen} onChoose={onChoose} />
        </ul>
      )}
    </li>
  )
}

interface TablesProps extends Pick<Props, 'chosen' | 'onChoose'> {
  readonly path: readonly string[]
  readonly tables: readonly CatalogEntry[]
  readonly wanted: string
}

function Tables({ path, tables, wanted, chosen, onChoose }: TablesProps) {
  const { t } = useText()
  const format = useFormat()
  const matching = tables.filter(({ name }) => name.toLowerCase().includes(wanted))
  return (
    <>
      {matching.slice(0, mostShown).map((table) => {
        const own = [...path, table.name]
        const isChosen = JSON.stringify(own) === JSON.stringify(chosen)
        const Icon = table.type === 'view' ? IconEye : IconTable
        return (
          <li key={table.name}>
            <button
              type="button"
              className={classes['entry']}
              aria-current={isChosen || undefined}
              title={table.comment || undefined}
              onClick={() => onChoose(own)}
            >
              <Icon size={16} stroke={1.6} aria-hidden />
              <span className={classes['name']}>{table.name}</span>
              {table.type === 'view' && <span className={classes['count']}>{t('catalog.view')}</span>}
              {table.rows !== null && (
                <span
                  className={classes['count']}
                  title={t('catalog.rows', { rows: format.number(table.rows) })}
                >
                  {format.approximately(table.rows)}
                </span>
              )}
            </button>
          </li>
        )
      })}
      {matching.length > mostShown && (
        <Text component="li" className={classes['note']}>
          {t('catalog.more', { count: format.number(matching.length - mostShown) })}
        </Text>
      )}
    </>
  )
}
