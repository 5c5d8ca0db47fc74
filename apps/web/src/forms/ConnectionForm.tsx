import { Button, TextInput } from '@mantine/core'
import type { Connection } from '@millrace/contract'
import { type Connectable, type FieldOf, fieldsOf, isShown, type Problem } from '@millrace/engine'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import { useText } from '../i18n/index.ts'
import { type ConnectionDraft, problemsAt, secretsWanted } from './connection-draft.ts'
import classes from './forms.module.css'
import { PlainField } from './PlainField.tsx'
import { SecretField } from './SecretField.tsx'

interface Props {
  readonly connectable: Connectable
  readonly stored: Connection | undefined
  readonly draft: ConnectionDraft
  readonly problems: readonly Problem[]
  readonly nameFault: string | undefined
  readonly onChange: (draft: ConnectionDraft) => void
}

/** A number stands beside the text that it belongs to: a port beside its host. */
function widthOf(fields: readonly FieldOf[], index: number): string | undefined {
  const widget = fields[index]?.meta.widget
  if (widget === 'textarea' || widget === 'switch' || widget === 'file') return classes['whole']
  const isPair = (text: number) =>
    fields[text]?.meta.widget === 'text' && fields[text + 1]?.meta.widget === 'number'
  if (isPair(index)) return classes['most']
  if (isPair(index - 1)) return classes['few']
  return classes['half']
}

/** The settings of a connection, as its connector describes them. */
export function ConnectionForm({ connectable, stored, draft, problems, nameFault, onChange }: Props) {
  const { t } = useText()
  const [more, setMore] = useState(false)
  const fields = fieldsOf(connectable.connection.settings)
  const wanted = secretsWanted(connectable, stored, draft)
  const shown = fields.filter(
    (field) => isShown(field, fields, draft.settings) || problemsAt(problems, field).length > 0,
  )
  const plain = shown.filter(({ meta }) => !meta.advanced)
  const advanced = shown.filter(({ meta }) => meta.advanced)
  const isOpen = more || advanced.some((field) => problemsAt(problems, field).length > 0)
  const setSecret = (name: string, value: string | undefined) => {
    const { [name]: _, ...rest } = draft.secrets
    onChange({ ...draft, secrets: value === undefined ? rest : { ...rest, [name]: value } })
  }
  const edit = (field: FieldOf) =>
    field.meta.widget === 'secret' ? (
      <SecretField
        field={field}
        value={draft.secrets[field.name]}
        isStored={stored?.secretsSet.includes(field.name) ?? false}
        isWanted={wanted.includes(field.name)}
        problems={problemsAt(problems, field)}
        onChange={(value) => setSecret(field.name, value)}
      />
    ) : (
      <PlainField
        field={field}
        value={draft.settings[field.name]}
        problems={problemsAt(problems, field)}
        onChange={(value) => onChange({ ...draft, settings: { ...draft.settings, [field.name]: value } })}
      />
    )
  const group = (members: readonly FieldOf[]) =>
    members.map((field, index) => (
      <div key={field.name} className={widthOf(members, index)}>
        {edit(field)}
      </div>
    ))
  return (
    <div className={classes['grid']}>
      <div className={classes['whole']}>
        <TextInput
          label={t('connections.name')}
          placeholder={t('connections.namePlaceholder')}
          autoComplete="off"
          data-autofocus={stored ? undefined : true}
          maxLength={100}
          error={nameFault}
          value={draft.name}
          onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
        />
      </div>
      {group(plain)}
      {advanced.length > 0 && (
        <div className={classes['whole']}>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            ml={-8}
            aria-expanded={isOpen}
            leftSection={isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
            onClick={() => setMore(!isOpen)}
          >
            {t('connections.more')}
          </Button>
        </div>
      )}
      {isOpen && group(advanced)}
    </div>
  )
}
