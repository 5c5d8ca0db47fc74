import type { Page } from '@playwright/test'
import { accessible } from './accessible.ts'
import { expect, test } from './server.ts'

const node = (id: string, kind: string, settings: object, x: number) => ({
  id,
  kind,
  settings,
  position: { x, y: 0 },
})

const customers = ['cust_name,mobile,city,order']
for (let n = 0; n < 12; n++)
  customers.push(`客户${n},1380013800${n % 10},${['Shanghai', 'Beijing', 'Xi’an'][n % 3]},${n}`)

interface Place {
  readonly page: Page
  readonly address: string
}

/** A flow customers → keep → map → out, opened. */
async function open({ page, address }: Place, settings: { keep?: object; map?: object }) {
  const upload = (name: string, text: string) =>
    page.request.post(`${address}/api/files?overwrite=true`, {
      multipart: { file: { name, mimeType: 'text/csv', buffer: Buffer.from(text) } },
    })
  await upload('customers.csv', `${customers.join('\n')}\n`)
  await upload('erp.csv', '客户名称,手机号,城市,备注\n张三,138,上海,x\n')
  const ids = ['customers', 'keep', 'map', 'out']
  const flow = {
    format: 'millrace.flow',
    version: 1,
    name: 'Rules',
    parameters: [{ name: 'wanted', type: 'text', default: 'Beijing', description: '' }],
    nodes: [
      node('customers', 'csv.source', { path: 'customers.csv' }, 0),
      node('keep', 'filter', settings.keep ?? {}, 304),
      node('map', 'map', settings.map ?? { others: 'keep' }, 608),
      node('out', 'csv.target', { path: 'rules-out.csv' }, 912),
    ],
    edges: ids.slice(1).map((id, index) => ({
      from: { node: ids[index], port: 'out' },
      to: { node: id, port: 'in' },
    })),
  }
  const made = await page.request.post(`${address}/api/flows`, { data: { flow } })
  expect(made.status()).toBe(201)
  const { id } = await made.json()
  await page.goto(`${address}/flows/${id}`)
  await expect(page.locator('.react-flow__node')).toHaveCount(4)
  /** The settings of a node as they are saved. */
  return async (nodeId: string) => {
    const { draft } = await (await page.request.get(`${address}/api/flows/${id}`)).json()
    return draft.nodes.find((one: { id: string }) => one.id === nodeId).settings
  }
}

