import type { Page } from '@playwright/test'
import { expect, test } from './server.ts'

const node = (id: string, kind: string, settings: object, x: number) => ({
  id,
  kind,
  settings,
  position: { x, y: 0 },
})
const flowOf = (name: string, target: string) => ({
  format: 'millrace.flow',
  version: 1,
  name,
  nodes: [
    node('rows', 'csv.source', { path: 'edited.csv' }, 0),
    node('keep', 'filter', { expression: "id <> '1'" }, 304),
    node('out', 'csv.target', { path: target }, 608),
  ],
  edges: [
    { from: { node: 'rows', port: 'out' }, to: { node: 'keep', port: 'in' } },
    { from: { node: 'keep', port: 'out' }, to: { node: 'out', port: 'in' } },
  ],
})

async function make(page: Page, address: string, flow: object): Promise<string> {
  const made = await page.request.post(`${address}/api/flows`, { data: { flow } })
  expect(made.status()).toBe(201)
  return (await made.json()).id
}

const card = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`)

test.beforeEach(async ({ page, address }) => {
  const file = { name: 'edited.csv', mimeType: 'text/csv', buffer: Buffer.from('id\n1\n2\n3\n') }
  await page.request.post(`${address}/api/files?overwrite=true`, { multipart: { file } })
})

test('publish, edit on, publish again: a version keeps what it was', async ({ page, address }) => {
  const id = await make(page, address, flowOf('Published', 'published-out.csv'))
  await page.goto(`${address}/flows/${id}`)
  const publish = page.getByRole('button', { name: 'Publish', exact: true })
  const confirm = page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true })
  await publish.click()
  await confirm.click()
  await expect(page.getByText('Published as version 1').first()).toBeVisible()
  await expect(publish).toBeDisabled()
  // Published right after an edit: the version has the edit.
  await page.getByRole('textbox', { name: 'Name of the flow' }).fill('Published twice')
  await expect(page.getByRole('img', { name: 'Unpublished changes' })).toBeVisible()
  await card(page, 'keep').click()
  await page.keyboard.press('d')
  await publish.click()
  await confirm.click()
  await expect(page.getByText('Published as version 2').first()).toBeVisible()
  const version = async (number: number) =>
    (await page.request.get(`${address}/api/flows/${id}/versions/${number}`)).json()
  const first = await version(1)
  const second = await version(2)
  expect(first.name).toBe('Published')
  expect(second.name).toBe('Published twice')
  const disabled = (flow: typeof first) =>
    flow.nodes.find((one: { id: string }) => one.id === 'keep').disabled
  expect([disabled(first), disabled(second)]).toEqual([false, true])
  await page.reload()
  await expect(page.getByText('Version 2')).toBeVisible()
  await expect(publish).toBeDisabled()
})

test('copy nodes of one flow and paste them into another', async ({ page, context, address }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const from = await make(page, address, flowOf('From', 'from-out.csv'))
  const to = await make(page, address, { ...flowOf('To', 'to-out.csv'), nodes: [], edges: [] })
  await page.goto(`${address}/flows/${from}`)
  await expect(page.locator('.react-flow__node')).toHaveCount(3)
  await card(page, 'rows').click()
  await card(page, 'keep').click({ modifiers: ['Control'] })
  await page.keyboard.press('Control+c')
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('millrace.nodes')
  await page.goto(`${address}/flows/${to}`)
  await expect(page.getByText('Start with a source')).toBeVisible()
  await page.keyboard.press('Control+v')
  await expect(page.locator('.react-flow__node')).toHaveCount(2)
  await expect(page.locator('.react-flow__edge')).toHaveCount(1)
  // What was pasted is seen and selected; pasting once more adds it anew, undo takes it away again.
  for (const id of ['rows', 'keep']) await expect(card(page, id)).toBeInViewport({ ratio: 1 })
  await page.keyboard.press('Control+v')
  await expect(page.locator('.react-flow__node')).toHaveCount(4)
  await page.keyboard.press('Control+z')
  await expect(page.locator('.react-flow__node')).toHaveCount(2)
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  const { draft } = await (await page.request.get(`${address}/api/flows/${to}`)).json()
  expect(draft.nodes.map(({ settings }: { settings: object }) => settings)).toMatchObject([
    { path: 'edited.csv' },
    { expression: "id <> '1'" },
  ])
  expect(draft.edges).toHaveLength(1)
})

test('a second editor is told, and nothing is overwritten', async ({ browser, address, page }) => {
  const id = await make(page, address, flowOf('Shared', 'shared-out.csv'))
  const context = await browser.newContext({ locale: 'en-GB' })
  const other = await context.newPage()
  for (const one of [page, other]) await one.goto(`${address}/flows/${id}`)
  const name = (one: Page) => one.getByRole('textbox', { name: 'Name of the flow' })
  await name(other).waitFor()
  await name(page).fill('First here')
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  await name(other).fill('Second here')
  await expect(other.getByRole('alert')).toContainText('Somebody saved this flow while you were editing')
  // A run of what is not saved is refused.
  await other.getByRole('button', { name: 'Run now' }).click()
  await expect(other.getByText('could not be saved, so it was not run')).toBeVisible()
  const stored = async () => (await (await page.request.get(`${address}/api/flows/${id}`)).json()).draft.name
  expect(await stored()).toBe('First here')

  await other.getByRole('button', { name: 'Keep mine as a copy' }).click()
  await expect(name(other)).toHaveValue('Second here (copy)')
  await expect(other.getByRole('alert')).toBeHidden()
  expect(other.url()).not.toContain(id)
  expect(await stored()).toBe('First here')

  // The other way out: the version of the other.
  await other.goto(`${address}/flows/${id}`)
  await expect(name(other)).toHaveValue('First here')
  await name(page).fill('First again')
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  await name(other).fill('Lost')
  await other.getByRole('button', { name: 'Load the other version' }).click()
  await expect(name(other)).toHaveValue('First again')
  await context.close()
})
