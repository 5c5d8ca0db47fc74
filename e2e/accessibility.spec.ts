import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './server.ts'

const looks = [
  { colorScheme: 'light', language: 'en' },
  { colorScheme: 'dark', language: 'zh' },
] as const

/** Everything that WCAG 2.1 A and AA says and a machine can tell. */
async function check(page: Page, place: string) {
  // Colours that still fade are not the colours that are read.
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => one))))
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    .analyze()
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html.slice(0, 200)} ${any[0]?.message ?? ''}`),
  )
  expect.soft(found, place).toEqual([])
}

const node = (id: string, kind: string, settings: object, x: number) => ({
  id,
  kind,
  settings,
  position: { x, y: 0 },
})

for (const { colorScheme, language } of looks)
  test(`no page keeps anybody out: ${colorScheme}, ${language}`, async ({ browser, address, home }) => {
    test.setTimeout(180_000)
    const context = await browser.newContext({
      colorScheme,
      reducedMotion: 'reduce',
      viewport: { width: 1440, height: 900 },
    })
    await context.addInitScript((chosen) => localStorage.setItem('millrace.language', chosen), language)
    const page = await context.newPage()
    const stored = await (await page.request.get(`${address}/api/flows`)).json()
    for (const { id } of stored) await page.request.delete(`${address}/api/flows/${id}`)

    await page.goto(address)
    await expect(page.locator('main h1, h1').first()).toBeVisible()
    await check(page, 'empty home')

    writeFileSync(path.join(home, 'files', 'people.csv'), 'id,joined\n1,2024-01-02\n2,bad\n')
    const flow = {
      format: 'millrace.flow',
      version: 1,
      name: 'People',
      nodes: [
        node('people', 'csv.source', { path: 'people.csv' }, 0),
        node('convert', 'convert', { columns: [{ column: 'joined', type: 'DATE' }] }, 304),
        node('keep', 'filter', { expression: 'id > ' }, 608),
        node('out', 'csv.target', { path: `out-${colorScheme}-${language}.csv` }, 912),
      ],
      edges: [
        ['people', 'convert'],
        ['convert', 'keep'],
        ['keep', 'out'],
      ].map(([from, to]) => ({ from: { node: from, port: 'out' }, to: { node: to, port: 'in' } })),
    }
    const { id } = await (await page.request.post(`${address}/api/flows`, { data: { flow } })).json()
    await page.goto(address)
    await expect(page.getByRole('link', { name: 'People' }).first()).toBeVisible()
    await check(page, 'home')

    await page.goto(`${address}/flows/${id}`)
    await expect(page.locator('.react-flow__node')).toHaveCount(4)
    const cards = page.locator('.react-flow__node')
    await cards.nth(1).click()
    await expect(page.locator('[data-panel=data] table, table').first()).toBeVisible()
    await check(page, 'editor, a node with rows')
    await cards.nth(2).click()
    await check(page, 'editor, a node with a problem')
    await page.keyboard.press('Control+k')
    await expect(page.getByRole('dialog')).toBeVisible()
    await check(page, 'commands')
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog')).toBeVisible()
    await check(page, 'help')
    await page.keyboard.press('Escape')
    await page.keyboard.press('/')
    await expect(page.getByRole('dialog')).toBeVisible()
    await check(page, 'adding a node')
    await page.keyboard.press('Escape')

    const whole = {
      ...flow,
      nodes: flow.nodes.map((one) =>
        one.id === 'keep' ? { ...one, settings: { expression: 'true' } } : one,
      ),
    }
    const { id: sound } = await (
      await page.request.post(`${address}/api/flows`, { data: { flow: whole } })
    ).json()
    await page.goto(`${address}/flows/${sound}`)
    await expect(cards).toHaveCount(4)
    await page.keyboard.press('Control+Enter')
    await expect(page.locator(`a[href^="/runs/"]`)).toBeVisible()
    await expect(page.locator('dl')).toBeVisible()
    await check(page, 'editor with a run')

    await page.locator(`a[href^="/runs/"]`).click()
    await expect(page.getByRole('tab')).toHaveCount(5)
    for (const index of [0, 1, 2, 3, 4]) {
      await page.getByRole('tab').nth(index).click()
      await check(page, `run, tab ${index + 1}`)
    }
    for (const place of ['runs', 'connections', 'files', 'nowhere']) {
      await page.goto(`${address}/${place}`)
      await expect(page.locator('h1, h2').first()).toBeVisible()
      await check(page, place)
    }
    await context.close()
  })
