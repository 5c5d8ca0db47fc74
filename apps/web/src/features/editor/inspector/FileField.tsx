import { Autocomplete, Button, FileButton, Loader } from '@mantine/core'
import { fileEntry, problemDocument } from '@millrace/contract'
import { IconUpload } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { addressOf, call } from '../../../api/client.ts'
import { detect } from '../../../editor/detection.ts'
import { useDocument } from '../../../editor/document-store.ts'
import { asUnread } from '../../../editor/source-columns.ts'
import { useText } from '../../../i18n/index.ts'
import { textOf, useForm, type WidgetProps } from './field-context.ts'
import styles from './inspector.module.css'

/** Uploads one file to the Files area; returns its path there, or that the name is taken. Throws an Error that says why not. */
async function upload(file: File, replace: boolean): Promise<string | 'clash'> {
  const form = new FormData()
  form.append('file', file)
  const answer = await fetch(addressOf('uploadFile', {}, { overwrite: replace }), {
    method: 'POST',
    body: form,
  })
  if (answer.status === 409) return 'clash'
  const body: unknown = await answer.json()
  if (!answer.ok) {
    const problem = problemDocument.safeParse(body)
    throw new Error(problem.success ? (problem.data.detail ?? problem.data.title) : answer.statusText)
  }
  return z.array(fileEntry).min(1).parse(body)[0]?.path ?? file.name
}

/** A file of the Files area, chosen, uploaded or dropped; the source is then read at once. */
export function FileField({ meta, name, value, problems, onChange }: WidgetProps<'file'>) {
  const { t } = useText()
  const { nodeId, kind, settings, setAll } = useForm()
  const client = useQueryClient()
  const files = useQuery({ queryKey: ['files'], queryFn: () => call('listFiles') })
  const [over, setOver] = useState(false)
  const [state, setState] = useState<{ busy: boolean; fault: string; clash?: File }>({
    busy: false,
    fault: '',
  })
  const offered = (files.data ?? [])
    .map((entry) => entry.path)
    .filter(
      (path) =>
        meta.extensions.length === 0 ||
        meta.extensions.some((ending) => path.toLowerCase().endsWith(`.${ending}`)),
    )

  const choose = async (path: string) => {
    if (kind.role !== 'source' || path === '') {
      onChange(path)
      return
    }
    const base = asUnread(kind, { ...settings, path })
    setAll(base)
    await detect(nodeId, kind.kind, base, (found) => {
      const now = useDocument.getState().flow.nodes.find((node) => node.id === nodeId)
      if (now && textOf(now.settings['path']) === path) setAll({ ...base, ...found })
    })
  }
  const take = async (file: File | null | undefined, replace = false) => {
    if (!file) return
    setState({ busy: true, fault: '' })
    try {
      const path = await upload(file, replace)
      if (path === 'clash') {
        setState({ busy: false, fault: '', clash: file })
        return
      }
      setState({ busy: false, fault: '' })
      await client.invalidateQueries({ queryKey: ['files'] })
      await choose(path)
    } catch (error) {
      setState({ busy: false, fault: error instanceof Error ? error.message : String(error) })
    }
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a drop zone; the button beside does the same by keyboard
    <div
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        void take(event.dataTransfer.files[0])
      }}
    >
      <Autocomplete
        aria-label={name}
        size="sm"
        error={problems.length > 0 || state.fault !== ''}
        placeholder={t('editor.file.choose')}
        data={offered}
        value={textOf(value)}
        onChange={onChange}
        onOptionSubmit={(path) => void choose(path)}
        onBlur={(event) => {
          const path = event.currentTarget.value
          if (path !== '' && Array.isArray(settings['columns']) && settings['columns'].length === 0)
            void choose(path)
        }}
      />
      <div className={styles['drop']} data-over={over || undefined} style={{ marginTop: 8 }}>
        <FileButton
          onChange={(file) => void take(file)}
          inputProps={{ 'aria-label': t('editor.file.upload') }}
        >
          {(button) => (
            <Button
              {...button}
              size="compact-xs"
              variant="default"
              disabled={state.busy}
              leftSection={state.busy ? <Loader size={12} /> : <IconUpload size={14} />}
            >
              {t('editor.file.upload')}
            </Button>
          )}
        </FileButton>
        <span>{state.busy ? t('editor.file.uploading') : t('editor.file.drop')}</span>
      </div>
      {state.clash && (
        <div className={styles['problem']} role="alert">
          <div>
            {t('editor.file.clash', { name: state.clash.name })}
            <div className={styles['suggestions']}>
              <Button size="compact-xs" variant="light" onClick={() => void take(state.clash, true)}>
                {t('editor.file.replace')}
              </Button>
              <Button
                size="compact-xs"
                variant="subtle"
                color="gray"
                onClick={() => setState({ busy: false, fault: '' })}
              >
                {t('action.cancel')}
              </Button>
            </div>
          </div>
        </div>
      )}
      {state.fault !== '' && (
        <div className={styles['problem']} role="alert">
          {state.fault}
        </div>
      )}
    </div>
  )
}
