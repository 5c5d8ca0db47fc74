import { AxeBuilder } from '@axe-core/playwright'
import { expect, test } from './server.ts'

test.use({ alone: 'home' })

test('home tells what ran, in charts and in a table, and what failed leads to its run', async ({
  page,
  address,
}) => {
  const flows = await (await page.request.get(`${address}/api/flows`)).json()
  const [flow] = flows
  const run = await (await page.request.post(`${address}/api/flows/${flow.id}/runs`, { data: {} })).json()
  await expect
    .poll(async () => (await (await page.request.get(`${address}/api/runs/${run.id}`)).json()).status)
    .toBe('succeeded')
  const { draft } = await (await page.request.get(`${address}/api/flows/${flow.id}`)).json()
  const source = draft.nodes.find(({ kind }: { kind: string }) => kind === 'csv.source')
  source.settings.path = 'gone.csv'
  const broken = await (
    await page.request.post(`${address}/api/flows`, { data: { flow: { ...draft, name: 'Broken' } } })
  ).json()
  await page.request.post(`${address}/api/flows/${broken.id}/runs`, { data: {} })

  await page.goto(address)
  await expect(page.getByRole('link', { name: /^1 succeeded/ })).toBeVisible()
  const rows = page.getByRole('img', { name: /^Rows\. [1-9]\d* written/ })
  await expect(rows).toBeVisible()
  const activity = page.getByRole('region', { name: 'Running, waiting and failing' })
  await expect(activity.getByRole('link', { name: /Broken.*Failed/ })).toBeVisible()

  await page.getByRole('button', { name: 'Show as a table' }).click()
  const newest = page.getByRole('region', { name: 'Runs over time as a table' }).getByRole('row').nth(1)
  await expect(newest.getByRole('cell').first()).toHaveText('1')
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa']).analyze()
  expect(violations).toEqual([])

  await page.getByRole('button', { name: /^Failed 1/ }).click()
  await expect(page.getByRole('article')).toHaveCount(1)
  await expect(page.getByRole('article')).toContainText('Broken')
  await activity.getByRole('link', { name: /Broken/ }).click()
  await expect(page).toHaveURL(/\/runs\//)
})

test('the tour leads from the first node to the ledger, and stays away once it is left', async ({
  page,
  address,
}) => {
  await page.goto(address)
  await page.getByRole('button', { name: 'Show me' }).click()
  const tour = page.getByRole('dialog')
  await expect(tour.getByRole('heading', { name: 'Add a source' })).toBeFocused()
  await page.getByRole('button', { name: 'CSV' }).first().click()
  await expect(tour.getByRole('heading', { name: 'Choose its file' })).toBeVisible()
  const settings = page.getByRole('region', { name: 'Settings' })
  await settings.getByRole('combobox', { name: 'File', exact: true }).click()
  await page.getByRole('option', { name: 'customers.csv', exact: true }).click()
  await expect(tour.getByRole('heading', { name: 'Look at the data' })).toBeVisible()
  // What was begun goes on after a reload.
  await page.reload()
  await tour.getByRole('button', { name: 'Next' }).click()
  await expect(tour.getByRole('heading', { name: 'Add a filter' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(tour).toBeHidden()

  await page.goto(address)
  await expect(page.getByRole('article').first()).toBeVisible()
  await expect(page.getByRole('button', { name: 'Show me' })).toBeHidden()
  await page.getByRole('button', { name: 'Help' }).click()
  await page.getByRole('menuitem', { name: 'Draw a first flow, step by step' }).click()
  await expect(tour.getByRole('heading', { name: 'Add a source' })).toBeFocused()
})
