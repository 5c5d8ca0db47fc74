import { Button, Menu } from '@mantine/core'
import { IconChevronDown, IconFileImport, IconFilePlus, IconLayoutGrid, IconPlus } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { call } from '../../api/client.ts'
import { useChange } from '../../api/queries.ts'
import { useText } from '../../i18n/index.ts'
import { TemplateGallery } from './TemplateGallery.tsx'

/** The ways to a new flow: an empty one, a template, a file. */
export function NewFlowButton({ onFile }: { readonly onFile: (file: File) => void }) {
  const { t } = useText()
  const navigate = useNavigate()
  const files = useRef<HTMLInputElement>(null)
  const [isChoosing, setChoosing] = useState(false)
  const create = useChange(
    async (template: string | undefined) => {
      const flow = await call('createFlow', {
        body: template === undefined ? { name: t('home.untitled') } : { template },
      })
      await navigate(`/flows/${flow.id}`)
    },
    ['flows'],
  )
  return (
    <>
      <Menu position="bottom-end" width={260} withinPortal>
        <Menu.Target>
          <Button
            leftSection={<IconPlus size={16} />}
            rightSection={<IconChevronDown size={14} />}
            loading={create.isPending}
          >
            {t('home.new')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFilePlus size={18} />} onClick={() => create.mutate(undefined)}>
            {t('home.newEmpty')}
          </Menu.Item>
          <Menu.Item leftSection={<IconLayoutGrid size={18} />} onClick={() => setChoosing(true)}>
            {t('gallery.open')}
          </Menu.Item>
          <Menu.Item leftSection={<IconFileImport size={18} />} onClick={() => files.current?.click()}>
            {t('import.open')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <input
        ref={files}
        hidden
        type="file"
        accept=".json,application/json"
        aria-label={t('import.open')}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? []
          if (file) onFile(file)
          // The same file can be chosen again.
          event.currentTarget.value = ''
        }}
      />
      {isChoosing && (
        <TemplateGallery
          isBusy={create.isPending}
          onChoose={(template) => create.mutate(template)}
          onClose={() => setChoosing(false)}
        />
      )}
    </>
  )
}
