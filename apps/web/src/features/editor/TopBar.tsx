import { ActionIcon, Button, Kbd, Menu, TextInput, Tooltip } from '@mantine/core'
import {
  type Icon,
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconCircleCheck,
  IconCloudOff,
  IconCloudUpload,
  IconDots,
  IconHistory,
  IconLayoutDistributeHorizontal,
  IconPlayerPlayFilled,
  IconPlayerStopFilled,
  IconRefresh,
} from '@tabler/icons-react'
import { type SaveState, useSaving } from '../../editor/autosave.ts'
import {
  type Command,
  type CommandId,
  type CommandTarget,
  command,
  commands,
  shortcutText,
} from '../../editor/commands.ts'
import { useDocument } from '../../editor/document-store.ts'
import { useRun } from '../../editor/run-store.ts'
import { cancelRun } from '../../editor/running.ts'
import { useText } from '../../i18n/index.ts'
import styles from './editor.module.css'
import { isMac } from './Overlays.tsx'

const saveIcons: Readonly<Record<SaveState, Icon>> = {
  saved: IconCircleCheck,
  pending: IconCloudUpload,
  saving: IconRefresh,
  offline: IconCloudOff,
  conflict: IconAlertTriangle,
  refused: IconAlertTriangle,
}

/** Name, save state and the main actions of the flow. */
export function TopBar({ target }: { target: CommandTarget }) {
  const { t, label } = useText()
  const name = useDocument((state) => state.flow.name)
  const hasNodes = useDocument((state) => state.flow.nodes.length > 0)
  // Undo, redo and the menu enable themselves by what was done last.
  useDocument((state) => state.edition)
  const setHeader = useDocument((state) => state.setHeader)
  const saving = useSaving()
  const status = useRun((state) => state.status)
  const preparing = useRun((state) => state.preparing)
  const isRunning = status === 'queued' || status === 'running'
  const SaveIcon = saveIcons[saving.state]
  return (
    <header className={styles['topBar']}>
      <TextInput
        className={styles['flowName']}
        variant="unstyled"
        aria-label={t('editor.name')}
        value={name}
        onChange={(event) => {
          const next = event.currentTarget.value.slice(0, 200)
          // A flow is never without a name: the last letter stays.
          if (next.trim() !== '') setHeader({ name: next }, 'name')
        }}
      />
      <span className={styles['saveState']} data-state={saving.state} role="status" title={saving.detail}>
        <SaveIcon size={15} aria-hidden />
        {t(`editor.save.${saving.state}`)}
      </span>
      <button
        type="button"
        className={styles['version']}
        title={label(command('history').label)}
        onClick={() => void target.history()}
      >
        <IconHistory size={15} aria-hidden />
        {saving.publishedVersion === null
          ? t('editor.draft')
          : t('editor.version', { version: saving.publishedVersion })}
        {saving.publishedVersion !== null && saving.unpublished && (
          <span
            className={styles['dirty']}
            role="img"
            aria-label={t('editor.unpublished')}
            title={t('editor.unpublished')}
          />
        )}
      </button>
      <div className={styles['spacer']} />
      <div role="toolbar" aria-label={t('editor.toolbar')} className={styles['tools']}>
        <Tool id="undo" Icon={IconArrowBackUp} target={target} />
        <Tool id="redo" Icon={IconArrowForwardUp} target={target} />
        <Tool id="arrange" Icon={IconLayoutDistributeHorizontal} target={target} />
        <Menu position="bottom-end" width={280}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('editor.more')}>
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {commands
              .filter(
                (item) =>
                  item.group !== 'edit' &&
                  item.id !== 'run' &&
                  item.id !== 'publish' &&
                  item.id !== 'arrange',
              )
              .map((item: Command) => {
                const [shortcut] = item.shortcuts
                return (
                  <Menu.Item
                    key={item.id}
                    disabled={!item.enabled()}
                    rightSection={shortcut && <Kbd size="xs">{shortcutText(shortcut, isMac)}</Kbd>}
                    onClick={() => void item.run(target)}
                  >
                    {label(item.label)}
                  </Menu.Item>
                )
              })}
          </Menu.Dropdown>
        </Menu>
      </div>
      <Button
        variant="default"
        size="sm"
        disabled={!hasNodes || (saving.publishedVersion !== null && !saving.unpublished)}
        onClick={() => void target.publish()}
      >
        {t('editor.publish')}
      </Button>
      {isRunning ? (
        <Button
          size="sm"
          color="red"
          variant="light"
          leftSection={<IconPlayerStopFilled size={14} />}
          onClick={() => void cancelRun()}
        >
          {t('editor.run.cancel')}
        </Button>
      ) : (
        <Button
          size="sm"
          disabled={!hasNodes}
          loading={preparing}
          loaderProps={{ 'aria-label': t('editor.run.preparing') }}
          leftSection={<IconPlayerPlayFilled size={14} />}
          onClick={() => void target.run()}
        >
          {t('editor.run.now')}
        </Button>
      )}
    </header>
  )
}

function Tool({ id, Icon: Shown, target }: { id: CommandId; Icon: Icon; target: CommandTarget }) {
  const { label } = useText()
  const item = command(id)
  const [shortcut] = item.shortcuts
  const name = label(item.label)
  return (
    <Tooltip label={shortcut ? `${name}  ${shortcutText(shortcut, isMac)}` : name} openDelay={400}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={name}
        disabled={!item.enabled()}
        onClick={() => void item.run(target)}
      >
        <Shown size={18} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  )
}
