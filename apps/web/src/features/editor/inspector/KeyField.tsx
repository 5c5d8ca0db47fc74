import { Select } from '@mantine/core'
import { keyName } from '@millrace/engine'
import { IconKey } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../../api/client.ts'
import { useChange } from '../../../api/queries.ts'
import { inferAgain } from '../../../editor/inference.ts'
import { useText } from '../../../i18n/index.ts'
import { useErrorText } from '../../../ui/use-error-text.ts'
import { textOf, type WidgetProps } from './field-context.ts'
import styles from './inspector.module.css'

/** Marks the option that makes a key; no name of a key begins so. */
const creation = '+'

/** The name of an encryption key: one that there is, or a new one that is made when it is chosen. */
export function KeyField({ name, value, problems, onChange }: WidgetProps<'key'>) {
  const { t } = useText()
  const errorText = useErrorText()
  const keys = useQuery({ queryKey: ['keys'], queryFn: () => call('listKeys') })
  const creating = useChange((key: string) => call('createKey', { body: { name: key } }), ['keys'])
  const [search, setSearch] = useState('')
  const chosen = textOf(value)
  const there = (keys.data ?? []).map((key) => key.name)
  const candidate = search.trim()
  const isNew = keyName.safeParse(candidate).success && !there.includes(candidate) && candidate !== ''
  const fault = creating.error ?? keys.error

  const choose = async (option: string | null) => {
    if (!option?.startsWith(creation)) return onChange(option ?? '')
    const key = option.slice(creation.length)
    await creating.mutateAsync(key).then(
      () => {
        onChange(key)
        // The flow may have named it before it was there.
        void inferAgain()
      },
      () => undefined,
    )
  }
  return (
    <>
      <Select
        aria-label={name}
        size="sm"
        leftSection={<IconKey size={16} aria-hidden />}
        searchable
        clearable
        error={problems.length > 0 || fault !== null}
        disabled={creating.isPending}
        placeholder={t('editor.key.choose')}
        nothingFoundMessage={candidate === '' ? t('editor.key.none') : t('editor.key.name')}
        data={[
          ...new Set([...there, ...(chosen === '' ? [] : [chosen])]),
          ...(isNew
            ? [{ value: creation + candidate, label: t('editor.key.create', { name: candidate }) }]
            : []),
        ]}
        value={chosen || null}
        searchValue={search}
        onSearchChange={setSearch}
        onChange={(option) => void choose(option)}
        comboboxProps={{ withinPortal: true }}
      />
      {fault && (
        <div className={styles['problem']} role="alert">
          {errorText(fault)}
        </div>
      )}
    </>
  )
}
