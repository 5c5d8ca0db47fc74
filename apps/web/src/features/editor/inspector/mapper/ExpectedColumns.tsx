import { Button, Popover, Select, Textarea } from '@mantine/core'
import { IconClipboardText, IconFile, IconTable } from '@tabler/icons-react'
import { useState } from 'react'
import { useFilePreview, useFiles } from '../../../../api/queries.ts'
import { useText } from '../../../../i18n/index.ts'
import styles from './mapper.module.css'
import { namesInText } from './mapping.ts'
import type { TargetTable } from './target-table.ts'

interface Expected {
  readonly name: string
  readonly type?: string
}

interface Props {
  readonly table: TargetTable | undefined
  /** Columns of the table that are not among the new ones yet. */
  readonly missing: readonly Expected[]
  readonly onAdd: (columns: readonly Expected[]) => void
}

/** New columns from what is expected elsewhere: the table that they go to, a pasted header line, or a file of the Files area. */
export function ExpectedColumns({ table, missing, onAdd }: Props) {
  const { t } = useText()
  const [open, setOpen] = useState<'paste' | 'file' | undefined>()
  const [text, setText] = useState('')
  const [path, setPath] = useState<string | undefined>()
  const files = useFiles()
  const preview = useFilePreview(path)
  const names = namesInText(text)
  const columns = preview.data?.columns ?? []
  const add = (expected: readonly Expected[]) => {
    onAdd(expected)
    setOpen(undefined)
    setText('')
    setPath(undefined)
  }
  return (
    <>
      {table && missing.length > 0 && (
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconTable size={14} />}
          title={missing.map(({ name }) => name).join(', ')}
          onClick={() => add(missing)}
        >
          {t('editor.rules.map.fromTable', { table: table.name, count: missing.length })}
        </Button>
      )}
      <Popover
        opened={open === 'paste'}
        onChange={() => setOpen(undefined)}
        width={320}
        trapFocus
        withinPortal
      >
        <Popover.Target>
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconClipboardText size={14} />}
            onClick={() => setOpen(open === 'paste' ? undefined : 'paste')}
          >
            {t('editor.rules.map.expected')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Textarea
            size="xs"
            autosize
            minRows={3}
            maxRows={8}
            data-autofocus
            aria-label={t('editor.rules.map.expected')}
            description={t('editor.rules.map.expectedHelp')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button
            mt={8}
            size="xs"
            disabled={names.length === 0}
            onClick={() => add(names.map((name) => ({ name })))}
          >
            {t('editor.rules.map.expectedAdd', { count: names.length })}
          </Button>
        </Popover.Dropdown>
      </Popover>
      <Popover
        opened={open === 'file'}
        onChange={() => setOpen(undefined)}
        width={320}
        trapFocus
        withinPortal
      >
        <Popover.Target>
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconFile size={14} />}
            onClick={() => setOpen(open === 'file' ? undefined : 'file')}
          >
            {t('editor.rules.map.fromFile')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Select
            size="xs"
            searchable
            data-autofocus
            aria-label={t('editor.rules.map.fromFile')}
            placeholder={t('editor.file.choose')}
            data={(files.data ?? []).flatMap(({ path: one, connector }) => (connector === null ? [] : [one]))}
            value={path ?? null}
            onChange={(chosen) => setPath(chosen ?? undefined)}
            comboboxProps={{ withinPortal: false }}
          />
          <p className={styles['quiet']}>{columns.map(({ name }) => name).join(', ')}</p>
          <Button mt={4} size="xs" disabled={columns.length === 0} onClick={() => add(columns)}>
            {t('editor.rules.map.expectedAdd', { count: columns.length })}
          </Button>
        </Popover.Dropdown>
      </Popover>
    </>
  )
}
