import { Button, Menu } from '@mantine/core'
import { IconArrowBarToLeft, IconChevronDown, IconCode } from '@tabler/icons-react'
import { useText } from '../../../../i18n/index.ts'
import styles from './mapper.module.css'

interface Props {
  readonly label: string
  readonly canPutBefore: boolean
  readonly onCast: () => void
  readonly onBefore: () => void
}

/** The two ways to another type, and what each does with a value that does not fit. */
export function ConvertMenu({ label, canPutBefore, onCast, onBefore }: Props) {
  const { t } = useText()
  return (
    // The placeholder for the first focus is no item of a menu.
    <Menu position="bottom-end" width={300} withinPortal withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button
          size="compact-xs"
          variant="light"
          aria-label={label}
          rightSection={<IconChevronDown size={12} />}
        >
          {t('editor.rules.map.convert')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {canPutBefore && (
          <Menu.Item leftSection={<IconArrowBarToLeft size={16} />} onClick={onBefore}>
            {t('editor.rules.map.convertBefore')}
            <small className={styles['effect']}>{t('editor.rules.map.convertBeforeHelp')}</small>
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconCode size={16} />} onClick={onCast}>
          {t('editor.rules.map.cast')}
          <small className={styles['effect']}>{t('editor.rules.map.castHelp')}</small>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
