import { ActionIcon, Button, type ButtonProps, Menu, TextInput, Tooltip } from '@mantine/core'
import {
  type Icon,
  IconAlertTriangle,
  IconChevronDown,
  IconCircleCheck,
  IconCloudOff,
  IconCloudUpload,
  IconDots,
  IconHistory,
  IconPlayerPlayFilled,
  IconPlayerStopFilled,
  IconRefresh,
  IconTestPipe,
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
import { useText } from '../../i18n/index.ts'
import { CommandItems } from './CommandItems.tsx'
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
  // What commands are enabled by: what was done last, what runs, what is published.
  useDocument((state) => state.edition)
  useRun((state) => state.status)
  const setHeader = useDocument((state) => state.setHeader)
  const saving = useSaving()
  const preparing = useRun((state) => state.preparing)
  const SaveIcon = saveIcons[saving.state]
  return (
    <header className={styles['topBar']} data-area="toolbar">
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
        {commands.map(
          (item: Command) =>
            item.tool && <Tool key={item.id} command={item} Icon={item.tool} target={target} />,
        )}
        <Menu position="bottom-end" width={280}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('editor.more')}>
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <CommandItems kind="more" target={target} />
          </Menu.Dropdown>
        </Menu>
      </div>
      <CommandButton id="publish" target={target} variant="default" />
      {command('cancelRun').enabled() ? (
        <CommandButton
          id="cancelRun"
          target={target}
          color="red"
          variant="light"
          leftSection={<IconPlayerStopFilled size={14} />}
        />
      ) : (
        <Button.Group>
          <CommandButton
            id="run"
            target={target}
            loading={preparing}
            loaderProps={{ 'aria-label': t('editor.run.preparing') }}
            leftSection={<IconPlayerPlayFilled size={14} />}
          />
          <RunMenu target={target} />
        </Button.Group>
      )}
    </header>
  )
}

function Tool({
  command: item,
  Icon: Shown,
  target,
}: {
  command: Command
  Icon: Icon
  target: CommandTarget
}) {
  const { label } = useText()
  const [shortcut] = item.shortcuts
  const isEnabled = item.enabled()
  const about = item.about?.()
  const name = about ? `${label(item.label)}: ${label(about)}` : label(item.label)
  const told = !isEnabled && item.needs ? `${name} · ${label(item.needs)}` : name
  return (
    <Tooltip label={shortcut ? `${told}  ${shortcutText(shortcut, isMac)}` : told} openDelay={400}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label(item.label)}
        // Not `disabled`: that would keep the reason from being shown.
        aria-disabled={!isEnabled}
        data-disabled={!isEnabled || undefined}
        onClick={() => isEnabled && void item.run(target)}
      >
        <Shown size={18} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  )
}

/** The other ways to run. */
function RunMenu({ target }: { target: CommandTarget }) {
  const { t, label } = useText()
  const item = command('dryRun')
  const [shortcut] = item.shortcuts
  return (
    <Menu position="bottom-end" width={300} disabled={!item.enabled()}>
      <Menu.Target>
        <Button
          className={styles['runMenu']}
          size="sm"
          px={7}
          aria-label={t('editor.run.more')}
          data-disabled={!item.enabled() || undefined}
        >
          <IconChevronDown size={16} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconTestPipe size={18} stroke={1.7} />}
          rightSection={
            shortcut && <span className={styles['menuKeys']}>{shortcutText(shortcut, isMac)}</span>
          }
          onClick={() => void item.run(target)}
        >
          {label(item.label)}
          <span className={styles['menuHint']}>{t('editor.run.dryHint')}</span>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

interface CommandButtonProps extends ButtonProps {
  readonly id: CommandId
  readonly target: CommandTarget
}

/** A command as a button with its name; where it is not enabled, pointing at it tells why. */
function CommandButton({ id, target, ...look }: CommandButtonProps) {
  const { label } = useText()
  const item = command(id)
  const isEnabled = item.enabled()
  return (
    <Tooltip label={item.needs ? label(item.needs) : ''} disabled={isEnabled || !item.needs} openDelay={400}>
      <Button
        size="sm"
        {...look}
        data-command={id}
        aria-disabled={!isEnabled}
        data-disabled={!isEnabled || undefined}
        onClick={() => isEnabled && void item.run(target)}
      >
        {label(item.label)}
      </Button>
    </Tooltip>
  )
}
