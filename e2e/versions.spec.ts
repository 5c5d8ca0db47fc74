import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { accessible } from './accessible.ts'
import { expect, test } from './server.ts'

const node = (id: string, kind: string, settings: object, x: number) => ({
  id,
  kind,
  settings,
  position: { x, y: 0 },
})
const edge = (from: string, to: string) => ({
  from: { node: from, port: 'out' },
  to: { node: to, port: 'in' },
})
const flowOf = (name: string, expression = 'true', more: object = {}) => ({
  format: 'millrace.flow',
  version: 1,
  name,
  nodes: [
    node('rows', 'csv.source', { path: 'versions.csv' }, 0),
    node('keep', 'filter', { expression }, 304),
    node('out', 'csv.target', { path: `${name}.csv` }, 608),
  ],
  edges: [edge('rows', 'keep'), edge('keep', 'out')],
  ...more,
})
const card = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`)

async function make(page: Page, address: string, flow: object): Promise<string> {
  const made = await page.request.post(`${address}/api/flows`, { data: { flow } })
  expect(made.status()).toBe(201)
  return (await made.json()).id
}
/** Publishes the draft, then saves the next one. */
async function publish(page: Page, address: string, id: string, message: string, next?: object) {
  const at = `${address}/api/flows/${id}`
  const { revision } = await (await page.request.get(at)).json()
  const data = { revision, message, author: 'Anna Weber' }
  expect((await page.request.post(`${at}/versions`, { data })).status()).toBe(201)
  if (next) await page.request.put(`${at}/draft`, { data: { revision, flow: next } })
}
const draftOf = async (page: Page, address: string, id: string) =>
  (await (await page.request.get(`${address}/api/flows/${id}`)).json()).draft
const keepOf = (flow: { nodes: { id: string; settings: { expression?: string } }[] }) =>
  flow.nodes.find(({ id }) => id === 'keep')?.settings.expression

test.beforeEach(async ({ page, address }) => {
  const file = {
    name: 'versions.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('id,name\n1,ana\n2,bo\n3,eva\n'),
  }
  await page.request.post(`${address}/api/files?overwrite=true`, { multipart: { file } })
})

test('publish with a message, compare two versions, restore the older one, undo', async ({
  page,
  address,
}) => {
  const id = await make(page, address, flowOf('History'))
  await publish(page, address, id, 'Everybody', flowOf('History', "id <> '2'"))
  await page.goto(`${address}/flows/${id}`)
  await page.getByRole('button', { name: 'Publish', exact: true }).click()
  const asking = page.getByRole('dialog')
  await asking.getByLabel('What is new in it?').fill('Without number two')
  await asking.getByLabel('Your name').fill('李雷')
  await asking.getByRole('button', { name: 'Publish', exact: true }).click()
  await expect(page.getByText('Published as version 2').first()).toBeVisible()

  await page.getByRole('button', { name: 'Version 2' }).click()
  const history = page.getByRole('dialog')
  await expect(history.getByText('Without number two')).toBeVisible()
  await expect(history.getByText(/李雷 ·/)).toBeVisible()
  await expect(history.getByText(/Anna Weber ·/)).toBeVisible()
  await expect(history.locator('.react-flow__node[data-id="keep"]').getByText('Changed')).toBeVisible()
  const changes = history.getByRole('complementary', { name: 'Differences' })
  await expect(changes.getByText('Version 1 → Version 2')).toBeVisible()
  await expect(changes.locator('del')).toHaveText('true')
  await expect(changes.locator('ins').first()).toContainText("'2'")
  const effect = history.getByRole('region', { name: 'Effect on the rows' })
  await expect(effect.getByText('1 row differs (3 before, 2 after)')).toBeVisible()
  await expect(effect.locator('tr[data-kind="removed"]')).toContainText('bo')
  await accessible(page)

  await history.getByRole('button', { name: /Version 1/ }).click()
  await history.getByRole('button', { name: 'Restore version 1' }).click()
  await page.getByRole('dialog').last().getByRole('button', { name: 'Restore version 1' }).click()
  await expect(page.getByText('Version 1 is the draft now').first()).toBeVisible()
  await expect.poll(async () => keepOf(await draftOf(page, address, id))).toBe('true')
  await card(page, 'keep').click()
  await page.keyboard.press('Control+z')
  await expect.poll(async () => keepOf(await draftOf(page, address, id))).toBe("id <> '2'")
})

test('restoring keeps what was not published yet', async ({ page, address }) => {
  const id = await make(page, address, flowOf('Kept'))
  await publish(page, address, id, 'First', flowOf('Kept', "name = 'eva'"))
  await page.goto(`${address}/flows/${id}/versions?show=1`)
  await page.getByRole('button', { name: 'Restore version 1' }).click()
  const asking = page.getByRole('dialog').last()
  await expect(asking.getByRole('checkbox')).toBeChecked()
  await asking.getByRole('button', { name: 'Restore version 1' }).click()
  await expect.poll(async () => keepOf(await draftOf(page, address, id))).toBe('true')
  const kept = await (await page.request.get(`${address}/api/flows/${id}/versions/2`)).json()
  expect(keepOf(kept)).toBe("name = 'eva'")
})

test('two editors at once: my draft beside the one that was saved meanwhile', async ({ page, address }) => {
  const id = await make(page, address, flowOf('Conflict'))
  await page.goto(`${address}/flows/${id}`)
  await card(page, 'keep').waitFor()
  const at = `${address}/api/flows/${id}`
  const { revision } = await (await page.request.get(at)).json()
  await page.request.put(`${at}/draft`, { data: { revision, flow: flowOf('Conflict', "id = '3'") } })
  await page.getByRole('textbox', { name: 'Name of the flow' }).fill('Mine')
  await page.getByRole('button', { name: 'Compare with my draft' }).click()
  const history = page.getByRole('dialog')
  await expect(history.getByText('What was saved meanwhile → My draft')).toBeVisible()
  await expect(history.locator('ins').first()).toBeVisible()
  await expect(history.getByText("id = '3'")).toBeVisible()
  await history.getByRole('button', { name: 'Back to the editor' }).click()
  await expect(page.getByRole('textbox', { name: 'Name of the flow' })).toHaveValue('Mine')
})

test('an environment gives the values of a run', async ({ page, address, home }) => {
  const parameters = [{ name: 'number', type: 'text', default: '1', description: 'Number to keep' }]
  const id = await make(page, address, flowOf('Environments', 'id = ${number}', { parameters }))
  await page.goto(`${address}/flows/${id}`)
  await card(page, 'keep').waitFor()
  await page.getByRole('button', { name: 'Run now' }).click()
  await page.getByRole('button', { name: 'Edit environments' }).click()
  await page.getByLabel('Name', { exact: false }).last().fill('Production')
  await page.getByLabel('number').fill('3')
  await accessible(page)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: 'Production', exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Close' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('number')).toHaveValue('1')
  await dialog.getByRole('combobox', { name: 'Environment' }).click()
  await page.getByRole('option', { name: 'Production' }).click()
  await expect(dialog.getByLabel('number')).toHaveValue('3')
  await dialog.getByRole('button', { name: 'Run now' }).click()
  await expect
    .poll(() => {
      try {
        return readFileSync(path.join(home, 'files', 'Environments.csv'), 'utf8')
      } catch {
        return ''
      }
    })
    .toBe('id,name\n3,eva\n')

  const { items } = await (await page.request.get(`${address}/api/runs?flowId=${id}`)).json()
  await page.goto(`${address}/runs/${items[0].id}`)
  const again = async (number: string) => {
    await page.getByRole('button', { name: 'Run again' }).click()
    const retry = page.getByRole('dialog', { name: 'Run again' })
    await retry.getByLabel('number').fill(number)
    await retry.getByRole('button', { name: 'Run again' }).click()
    await expect(retry).toBeHidden()
    await expect(page.getByRole('link', { name: 'Done again from a run' })).toBeVisible()
  }
  await again('3')
  await expect(page.getByText('Environment Production', { exact: true })).toBeVisible()
  await again('2')
  await expect(page.getByText('Environment Production, with other values')).toBeVisible()
  await expect(page.getByText('number = 2 (there: 3)')).toBeVisible()

  await page.goto(`${address}/flows/${id}`)
  await page.getByRole('button', { name: 'Edit parameters' }).click()
  const name = page.getByRole('dialog', { name: 'Parameters' }).getByLabel('Name', { exact: true })
  await name.fill('today')
  await expect(page.getByText('This name is taken.')).toBeVisible()
  await name.fill('wanted')
  await name.press('Enter')
  await expect(page.getByText('number is called wanted now, also in these nodes: Filter.')).toBeVisible()
  await expect(
    page.getByText('These environments have a value for number, which counts no more'),
  ).toContainText('Production')
  await accessible(page)
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(card(page, 'keep')).toContainText('id = ${wanted}')
  await page.keyboard.press('Control+z')
  await expect(card(page, 'keep')).toContainText('id = ${number}')
})

test('a flow leaves as a file and comes back, with its problems told first', async ({ page, address }) => {
  await make(page, address, flowOf('Travel 旅行'))
  await page.goto(address)
  await page.getByRole('button', { name: 'More for Travel 旅行' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: 'Export' }).click()
  const file = await download
  expect(file.suggestedFilename()).toBe('Travel 旅行.flow.json')
  const text = readFileSync(await file.path(), 'utf8')
  const document = JSON.parse(text)
  const give = (name: string, content: string) =>
    page
      .locator('input[type=file]')
      .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(content) })
  const dialog = page.getByRole('dialog')

  await give('newer.flow.json', JSON.stringify({ ...document, version: 9 }))
  await expect(dialog.getByText('written by a newer Millrace')).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Import' })).toBeHidden()
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await give('none.flow.json', '{"hello": 1}')
  await expect(dialog.getByText('This file cannot be taken')).toBeVisible()
  await dialog.getByRole('button', { name: 'Close' }).last().click()

  const odd = { ...document, nodes: [...document.nodes, node('odd', 'teleport', {}, 900)] }
  await give('odd.flow.json', JSON.stringify(odd))
  await expect(dialog.getByText('There is no node of the kind “teleport”.')).toBeVisible()
  await accessible(page)
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await give('Travel.flow.json', `\uFEFF${text}`)
  await expect(dialog.getByText('Nothing is wrong with this flow.')).toBeVisible()
  await expect(dialog.getByLabel('Name of the flow')).toHaveValue('Travel 旅行 2')
  await dialog.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(page.getByRole('textbox', { name: 'Name of the flow' })).toHaveValue('Travel 旅行 2')
  await expect(card(page, 'keep')).toBeVisible()
})

test('rows are kept as expected; a change that breaks them is told cell by cell', async ({
  page,
  address,
}) => {
  const flow = flowOf('Golden')
  const map = node('shape', 'map', { others: 'keep', columns: [{ name: 'name', expression: 'name' }] }, 456)
  const whole = {
    ...flow,
    nodes: [...flow.nodes, map],
    edges: [edge('rows', 'keep'), edge('keep', 'shape'), edge('shape', 'out')],
  }
  const id = await make(page, address, whole)
  await page.goto(`${address}/flows/${id}`)
  await card(page, 'shape').click()
  await page.getByRole('button', { name: 'Expect' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name of the test').fill('Names as they are')
  await dialog.getByRole('button', { name: 'Save as expected' }).click()
  await expect(dialog.getByText('All 3 rows are as expected.')).toBeVisible()
  await expect(dialog.getByText('1 of 1 passed')).toBeVisible()

  const { revision, draft } = await (await page.request.get(`${address}/api/flows/${id}`)).json()
  const settings = { others: 'keep', columns: [{ name: 'name', expression: "replace(name, 'bo', 'Bo')" }] }
  const changed = {
    ...draft,
    nodes: draft.nodes.map((one: { id: string }) => (one.id === 'shape' ? { ...one, settings } : one)),
  }
  await page.request.put(`${address}/api/flows/${id}/draft`, { data: { revision, flow: changed } })
  await page.goto(`${address}/flows/${id}/tests`)
  await expect(dialog.getByText('0 of 1 passed')).toBeVisible()
  const cell = dialog.locator('td[data-changed]')
  await expect(cell.locator('del')).toHaveText('bo')
  await expect(cell.locator('ins')).toHaveText('Bo')
  await accessible(page)
  await dialog.getByRole('button', { name: 'Expect these rows from now on' }).click()
  await expect(dialog.getByText('1 of 1 passed')).toBeVisible()
})

test('rows behind a sort are expected in their order; another order is told by its first row', async ({
  page,
  address,
}) => {
  const sorted = (direction: string) => {
    const flow = flowOf('In order')
    const sort = node('shape', 'sort', { keys: [{ column: 'id', direction }] }, 456)
    const edges = [edge('rows', 'keep'), edge('keep', 'shape'), edge('shape', 'out')]
    return { ...flow, nodes: [...flow.nodes, sort], edges }
  }
  const id = await make(page, address, sorted('descending'))
  await page.goto(`${address}/flows/${id}`)
  await card(page, 'shape').click()
  await page.getByRole('button', { name: 'Expect' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('switch', { name: 'Rows in this order' })).toBeChecked()
  await accessible(page)
  await dialog.getByRole('button', { name: 'Save as expected' }).click()
  await expect(dialog.getByText('rows are as expected, in their order.')).toBeVisible()

  const at = `${address}/api/flows/${id}`
  const { revision } = await (await page.request.get(at)).json()
  await page.request.put(`${at}/draft`, { data: { revision, flow: sorted('ascending') } })
  await page.goto(`${address}/flows/${id}/tests`)
  await expect(dialog.getByText('in another order from row 1 on')).toBeVisible()
  await dialog.getByRole('button', { name: 'Expect these rows from now on' }).click()
  await expect(dialog.getByText('rows are as expected, in their order.')).toBeVisible()
})

test.describe('中文', () => {
  test.use({ locale: 'zh-CN', colorScheme: 'dark', viewport: { width: 1024, height: 768 } })

  test('从模板新建流程，发布、修改、对比版本、保存黄金测试', async ({ page, address }) => {
    await page.goto(address)
    await page.getByRole('button', { name: '新建流程' }).click()
    await page.getByRole('menuitem', { name: '从模板新建…' }).click()
    await expect(page.getByRole('dialog').getByText('订单同步到 ERP')).toBeVisible()
    await accessible(page)
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /订单同步到 ERP/ })
      .click()
    await expect(page.getByRole('button', { name: '发布', exact: true })).toBeVisible()
    await page.getByRole('button', { name: '发布', exact: true }).click()
    await page.getByLabel('此版本有哪些变化？').fill('第一版')
    await page.getByRole('dialog').getByRole('button', { name: '发布', exact: true }).click()
    await expect(page.getByText('版本 1').first()).toBeVisible()
    await page.getByRole('textbox', { name: '流程名称' }).fill('订单（修改后）')
    await page.getByRole('button', { name: /^版本 1/ }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByText('版本 1 → 草稿')).toBeVisible()
    await expect(dialog.getByText('只有外观不同，运行结果不变。')).toBeVisible()
    await expect(dialog.locator('ins').first()).toBeVisible()
    await accessible(page)
    await dialog.getByRole('button', { name: '返回编辑器' }).click()

    await page.getByRole('button', { name: '更多操作' }).click()
    await page.getByRole('menuitem', { name: '黄金测试' }).click()
    await dialog.getByRole('button', { name: '新建黄金测试' }).click()
    await dialog.getByLabel('测试名称').fill('全部订单')
    await dialog.getByRole('button', { name: '保存为预期' }).click()
    await expect(dialog.getByText('1 项中通过 1 项')).toBeVisible()
    await accessible(page)
  })
})
