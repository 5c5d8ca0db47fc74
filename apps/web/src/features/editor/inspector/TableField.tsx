import { ActionIcon, Popover, TextInput } from '@mantine/core'
import { fieldsOf, formatTableName, isShown, parseTableName } from '@millrace/engine'
import { IconListSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useDocument } from '../../../editor/document-store.ts'
import { CatalogTree } from '../../../forms/CatalogTree.tsx'
import { useText } from '../../../i18n/index.ts'
import { textOf, useForm, type WidgetProps } from './field-context.ts'
import styles from './inspector.module.css'
import { withDefaults } from './parameter-defaults.ts'

/** The connection that a setting names; a parameter stands for its default while drawing. */
function useConnectionId(): string {
  const { settings } = useForm()
  const parameters = useDocument((state) => state.flow.parameters)
  return withDefaults(textOf(settings['connection']), parameters)
}

/** Whether the node asks for a connection as it is set now; it may name a file instead. */
function useAsksConnection(): boolean {
  const { kind, settings } = useForm()
  const fields = fieldsOf(kind.settings)
  return fields.some((field) => field.name === 'connection' && isShown(field, fields, settings))
}

/** A table or view of the node's connection: typed, or chosen from what is there. */
export function TableField({ meta, name, value, problems, onChange }: WidgetProps<'table'>) {
  const { t } = useText()
  const connection = useConnectionId()
  const asksConnection = useAsksConnection()
  const [isOpen, setOpen] = useState(false)
  const text = textOf(value)
  const parsed = parseTableName(text)
  const path = parsed && [...(parsed.schema === '' ? [] : [parsed.schema]), parsed.table]
  const hint = t(connection === '' ? 'catalog.first' : 'catalog.open')
  const choice = (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="bottom-end"
      width={320}
      shadow="lg"
      trapFocus
      returnFocus
      withinPortal
    >
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          title={hint}
          aria-label={hint}
          disabled={connection === ''}
          onClick={() => setOpen(!isOpen)}
        >
          <IconListSearch size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className={styles['tables']} aria-label={t('catalog.open')}>
        {isOpen && (
          <CatalogTree
            autoFocus
            connection={connection}
            chosen={path}
            onChoose={(chosen) => {
              const [table = '', schema = ''] = chosen.toReversed()
              onChange(formatTableName({ schema, table }))
              setOpen(false)
            }}
          />
        )}
      </Popover.Dropdown>
    </Popover>
  )
  return (
    <TextInput
      aria-label={name}
      size="sm"
      spellCheck={false}
      autoComplete="off"
      error={problems.length > 0}
      placeholder={meta.placeholder ?? t('catalog.typeTable')}
      value={text}
      onChange={(event) => onChange(event.currentTarget.value)}
      rightSection={asksConnection && choice}
    />
  )
}
