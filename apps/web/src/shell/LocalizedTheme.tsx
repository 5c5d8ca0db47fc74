import { MantineProvider, mergeThemeOverrides, Notification } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { useText } from '../i18n/index.ts'
import { readableColors, theme } from '../theme.ts'

/** The theme, with the words that its own parts say to people who listen. */
export function LocalizedTheme({ children }: { children: ReactNode }) {
  const { t } = useText()
  const close = t('action.close')
  const localized = useMemo(
    () =>
      mergeThemeOverrides(theme, {
        components: {
          Notification: Notification.extend({
            defaultProps: { closeButtonProps: { 'aria-label': close } },
          }),
        },
      }),
    [close],
  )
  return (
    <MantineProvider theme={localized} cssVariablesResolver={readableColors} defaultColorScheme="auto">
      {children}
    </MantineProvider>
  )
}
