import { Button, Select } from '@mantine/core'
import type { Connection } from '@millrace/contract'
import { IconPlugConnected, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useConnections } from '../../../api/queries.ts'
import { inferAgain } from '../../../editor/inference.ts'
import { ConnectionDialog } from '../../../forms/ConnectionDialog.tsx'
import { TestState } from '../../../forms/TestState.tsx'
import { useText } from '../../../i18n/index.ts'
import { useErrorText } from '../../../ui/use-error-text.ts'
import { textOf, useForm, type WidgetProps } from './field-context.ts'
import styles from './inspector.module.css'

/** A connection of the node's connector: one that there is, or a new one, made without leaving the flow. */
export function ConnectionField({ name, value, problems, onChange }: WidgetProps<'connection'>) {
  const { t, label } = useText()
  const errorText = useErrorText()
  const { kind } = useForm()
  const connections = useConnections()
  const [isNew, setNew] = useState(false)
  const [search, setSearch] = useState('')
  const chosen = textOf(value)
  const connector = kind.role === 'operator' ? undefined : kind.connector
  const offered = (connections.data ?? []).filter((one) => one.connector === connector?.name)
  const found = offered.find(({ id }) => id === chosen)
  /** What a connection is called, with where it leads where several are called the same. */
  const labelOf = ({ id, name: called, description }: Connection) =>
    offered.some((other) => other.id !== id && other.name === called)
      ? `${called} · ${label(description)}`
      : called
  const isListed = (id: string) => offered.some((one) => one.id === id)
  // A parameter of the flow may say which: another one in each environment.
  const typed = /\$\{[^}]+\}/.test(search) ? search.trim() : ''
  const others = [...new Set([chosen, typed])].filter((id) => id !== '' && !isListed(id))
  const choose = (id: string) => {
    onChange(id)
    // The flow may have named it before it was there.
    void inferAgain()
  }
  return (
    <>
      <Select
        aria-label={name}
        size="sm"
        leftSection={<IconPlugConnected size={16} aria-hidden />}
        searchable
        error={problems.length > 0}
        placeholder={t('connectionField.choose')}
        nothingFoundMessage={t('connectionField.none', { system: connector ? label(connector.label) : '' })}
        data={[
          ...offered.map((one) => ({ value: one.id, label: labelOf(one) })),
          ...others.map((id) => ({ value: id, label: id })),
        ]}
        value={chosen || null}
        searchValue={search}
        onSearchChange={setSearch}
        onChange={(id) => id !== null && choose(id)}
        comboboxProps={{ withinPortal: true }}
      />
      {found && <Standing connection={found} />}
      {connections.isError && (
        <div className={styles['problem']} role="alert">
          {errorText(connections.error)}
        </div>
      )}
      <div>
        <Button
          size="compact-xs"
          variant="subtle"
          ml={-8}
          leftSection={<IconPlus size={14} />}
          onClick={() => setNew(true)}
        >
          {t('connectionField.new')}
        </Button>
      </div>
      {connector && (
        <ConnectionDialog
          opened={isNew}
          connector={connector.name}
          onClose={() => setNew(false)}
          onSaved={({ id }) => choose(id)}
        />
      )}
    </>
  )
}

function Standing({ connection }: { readonly connection: Connection }) {
  const { label } = useText()
  return (
    <div className={styles['standing']}>
      <span>{label(connection.description)}</span>
      <TestState lastTest={connection.lastTest} />
    </div>
  )
}
