import { Kbd, Menu } from '@mantine/core'
import { Fragment } from 'react'
import {
  type Command,
  type CommandTarget,
  commands,
  type MenuKind,
  shortcutText,
} from '../../editor/commands.ts'
import { useText } from '../../i18n/index.ts'
import styles from './editor.module.css'
import { isMac } from './Overlays.tsx'

/** The commands that a menu offers, those that cannot be used with the reason, a line between sorts of them. */
export function CommandItems({ kind, target }: { kind: MenuKind; target: CommandTarget }) {
  const { label } = useText()
  const offered = commands.filter((item: Command) => item.menus?.includes(kind))
  return offered.map((item: Command, n) => {
    const [shortcut] = item.shortcuts
    const isEnabled = item.enabled()
    return (
      <Fragment key={item.id}>
        {n > 0 && offered[n - 1]?.group !== item.group && <Menu.Divider />}
        <Menu.Item
          className={styles['commandItem']}
          disabled={!isEnabled}
          rightSection={shortcut && <Kbd size="xs">{shortcutText(shortcut, isMac)}</Kbd>}
          onClick={() => void item.run(target)}
        >
          {label(item.label)}
          {!isEnabled && item.needs && <small>{label(item.needs)}</small>}
        </Menu.Item>
      </Fragment>
    )
  })
}