const card = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`)
const inspector = (page: Page) => page.getByRole('region', { name: /^(Settings|设置)$/ })

test('conditions are built, read as code, written as code, and built again', async ({ page, address }) => {
  const saved = await open({ page, address }, {})
  await card(page, 'keep').click()
  const form = inspector(page)
  await form.getByRole('button', { name: 'Add condition' }).click()
  await form.getByLabel('Column of condition 1').click()
  await page.getByRole('option', { name: 'city', exact: true }).click()
  // What the column holds is offered.
  await form.getByLabel('Value of condition 1').click()
  await page.getByRole('option', { name: /Beijing/ }).click()
  await expect(form.getByLabel('Value of condition 1')).toHaveValue('Beijing')
  await form.getByRole('button', { name: 'Add group' }).click()
  const group = form.getByRole('group', { name: 'Group 1' })
  await group.getByLabel('Column of condition 2').click()
  await page.getByRole('option', { name: 'order', exact: true }).click()
  await group.getByLabel('Value of condition 2').fill('1')
  await page.keyboard.press('Tab')
  await group.getByRole('button', { name: 'Add condition' }).click()
  await group.getByLabel('Column of condition 3').click()
  await page.getByRole('option', { name: 'order', exact: true }).click()
  await group.getByLabel('Value of condition 3').fill('4')
  await page.keyboard.press('Tab')

  await accessible(page, 'condition builder')

  await form.getByText('Code', { exact: true }).click()
  const code = form.locator('.cm-content')
  await expect(code).toHaveText(/"city" = 'Beijing'.*AND \("order" = '1'.*OR "order" = '4'\)/s)
  await expect(page.getByText('2 rows').first()).toBeVisible()
  await code.click()
  await page.keyboard.press('Control+Home')
  await page.keyboard.type('mobile is not null or ')
  await expect(form.getByRole('status')).toContainText('blanks')
  await accessible(page, 'conditions as code')
  await expect(form.getByText('Builder', { exact: true })).toBeDisabled()
  await page.keyboard.press('Control+a')
  await page.keyboard.type("city in ('Shanghai', 'Beijing') and \"order\" = '3'")
  await expect(form.getByRole('status')).toBeHidden()
  await form.getByText('Builder', { exact: true }).click()
  await expect(form.getByLabel('Column of condition 2')).toHaveValue('order')
  await expect
    .poll(() => saved('keep'))
    .toEqual({
      where: {
        combine: 'and',
        conditions: [
          { column: 'city', operator: 'oneOf', values: ['Shanghai', 'Beijing'] },
          { column: 'order', operator: 'equals', values: ['3'] },
        ],
      },
      expression: '',
    })
})

test('what conditions cannot say stays as code, with its reason', async ({ page, address }) => {
  await open({ page, address }, { keep: { expression: 'length(cust_name) > 3' } })
  await card(page, 'keep').click()
  const form = inspector(page)
  await expect(form.locator('.cm-content')).toHaveText('length(cust_name) > 3')
  await expect(form.getByRole('status')).toContainText('“length” is a calculation')
})

test('an expression is completed, explained, computed beside, and mended by a click', async ({
  page,
  address,
}) => {
  const saved = await open(
    { page, address },
    { map: { columns: [{ name: 'shout', expression: 'upper(cust_nme)' }], others: 'drop' } },
  )
  await card(page, 'map').click()
  const form = inspector(page)
  await form.getByRole('button', { name: 'Use cust_name' }).click()
  const code = form.locator('.cm-content')
  await expect(code).toHaveText('upper(cust_name)')
  await code.click()
  const result = form.getByRole('table', { name: 'Result on the first rows' })
  await expect(result.getByRole('row').nth(1)).toContainText('客户0')
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowLeft')
  await expect(form.getByText('In capital letters')).toBeVisible()
  await accessible(page, 'expression in the form')

  // A word of SQL as the name of a column: the quoted spelling is offered.
  await page.keyboard.press('Control+a')
  await page.keyboard.type("order || '!'")
  await form.getByRole('button', { name: 'Use "order"' }).click()
  await expect(code).toHaveText('"order" || \'!\'')
  await code.click()
  await expect(result.getByRole('row').nth(3)).toContainText('2!')

  await page.keyboard.press('Control+a')
  await page.keyboard.type('concat(mob')
  await page.getByRole('option', { name: /mobile/ }).click()
  await page.keyboard.type(', ${wan')
  await page.getByRole('option', { name: /wanted/ }).click()
  await expect(result.getByRole('row').nth(1)).toContainText('13800138000Beijing')
  await expect.poll(async () => (await saved('map')).columns[0].expression).toBe('concat(mobile, ${wanted})')

  await form.getByRole('button', { name: 'Larger editor for Value' }).click()
  const dialog = page.getByRole('dialog', { name: 'Value' })
  await dialog.locator('.cm-content').click()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await dialog.getByLabel('Search functions').fill('last characters')
  await dialog.getByRole('button', { name: /right\(text, count\)/ }).click()
  await page.keyboard.type('mobile')
  await page.keyboard.press('Tab')
  await page.keyboard.type('4')
  await expect(dialog.locator('.cm-content')).toHaveText('right(mobile, 4)')
  await expect(dialog.getByRole('table').getByRole('row').nth(1)).toContainText('8000')
  await accessible(page, 'expression dialog')
})

test('columns are mapped by proposals, by dragging and by keyboard', async ({ page, address }) => {
  const saved = await open({ page, address }, {})
  await card(page, 'map').click()
  await inspector(page).getByRole('button', { name: 'Open the field mapper' }).click()
  const dialog = page.getByRole('dialog', { name: 'Field mapper' })
  await dialog.getByRole('button', { name: 'From a file' }).click()
  await page.getByRole('combobox', { name: 'From a file' }).click()
  await page.getByRole('option', { name: 'erp.csv' }).click()
  await page.getByRole('button', { name: 'Add 4 columns' }).click()
  await expect(dialog.getByText(/cust_name · 9\d% sure/)).toBeVisible()
  await accessible(page, 'field mapper with proposals')
  await dialog.getByRole('button', { name: 'Accept mobile for 手机号' }).click()
  await dialog.getByRole('button', { name: 'Accept all (2)' }).click()
  await expect(dialog.getByText('3 of 4 mapped')).toBeVisible()
  await expect(dialog.getByText('no value yet')).toBeVisible()
  await expect(dialog.locator('path[data-look=copy]')).toHaveCount(3)
  await accessible(page, 'field mapper')

  await dialog.getByRole('button', { name: 'Paste a header' }).click()
  await page.getByRole('textbox', { name: 'Paste a header' }).fill('No.\tRegion')
  await page.getByRole('button', { name: 'Add 2 columns' }).click()
  // By dragging …
  const source = dialog.locator('[data-source=order]')
  const target = dialog.locator('[data-target="3"]')
  const [from, to] = [await source.boundingBox(), await target.boundingBox()]
  if (!from || !to) throw new Error('nothing to drag')
  await page.mouse.move(from.x + 40, from.y + from.height / 2)
  await page.mouse.down()
  await page.mouse.move(to.x - 60, to.y, { steps: 4 })
  await expect(dialog.locator('path[data-look=drag]')).toHaveCount(1)
  await page.mouse.move(to.x + 60, to.y + to.height / 2, { steps: 4 })
  await page.mouse.up()
  await expect(dialog.locator('path[data-look=copy]')).toHaveCount(4)
  // … and by keyboard.
  await dialog.locator('[data-source=city]').focus()
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'Region', exact: true }).focus()
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'Remove No.' }).click()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect
    .poll(async () => (await saved('map')).columns)
    .toEqual([
      { name: '客户名称', expression: '"cust_name"' },
      { name: '手机号', expression: '"mobile"' },
      { name: '城市', expression: '"city"' },
      { name: '备注', expression: '"order"' },
      { name: 'Region', expression: '"city"' },
    ])
})

test('a form of 200 expressions has editors for those in view, and for the one that the keyboard reaches', async ({
  page,
  address,
}) => {
  const columns = Array.from({ length: 200 }, (_, n) => ({ name: `c${n}`, expression: 'cust_name' }))
  const saved = await open({ page, address }, { map: { columns } })
  await card(page, 'map').click()
  const form = inspector(page)
  const fields = form.getByRole('textbox', { name: 'Value', exact: true })
  await expect(fields).toHaveCount(200)
  await expect(form.locator('.cm-content').first()).toHaveText('cust_name')
  expect(await form.locator('.cm-content').count()).toBeLessThan(40)
  const far = fields.nth(120)
  await expect(far).toHaveText('cust_name')
  await expect(far).not.toHaveClass(/cm-content/)
  await far.focus()
  await expect(far).toHaveClass(/cm-content/)
  await expect(far).toBeFocused()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(' || city')
  await expect.poll(async () => (await saved('map')).columns[120].expression).toBe('cust_name || city')
  expect(await form.locator('.cm-content').count()).toBeLessThan(60)
})

test('the field mapper opens before anything arrives', async ({ page, address }) => {
  const flow = {
    format: 'millrace.flow',
    version: 1,
    name: 'Alone',
    nodes: [node('map', 'map', {}, 0)],
    edges: [],
  }
  const { id } = await (await page.request.post(`${address}/api/flows`, { data: { flow } })).json()
  await page.goto(`${address}/flows/${id}`)
  await card(page, 'map').click()
  await inspector(page).getByRole('button', { name: 'Open the field mapper' }).click()
  await expect(
    page.getByRole('dialog', { name: 'Field mapper' }).getByText('Nothing arrives yet'),
  ).toBeVisible()
})

test('规则可用中文编写', async ({ browser, address }) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  await context.addInitScript(() => localStorage.setItem('millrace.language', 'zh'))
  const page = await context.newPage()
  await open({ page, address }, { map: { columns: [{ name: '大写', expression: 'upper(cust_nme)' }] } })
  await card(page, 'map').click()
  const form = inspector(page)
  await expect(form.getByText('此处没有列“cust_nme”。')).toBeVisible()
  await form.getByRole('button', { name: /cust_name/ }).click()
  await form.locator('.cm-content').click()
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowLeft')
  await expect(form.getByText('转为大写')).toBeVisible()
  await accessible(page, '表达式')
  await expect(form.getByRole('table', { name: '前几行的结果' })).toContainText('客户0')
  await form.getByRole('button', { name: '打开字段映射' }).click()
  const dialog = page.getByRole('dialog', { name: '字段映射' })
  await dialog.getByRole('button', { name: '粘贴表头' }).click()
  await page.getByRole('textbox', { name: '粘贴表头' }).fill('客户名称、手机、所在城市')
  await page.getByRole('button', { name: '添加 3 列' }).click()
  await dialog.getByRole('button', { name: '全部采纳（3）' }).click()
  await expect(dialog.getByText('已映射 4 / 4')).toBeVisible()
  await accessible(page, '字段映射')
  await page.keyboard.press('Escape')
  await card(page, 'keep').click()
  await form.getByRole('button', { name: '添加条件组' }).click()
  await expect(form.getByRole('group', { name: '条件组 1' })).toBeVisible()
  await accessible(page, '条件')
  await context.close()
})
