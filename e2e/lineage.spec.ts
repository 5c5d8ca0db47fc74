import type { Page } from '@playwright/test'
import { accessible } from './accessible.ts'
import { expect, test } from './server.ts'

const node = (id: string, kind: string, settings: object, x: number, y = 0) => ({
  id,
  kind,
  settings,
  position: { x, y },
})
const edge = (from: string, to: string, port = 'in') => ({
  from: { node: from, port: 'out' },
  to: { node: to, port },
})
const columns = (...names: string[]) =>
  names.map((name) => ({ name, type: name === 'amount' ? 'BIGINT' : 'VARCHAR', format: '' }))
const flow = {
  format: 'millrace.flow',
  version: 1,
  name: 'Lineage',
  nodes: [
    node(
      'orders',
      'csv.source',
      { path: 'lineage-orders.csv', columns: columns('id', 'customer', 'amount') },
      0,
    ),
    node(
      'customers',
      'csv.source',
      { path: 'lineage-customers.csv', columns: columns('id', 'name', 'city') },
      0,
      240,
    ),
    node('join', 'join', { how: 'left', keys: [{ left: 'customer', right: 'id' }] }, 304, 96),
    node(
      'sum',
      'aggregate',
      { groups: ['city'], measures: [{ name: 'total', how: 'sum', column: 'amount' }] },
      608,
      96,
    ),
    node(
      'shape',
      'map',
      {
        columns: [
          { name: 'town', expression: 'upper("city")' },
          { name: 'gross', expression: 'total * 1.13' },
        ],
      },
      912,
      96,
    ),
    node('out', 'csv.target', { path: 'lineage-out.csv' }, 1216, 96),
    node('other', 'sort', { keys: [{ column: 'name' }] }, 304, 400),
  ],
  edges: [
    edge('orders', 'join', 'left'),
    edge('customers', 'join', 'right'),
    edge('join', 'sum'),
    edge('sum', 'shape'),
    edge('shape', 'out'),
    edge('customers', 'other'),
  ],
}
const card = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`)
const draftOf = async (page: Page, address: string, id: string) =>
  (await (await page.request.get(`${address}/api/flows/${id}`)).json()).draft
const settingsOf = (draft: { nodes: { id: string; settings: object }[] }, id: string) =>
  draft.nodes.find((one) => one.id === id)?.settings

async function open(page: Page, address: string): Promise<string> {
  const files = {
    'lineage-orders.csv': 'id,customer,amount\n1,7,10\n2,8,20\n3,7,5\n',
    'lineage-customers.csv': 'id,name,city\n7,Ann,Ulm\n8,Bo,Bonn\n',
  }
  for (const [name, text] of Object.entries(files)) {
    const file = { name, mimeType: 'text/csv', buffer: Buffer.from(text) }
    await page.request.post(`${address}/api/files?overwrite=true`, { multipart: { file } })
  }
  const made = await page.request.post(`${address}/api/flows`, { data: { flow } })
  expect(made.status()).toBe(201)
  const { id } = await made.json()
  await page.goto(`${address}/flows/${id}`)
  await card(page, 'shape').waitFor()
  await page.keyboard.press('1')
  return id
}
/** Opens what is known of a column from its header in the data pane. */
async function openHeader(page: Page, nodeId: string, column: string, side = 'Output') {
  // The first view of the flow may still be moving.
  await expect(async () => {
    await card(page, nodeId).click()
    await expect(card(page, nodeId)).toHaveClass(/selected/, { timeout: 2_000 })
  }).toPass()
  const grid = page.getByRole('grid', { name: side })
  await grid
    .getByRole('columnheader', { name: new RegExp(` ${column} `) })
    .getByRole('button')
    .click()
}
const passed = (page: Page, is: boolean) =>
  page
    .locator(`.react-flow__node:has([data-passed="${is}"])`)
    .evaluateAll((nodes) => nodes.map((one) => one.getAttribute('data-id')).toSorted())

test('a column is followed through aggregate and join to its source and to its target', async ({
  page,
  address,
}) => {
  await open(page, address)
  await openHeader(page, 'shape', 'gross')
  await accessible(page, 'profile of a column')
  await page.getByRole('button', { name: 'Show where it comes from' }).click()
  const panel = page.getByRole('complementary', { name: 'Lineage of gross' })
  await expect(panel.getByText('total * 1.13')).toBeVisible()
  await expect(panel.getByText('Sum · amount')).toBeVisible()
  await accessible(page, 'lineage')
  await expect.poll(() => passed(page, true)).toEqual(['join', 'orders', 'out', 'shape', 'sum'])
  expect(await passed(page, false)).toEqual(['customers', 'other'])
  await expect(page.locator('.react-flow__edge path[data-passed="true"]')).toHaveCount(4)
  await page.keyboard.press('Escape')
  await expect(panel).toBeHidden()
  await expect(page.locator('[data-passed]')).toHaveCount(0)
})

test('lineage by keys alone, in Chinese', async ({ browser, address }) => {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await open(page, address)
  await card(page, 'shape').click()
  await page.keyboard.press('l')
  await page.getByRole('combobox', { name: '查看某列的来源与去向' }).fill('town')
  await page.keyboard.press('Enter')
  const panel = page.getByRole('complementary', { name: 'town 的血缘' })
  await expect(panel.getByText('upper("city")')).toBeVisible()
  await accessible(page, '血缘')
  await expect.poll(() => passed(page, true)).toEqual(['customers', 'join', 'out', 'shape', 'sum'])
  await context.close()
})

test('renaming a column of a source rewrites all that names it, says so, and is one step', async ({
  page,
  address,
}) => {
  const id = await open(page, address)
  const before = await draftOf(page, address, id)
  await openHeader(page, 'customers', 'city')
  await page.getByRole('button', { name: 'Rename…' }).click()
  await page.getByLabel('New name').fill('name')
  await page.getByRole('button', { name: 'Rename', exact: true }).click()
  await expect(page.getByRole('dialog').getByText(/name/).last()).toBeVisible()
  await accessible(page, 'renaming')
  await page.getByLabel('New name').fill('Stadt "x"')
  await page.keyboard.press('Enter')
  const panel = page.getByRole('complementary', { name: 'city is now Stadt "x"' })
  await expect(panel.getByText('upper("Stadt ""x""")')).toBeVisible()
  await accessible(page, 'what was renamed')
  await expect
    .poll(async () => settingsOf(await draftOf(page, address, id), 'sum'))
    .toMatchObject({ groups: ['Stadt "x"'] })
  await panel.getByRole('button', { name: /^Map.*Value/ }).click()
  await expect(card(page, 'shape')).toHaveClass(/selected/)
  await panel.getByRole('button', { name: 'Undo' }).click()
  await expect(panel).toBeHidden()
  await expect.poll(async () => (await draftOf(page, address, id)).nodes).toEqual(before.nodes)
})

test('a name in the settings of a node renames too; a row is not removed before it is said what breaks', async ({
  page,
  address,
}) => {
  const id = await open(page, address)
  await card(page, 'sum').click()
  const settings = page.getByRole('region', { name: 'Settings' })
  await settings.getByRole('textbox', { name: 'New column' }).fill('amounts')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('complementary', { name: 'total is now amounts' })).toBeVisible()
  await expect
    .poll(async () => settingsOf(await draftOf(page, address, id), 'shape'))
    .toMatchObject({ columns: [{}, { expression: 'amounts * 1.13' }] })
  await page.keyboard.press('Escape')
  await settings.getByRole('button', { name: 'Remove row 1' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove amounts' })
  await expect(dialog.getByText('amounts', { exact: true }).first()).toBeVisible()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(settings.getByRole('textbox', { name: 'New column' })).toHaveValue('amounts')
})

test('removing a column from its header goes to the node that makes it, and says what breaks', async ({
  page,
  address,
}) => {
  const id = await open(page, address)
  await openHeader(page, 'out', 'gross', 'Input')
  await page.getByRole('button', { name: 'Remove…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove gross' })
  await expect(dialog.getByText('These targets would no longer get it:')).toBeVisible()
  await accessible(page, 'what breaks')
  await dialog.getByRole('button', { name: 'Remove anyway' }).click()
  await expect
    .poll(async () => settingsOf(await draftOf(page, address, id), 'shape'))
    .toEqual({ columns: [{ name: 'town', expression: 'upper("city")' }] })
  await page.keyboard.press('Control+z')
  await expect
    .poll(async () => settingsOf(await draftOf(page, address, id), 'shape'))
    .toMatchObject({ columns: [{}, { name: 'gross' }] })
})
