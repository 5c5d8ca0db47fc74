import { ActionIcon, Button, Group, Progress, Text } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { type Upload, uploadFile } from '../../api/upload.ts'
import { useText } from '../../i18n/index.ts'
import { announce } from '../../ui/Announcer.tsx'
import classes from './FilesPage.module.css'

interface Entry {
  readonly id: number
  readonly file: File
  readonly fraction: number
  readonly error: ApiError | undefined
}

/** Files on their way up. A name that is taken waits for the person's decision. */
export function useUploads() {
  const [entries, setEntries] = useState<readonly Entry[]>([])
  const running = useRef(new Map<number, Upload>())
  const next = useRef(1)
  const client = useQueryClient()
  const change = (id: number, part: Partial<Entry>) =>
    setEntries((all) => all.map((entry) => (entry.id === id ? { ...entry, ...part } : entry)))
  const drop = (id: number) => setEntries((all) => all.filter((entry) => entry.id !== id))

  const start = (id: number, file: File, overwrite: boolean) => {
    change(id, { error: undefined, fraction: 0 })
    const upload = uploadFile(file, overwrite, (fraction) => change(id, { fraction }))
    running.current.set(id, upload)
    upload.done
      .then(() => {
        drop(id)
        announce(file.name)
        return client.invalidateQueries({ queryKey: ['files'] })
      })
      .catch((error: unknown) => {
        if (error instanceof ApiError && error.document.code !== 'cancelled') change(id, { error })
        else drop(id)
      })
      .finally(() => running.current.delete(id))
  }

  return {
    entries,
    add(files: readonly File[]) {
      for (const file of files) {
        const id = next.current++
        setEntries((all) => [...all, { id, file, fraction: 0, error: undefined }])
        start(id, file, false)
      }
    },
    replace: (entry: Entry) => start(entry.id, entry.file, true),
    cancel(entry: Entry) {
      running.current.get(entry.id)?.cancel()
      drop(entry.id)
    },
  }
}

export function UploadList({ uploads }: { readonly uploads: ReturnType<typeof useUploads> }) {
  const { t } = useText()
  return (
    <>
      {uploads.entries.map((entry) => {
        const taken = entry.error?.document.status === 409
        return (
          <div key={entry.id} className={`panel ${classes.upload}`}>
            <Text size="sm" truncate>
              {entry.file.name}
            </Text>
            {entry.error ? (
              <Text size="sm" c="red">
                {taken ? t('files.exists', { name: entry.file.name }) : entry.error.message}
              </Text>
            ) : (
              <Progress
                value={entry.fraction * 100}
                aria-label={t('files.uploading', { name: entry.file.name })}
              />
            )}
            <Group gap={4}>
              {taken && (
                <Button size="compact-sm" variant="light" onClick={() => uploads.replace(entry)}>
                  {t('action.replace')}
                </Button>
              )}
              <ActionIcon
                variant="subtle"
                color="gray"
                onClick={() => uploads.cancel(entry)}
                aria-label={t('action.cancel')}
              >
                <IconX size={16} />
              </ActionIcon>
            </Group>
          </div>
        )
      })}
    </>
  )
}
