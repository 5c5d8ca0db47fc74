import { TextInput } from '@mantine/core'
import { type FunctionHelp, functionGroups } from '@millrace/engine'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useText } from '../../../i18n/index.ts'
import styles from './rules.module.css'

/** Every function and form with what it does and an example; pressed, it is put into the expression. */
export function FunctionList({ onInsert }: { readonly onInsert: (entry: FunctionHelp) => void }) {
  const { t, label, language } = useText()
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const fits = ({ signature, summary, name }: FunctionHelp) =>
    [signature, name, summary.en, summary.zh].some((text) => text.toLowerCase().includes(wanted))
  const groups = functionGroups
    .map((group) => ({ ...group, functions: group.functions.filter(fits) }))
    .filter(({ functions }) => functions.length > 0)
  return (
    <div className={styles['functions']}>
      <TextInput
        size="xs"
        aria-label={t('editor.rules.searchFunctions')}
        placeholder={t('editor.rules.searchFunctions')}
        leftSection={<IconSearch size={14} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <div className={styles['functionGroups']}>
        {groups.length === 0 && <p className={styles['quiet']}>{t('editor.rules.noFunction', { search })}</p>}
        {groups.map((group) => (
          <section key={group.name} aria-label={label(group.label)}>
            <h3>{label(group.label)}</h3>
            <ul>
              {group.functions.map((entry) => (
                <li key={entry.name}>
                  <button type="button" onClick={() => onInsert(entry)}>
                    <strong>{entry.signature}</strong>
                    <span>{entry.summary[language]}</span>
                    <code>
                      {entry.example} → {entry.result}
                    </code>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  )
}
