import { Kbd, Modal } from '@mantine/core'
import { categoryLabels, type NodeKind, nodeKinds } from '@millrace/engine'
import { KindIcon } from '../../canvas/index.ts'
import { type Command, type CommandTarget, commands, shortcutText } from '../../editor/commands.ts'
import { useView } from '../../editor/view-store.ts'
import { useText } from '../../i18n/index.ts'
import styles from './editor.module.css'
import { matches } from './Palette.tsx'
import { ParametersDialog } from './ParametersDialog.tsx'
import { SearchDialog } from './SearchDialog.tsx'

export const isMac = navigator.platform.startsWith('Mac')

/** Whatever lies over the editor: quick add, commands, help, parameters. */
export function Overlays({ target, onAdd }: { target: CommandTarget; onAdd: (kind: NodeKind) => void }) {
  const { t, label } = useText()
  const overlay = useView((state) => state.overlay)
  const addAfter = useView((state) => state.addAfter)
  const close = () => useView.setState({ overlay: null })
  switch (overlay) {
    case null:
      return null
    case 'add':
      return (
        <SearchDialog
          title={t('editor.add.title')}
          none={t('editor.palette.none', { search: '' })}
          find={(search) =>
            [...nodeKinds.values()]
              // A source cannot follow anything.
              .filter((kind) => matches(kind, search) && !(addAfter && kind.inputs.length === 0))
              .map((kind) => ({
                id: kind.kind,
                text: label(kind.label),
                detail: `${label(categoryLabels[kind.category])} · ${label(kind.summary)}`,
                icon: (
                  <span className={styles['glyph']} data-category={kind.category}>
                    <KindIcon name={kind.icon} size={16} />
                  </span>
                ),
              }))
          }
          onChoose={(id) => {
            const kind = nodeKinds.get(id)
            if (kind) onAdd(kind)
          }}
          onClose={close}
        />
      )
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
                  detail: t(`editor.help.${item.group}`),
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
            {(['edit', 'view', 'flow'] as const).map((group) => (
              <section key={group}>
                <h3>{t(`editor.help.${group}`)}</h3>
                <dl>
                  {commands
                    .filter((item) => item.group === group && item.shortcuts.length > 0)
                    .map((item: Command) => (
                      <div key={item.id}>
                        <dt>{label(item.label)}</dt>
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
