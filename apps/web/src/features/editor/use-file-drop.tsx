import { Button, Group, Modal, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type Label, type NodeKind, nodeKinds } from '@millrace/engine'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useCallback, useState } from 'react'
import { ApiError, call } from '../../api/client.ts'
import { uploadFile } from '../../api/upload.ts'
import { addition } from '../../editor/changes.ts'
import { detect } from '../../editor/detection.ts'
import { useDocument } from '../../editor/document-store.ts'
import { newNode } from '../../editor/new-node.ts'
import { asUnread } from '../../editor/source-columns.ts'
import { useView } from '../../editor/view-store.ts'
import { useText } from '../../i18n/index.ts'
import { announce } from '../../ui/Announcer.tsx'

type Place = { x: number; y: number }

/** The kind of source that reads a file of this name. */
export function sourceFor(name: string): NodeKind | undefined {
  const ending = name.toLowerCase().split('.').at(-1) ?? ''
  return [...nodeKinds.values()].find(
    (kind) => kind.role === 'source' && kind.connector.extensions.includes(ending),
  )
}

const endings = () => [
  ...new Set(
    [...nodeKinds.values()].flatMap((kind) =>
      kind.role === 'source' ? kind.connector.extensions.map((ending) => `.${ending}`) : [],
    ),
  ),
]

/** `orders.csv` as `orders-2.csv`, or the first number that is free. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  const dot = name.lastIndexOf('.')
  for (let n = 2; ; n++) {
    const free = `${name.slice(0, dot)}-${n}${name.slice(dot)}`
    if (!taken.has(free)) return free
  }
}

/** Puts a source that reads the file at `path` onto the canvas, and reads how the file is made. */
async function addSource(kind: NodeKind, path: string, place: Place): Promise<void> {
  const { flow, make } = useDocument.getState()
  const plain = newNode(flow, kind, place)
  const node = { ...plain, settings: { ...plain.settings, path } }
  make(addition(flow, [node], [], { en: `Add ${path}`, zh: `添加 ${path}` }))
  useView.getState().select([node.id])
  await detect(node.id, kind.kind, asUnread(kind, node.settings), (found) => {
    const now = useDocument.getState().flow.nodes.find(({ id }) => id === node.id)
    // Somebody may have changed it while the file was read.
    if (now?.settings['path'] === path)
      useDocument.getState().setSettings(node.id, { ...now.settings, ...found }, 'path')
  })
}

interface Clash {
  readonly file: File
  readonly place: Place
}

/** Files dropped on the canvas go to the Files area and become sources; nothing there is overwritten unasked. */
export function useFileDrop(refuse: (reason: Label) => void): {
  readonly dialog: ReactNode
  take(files: readonly File[], place: Place): void
} {
  const { t } = useText()
  const client = useQueryClient()
  const [clashes, setClashes] = useState<readonly Clash[]>([])

  const take = useCallback(
    async (file: File, place: Place, overwrite: boolean) => {
      const kind = sourceFor(file.name)
      if (!kind) {
        const list = endings().join(' ')
        notifications.show({
          color: 'orange',
          message: t('editor.drop.unknown', { name: file.name, endings: list }),
        })
        return
      }
      const note = notifications.show({
        loading: true,
        autoClose: false,
        withCloseButton: false,
        message: t('editor.drop.uploading', { name: file.name }),
      })
      try {
        await uploadFile(file, overwrite, () => {}).done
        await client.invalidateQueries({ queryKey: ['files'] })
        announce(file.name)
        void addSource(kind, file.name, place)
      } catch (error) {
        if (error instanceof ApiError && error.document.status === 409)
          setClashes((waiting) => [...waiting, { file, place }])
        else {
          const located = error instanceof ApiError ? error.document.problems[0]?.message : undefined
          const text = error instanceof Error ? error.message : String(error)
          if (located) refuse(located)
          else notifications.show({ color: 'red', message: text })
        }
      } finally {
        notifications.hide(note)
      }
    },
    [client, refuse, t],
  )

  const [clash] = clashes
  const next = () => setClashes((waiting) => waiting.slice(1))
  const keepBoth = async ({ file, place }: Clash) => {
    const taken = new Set((await call('listFiles')).map(({ path }) => path))
    await take(new File([file], freeName(file.name, taken), { type: file.type }), place, false)
  }
  const decide = (act: (one: Clash) => void) => () => {
    next()
    if (clash) act(clash)
  }
  const dialog = clash && (
    <Modal
      opened
      onClose={next}
      title={t('editor.drop.title', { name: clash.file.name })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Text size="sm">{t('editor.drop.text')}</Text>
      <Group mt="lg" justify="flex-end" gap="sm">
        <Button variant="default" onClick={decide(({ file, place }) => void take(file, place, true))}>
          {t('editor.drop.replace')}
        </Button>
        <Button variant="default" onClick={decide((one) => void keepBoth(one))}>
          {t('editor.drop.both')}
        </Button>
        <Button
          onClick={decide(({ file, place }) => {
            const kind = sourceFor(file.name)
            if (kind) void addSource(kind, file.name, place)
          })}
        >
          {t('editor.drop.existing')}
        </Button>
      </Group>
    </Modal>
  )
  return {
    dialog,
    take: useCallback(
      (files, place) => {
        for (const [n, file] of files.entries()) void take(file, { x: place.x, y: place.y + n * 144 }, false)
      },
      [take],
    ),
  }
}
