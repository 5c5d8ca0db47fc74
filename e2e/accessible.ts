import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect } from './server.ts'

async function check(page: Page, builder: AxeBuilder, place: string): Promise<void> {
  // Colours that still fade are not the colours that are read.
  await page.evaluate(() => {
    const passing = document.getAnimations().filter((one) => one.effect?.getTiming().iterations !== Infinity)
    return Promise.all(passing.map((one) => one.finished.catch(() => one)))
  })
  const { violations } = await builder.analyze()
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html.slice(0, 200)} ${any[0]?.message ?? ''}`),
  )
  expect.soft(found, place).toEqual([])
}

/**
 * Everything that WCAG 2.1 A and AA says of what is on the screen, and a machine can tell, in the light and in the
 * dark; the journey goes on in the scheme that it had.
 */
export async function accessible(page: Page, place = page.url()): Promise<void> {
  const html = page.locator('html')
  const isDark = (await html.getAttribute('data-mantine-color-scheme')) === 'dark'
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']
  await check(page, new AxeBuilder({ page }).withTags(tags), place)
  // Nothing but the colours differs in the other scheme.
  const other = isDark ? 'light' : 'dark'
  await page.emulateMedia({ colorScheme: other })
  await expect(html).toHaveAttribute('data-mantine-color-scheme', other)
  await check(page, new AxeBuilder({ page }).withRules(['color-contrast']), `${place}, ${other}`)
  await page.emulateMedia({ colorScheme: isDark ? 'dark' : 'light' })
}
