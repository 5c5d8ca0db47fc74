import { ActionIcon, Menu } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { FlowSummary } from '@millrace/contract'
import { IconCopy, IconDots, IconDownload, IconTrash } from '@tabler/icons-react'
import { call } from '../../api/client.ts'
import { useChange } from '../../api/queries.ts'
import { useText } from '../../i18n/index.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'

/** What can be done with a flow without opening it. */
export function FlowMenu({ flow }: { readonly flow: FlowSummary }) {
  const { t } = useText()
  const [asking, ask] = useDisclosure(false)
  const remove = useChange(() => call('deleteFlow', { params: { id: flow.id } }), ['flows', 'runs'])
  const duplicate = useChange(async () => {
    const { draft } = await call('getFlow', { params: { id: flow.id } })
    return call('createFlow', {
      body: { flow: { ...draft, name: t('home.copyOf', { name: flow.name }).slice(0, 200) } },
    })
  }, ['flows'])
  const save = useChange(async () => {
    const [{ draft }, { downloadFlow }] = await Promise.all([
      call('getFlow', { params: { id: flow.id } }),
      import('../../editor/flow-export.ts'),
    ])
    downloadFlow(draft)
  }, [])
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('home.more', { name: flow.name })}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => duplicate.mutate(undefined)}>
            {t('home.duplicate')}
          </Menu.Item>
          <Menu.Item leftSection={<IconDownload size={16} />} onClick={() => save.mutate(undefined)}>
            {t('export.flow')}
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={ask.open}>
            {t('action.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={asking}
        onClose={ask.close}
        title={t('home.deleteTitle', { name: flow.name })}
        text={t('home.deleteText')}
        onConfirm={() => remove.mutate(undefined)}
      />
    </>
  )
}
