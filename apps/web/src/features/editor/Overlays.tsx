import { Kbd, Modal } from '@mantine/core'
import type { UsableFlow } from '@millrace/contract'
import type { NodeKind } from '@millrace/engine'
import {
  type Command,
  type CommandTarget,
  commandGroups,
  commands,
  shortcutText,
} from '../../editor/commands.ts'
import { useView } from '../../editor/view-store.ts'
import { useText } from '../../i18n/index.ts'
import { ColumnSearch } from './columns/ColumnSearch.tsx'
import styles from './editor.module.css'
import { AddDialog, ColorDialog, FindDialog, ReplaceDialog } from './NodeSearch.tsx'
import { ParametersDialog } from './ParametersDialog.tsx'
import { SearchDialog } from './SearchDialog.tsx'

export const isMac = navigator.platform.startsWith('Mac')

interface OverlaysProps {
  readonly target: CommandTarget
  readonly onAdd: (kind: NodeKind) => void
  readonly onAddFlow: (flow: UsableFlow) => void
}

/** Whatever lies over the editor: quick add, commands, help, parameters. */
export function Overlays({ target, onAdd, onAddFlow }: OverlaysProps) {
  const { t, label } = useText()
  const overlay = useView((state) => state.overlay)
  const close = () => useView.setState({ overlay: null })
  switch (overlay) {
    case null:
      return null
    case 'add':
      return <AddDialog onAdd={onAdd} onAddFlow={onAddFlow} onClose={close} />
    case 'replace':
      return <ReplaceDialog onClose={close} />
    case 'find':
      return <FindDialog target={target} onClose={close} />
    case 'color':
      return <ColorDialog onClose={close} />
    case 'traceColumn':
      return <ColumnSearch act="trace" onClose={close} />
    case 'renameColumn':
      return <ColumnSearch act="rename" onClose={close} />
    case 'removeColumn':
      return <ColumnSearch act="remove" onClose={close} />
    case 'commands':
      return (
        <SearchDialog
          title={t('editor.commands.search')}
          none={t('editor.commands.none')}
          find={(search) =>
            commands
              .filter((item: Command) =>
                label(item.label).toLowerCase().includes(search.trim().toLowerCase()),
              )
              .map((item: Command) => {
                const [shortcut] = item.shortcuts
                return {
                  id: item.id,
                  text: label(item.label),
                  detail: !item.enabled() && item.needs ? label(item.needs) : t(`editor.help.${item.group}`),
                  disabled: !item.enabled(),
                  end: shortcut && <Kbd size="xs">{shortcutText(shortcut, isMac)}</Kbd>,
                }
              })
          }
          onChoose={(id) => void commands.find((item) => item.id === id)?.run(target)}
          onClose={close}
        />
      )
    case 'help':
      return (
        <Modal
          opened
          onClose={close}
          title={t('editor.help.title')}
          size={640}
          closeButtonProps={{ 'aria-label': t('action.close') }}
        >
          <div className={styles['help']}>
            {commandGroups.map((group) => (
              <section key={group}>
                <h3>{t(`editor.help.${group}`)}</h3>
                <dl>
                  {commands
                    .filter((item: Command) => item.group === group && item.shortcuts.length > 0)
                    .map((item: Command) => (
                      <div key={item.id} data-disabled={!item.enabled() || undefined}>
                        <dt>
                          {label(item.label)}
                          {!item.enabled() && item.needs && <small>{label(item.needs)}</small>}
                        </dt>
                        <dd>
                          {item.shortcuts.map((shortcut) => (
                            <Kbd key={shortcutText(shortcut, isMac)} size="xs">
                              {shortcutText(shortcut, isMac)}
                            </Kbd>
                          ))}
                        </dd>
                      </div>
                    ))}
                </dl>
              </section>
            ))}
          </div>
        </Modal>
      )
    case 'parameters':
      return <ParametersDialog onClose={close} />
  }
}
