import { ActionIcon, Menu, Tooltip, useMantineColorScheme } from '@mantine/core'
import {
  IconCheck,
  IconFirstAidKit,
  IconFolder,
  IconHelpCircle,
  IconHistory,
  IconKeyboard,
  IconLanguage,
  IconMap2,
  IconMoon,
  IconPlugConnected,
  IconRoute,
  IconSun,
  IconSunMoon,
} from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { NavLink, Outlet, useLocation, useMatch, useNavigation } from 'react-router'
import { useView } from '../editor/view-store.ts'
import { useText } from '../i18n/index.ts'
import { Announcer } from '../ui/Announcer.tsx'
import classes from './AppFrame.module.css'
import { useStartTour } from './tour/start-tour.ts'
import { useTour } from './tour/tour-store.ts'

const TourCard = lazy(async () => ({ default: (await import('./tour/TourCard.tsx')).TourCard }))

const pages = [
  { to: '/', key: 'nav.flows', Icon: IconRoute },
  { to: '/runs', key: 'nav.runs', Icon: IconHistory },
  { to: '/rejects', key: 'nav.rejects', Icon: IconFirstAidKit },
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
        <HelpMenu />
        <LanguageMenu />
        <ThemeMenu />
      </nav>
      <main id="content" className={classes.content} aria-busy={navigation.state === 'loading'}>
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
      <Announcer />
      <Tour />
    </div>
  )
}

/** The tour goes on only over the flow that it has begun with. */
function Tour() {
  const { pathname } = useLocation()
  const flowId = useTour((tour) => tour.flowId)
  if (flowId === null || pathname !== `/flows/${flowId}`) return null
  return (
    <Suspense>
      <TourCard />
    </Suspense>
  )
}

function HelpMenu() {
  const { t } = useText()
  const startTour = useStartTour()
  const isEditor = useMatch('/flows/:id') !== null
  return (
    <Menu position="right-end" withArrow>
      <Menu.Target>
        <Tooltip label={t('nav.help')} position="right">
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('nav.help')}>
            <IconHelpCircle size={20} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconMap2 size={16} />} onClick={() => startTour.mutate(undefined)}>
          {t('tour.start')}
        </Menu.Item>
        {isEditor && (
          <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={() => useView.getState().show('help')}>
            {t('tour.shortcuts')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
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
