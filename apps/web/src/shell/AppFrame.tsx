import { ActionIcon, Menu, Tooltip, useMantineColorScheme } from '@mantine/core'
import {
  IconCheck,
  IconFolder,
  IconHistory,
  IconLanguage,
  IconMoon,
  IconPlugConnected,
  IconRoute,
  IconSun,
  IconSunMoon,
} from '@tabler/icons-react'
import { Suspense } from 'react'
import { NavLink, Outlet, useNavigation } from 'react-router'
import { useText } from '../i18n/index.ts'
import { Announcer } from '../ui/Announcer.tsx'
import classes from './AppFrame.module.css'

const pages = [
  { to: '/', key: 'nav.flows', Icon: IconRoute },
  { to: '/runs', key: 'nav.runs', Icon: IconHistory },
  { to: '/connections', key: 'nav.connections', Icon: IconPlugConnected },
  { to: '/files', key: 'nav.files', Icon: IconFolder },
] as const

/** Navigation on the left, the page beside it. */
export function AppFrame() {
  const { t } = useText()
  const navigation = useNavigation()
  return (
    <div className={classes.frame}>
      <a className="skip-link" href="#content">
        {t('app.skip')}
      </a>
      <nav className={classes.navigation} aria-label={t('nav.label')}>
        <img className={classes.logo} src="/icon.svg" alt={t('app.name')} />
        {pages.map(({ to, key, Icon }) => (
          <NavLink key={to} to={to} end={to === '/'} className={classes.link}>
            <Icon size={20} stroke={1.6} aria-hidden />
            {t(key)}
          </NavLink>
        ))}
        <div className={classes.spacer} />
        <LanguageMenu />
        <ThemeMenu />
      </nav>
      <main id="content" className={classes.content} aria-busy={navigation.state === 'loading'}>
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
      <Announcer />
    </div>
  )
}

function LanguageMenu() {
  const { t, language, setLanguage } = useText()
  return (
    <Menu position="right-end" withArrow>
      <Menu.Target>
        <Tooltip label={t('nav.language')} position="right">
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('nav.language')}>
            <IconLanguage size={20} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {(['en', 'zh'] as const).map((choice) => (
          <Menu.Item
            key={choice}
            lang={choice === 'zh' ? 'zh-CN' : 'en'}
            onClick={() => setLanguage(choice)}
            rightSection={choice === language && <IconCheck size={14} />}
          >
            {choice === 'zh' ? '简体中文' : 'English'}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

const schemes = [
  { value: 'light', key: 'theme.light', Icon: IconSun },
  { value: 'dark', key: 'theme.dark', Icon: IconMoon },
  { value: 'auto', key: 'theme.auto', Icon: IconSunMoon },
] as const

function ThemeMenu() {
  const { t } = useText()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const { Icon: Current } = schemes.find(({ value }) => value === colorScheme) ?? schemes[2]
  return (
    <Menu position="right-end" withArrow>
      <Menu.Target>
        <Tooltip label={t('nav.theme')} position="right">
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('nav.theme')}>
            <Current size={20} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map(({ value, key, Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} />}
            rightSection={value === colorScheme && <IconCheck size={14} />}
            onClick={() => setColorScheme(value)}
          >
            {t(key)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
