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
const column = (name: string, type = 'VARCHAR') => ({ name, type })

/** Keeps what has at least so much, as a flow that others use. */
const part = (name: string, input: string, output: string, least = '10') => ({
  format: 'millrace.flow',
  version: 1,
  name,
  parameters: [{ name: 'least', type: 'decimal', default: least }],
  nodes: [
    node('rows', 'input', { name: input, columns: [column('id', 'BIGINT'), column('amount')] }, 0),
    node('numbers', 'convert', { columns: [{ column: 'amount', type: 'DOUBLE' }] }, 304),
    node('large', 'filter', { expression: 'amount >= ${least}' }, 608),
    node('kept', 'output', { name: output }, 912),
  ],
  edges: [edge('rows', 'numbers'), edge('numbers', 'large'), edge('large', 'kept')],
})
const around = (name: string, file: string) => ({
  format: 'millrace.flow',
  version: 1,
  name,
  nodes: [
    node(
      'orders',
      'csv.source',
      {
        path: 'parts.csv',
        columns: [column('id', 'BIGINT'), column('amount')].map((each) => ({ ...each, format: '' })),
      },
      0,
    ),
    node('out', 'csv.target', { path: file }, 760),
  ],
  edges: [],
})
const card = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`)

async function make(page: Page, address: string, flow: object): Promise<string> {
  const made = await page.request.post(`${address}/api/flows`, { data: { flow } })
  expect(made.status()).toBe(201)
  return (await made.json()).id
}
async function publish(page: Page, address: string, id: string, flow?: object) {
  const at = `${address}/api/flows/${id}`
  const { revision } = await (await page.request.get(at)).json()
  if (flow) await page.request.put(`${at}/draft`, { data: { revision, flow } })
  const data = { revision: flow ? revision + 1 : revision, message: '', author: '' }
  expect((await page.request.post(`${at}/versions`, { data })).status()).toBe(201)
}
/** Draws an edge from an output to an input. */
async function connect(page: Page, from: string, fromPort: string, to: string, toPort: string) {
  const handle = (id: string, port: string, type: string) =>
    card(page, id).locator(`.react-flow__handle.${type}[data-handleid="${port}"]`)
  await handle(from, fromPort, 'source').dragTo(handle(to, toPort, 'target'))
}

test.beforeEach(async ({ page, address }) => {
  const files = {
    'parts.csv': 'id,amount\n1,12\n2,3\n3,x\n4,80\n',
    'places.csv': 'id,amount,place\n1,12,Bern\n2,30,北京\n',
  }
  for (const [name, text] of Object.entries(files)) {
    const file = { name, mimeType: 'text/csv', buffer: Buffer.from(text) }
    await page.request.post(`${address}/api/files?overwrite=true`, { multipart: { file } })
  }
})

test('a published flow is a node: drawn, bound, run, looked into, and brought up to date', async ({
  page,
  address,
}) => {
  const inner = await make(page, address, part('Large orders', 'orders', 'large'))
  await publish(page, address, inner)
  const id = await make(page, address, around('Uses a flow', 'uses.csv'))
  await page.goto(`${address}/flows/${id}`)
  await page
    .getByRole('region', { name: 'Flows', exact: true })
    .getByRole('button', { name: 'Large orders', exact: true })
    .click()
  const used = card(page, 'subflow')
  await expect(used).toContainText('Version 1 · Large orders')
  await connect(page, 'orders', 'out', 'subflow', 'orders')
  await connect(page, 'subflow', 'large', 'out', 'in')
  await used.click()
  const settings = page.locator('[data-area=settings]')
  await expect(settings).toContainText('Inputs: orders (id, amount)')
  await settings.getByLabel('least', { exact: true }).fill('50')
  await expect(page.locator('[data-area=data]')).toContainText('80.0')
  await accessible(page)

  await page.getByRole('button', { name: 'Run now', exact: true }).click()
  await expect(used).toContainText('Balanced')
  await expect(page.locator('.react-flow')).toContainText('1 row')
  await publish(page, address, inner, part('Large orders', 'orders', 'large', '1'))
  await used.getByRole('button', { name: 'Take version 2' }).click({ timeout: 30_000 })
  await expect(used).toContainText('Version 2 · Large orders')

  const { items } = await (await page.request.get(`${address}/api/runs?flowId=${id}`)).json()
  await page.goto(`${address}/runs/${items[0].id}`)
  await expect(card(page, 'subflow')).toContainText('Version 1 · Large orders')
  await expect(page.getByRole('table')).toContainText('Large orders › Filter')
  await page.getByRole('button', { name: 'Show what is inside Large orders' }).click()
  await expect(card(page, 'numbers')).toBeVisible()
  await expect(card(page, 'numbers')).toContainText('Balanced')
  await accessible(page)
  await page.getByRole('button', { name: 'The whole flow' }).click()
  await expect(card(page, 'subflow')).toBeVisible()

  await page.goto(`${address}/flows/${id}`)
  await card(page, 'subflow').dblclick()
  await expect(page).toHaveURL(`${address}/flows/${inner}`)
  await expect(card(page, 'rows')).toContainText('orders')
})

test('中文：把已发布的流程作为节点使用，缺少列时在端口处提示', async ({ page, address }) => {
  await page.addInitScript(() => localStorage.setItem('millrace.language', 'zh'))
  const inner = await make(page, address, part('大额订单', '订单', '结果'))
  await publish(page, address, inner)
  const id = await make(page, address, around('使用流程', '使用.csv'))
  await page.goto(`${address}/flows/${id}`)
  await page
    .getByRole('region', { name: '流程', exact: true })
    .getByRole('button', { name: '大额订单', exact: true })
    .click()
  await expect(card(page, 'subflow')).toContainText('版本 1 · 大额订单')
  await connect(page, 'orders', 'out', 'subflow', '订单')
  await connect(page, 'subflow', '结果', 'out', 'in')
  const at = `${address}/api/flows/${id}`
  await expect.poll(async () => (await (await page.request.get(at)).json()).draft.edges.length).toBe(2)
  const { draft, revision } = await (await page.request.get(at)).json()
  draft.nodes[0].settings.columns[1].name = 'amuont'
  await page.request.put(`${at}/draft`, { data: { revision, flow: draft } })
  await page.reload()
  await card(page, 'subflow').click()
  await expect(page.locator('[data-area=settings]')).toContainText('子流程需要列“amount”，但未收到')
  await accessible(page)
})

test('a column goes through a flow that is used under a new name, unless it is named inside', async ({
  page,
  address,
}) => {
  const content = part('Large orders', 'orders', 'large')
  const inner = await make(page, address, content)
  await publish(page, address, inner)
  const { nodes } = around('', 'through.csv')
  const [orders, out] = nodes
  const columns = ['id', 'amount', 'place'].map((name) => ({
    ...column(name, name === 'id' ? 'BIGINT' : 'VARCHAR'),
    format: '',
  }))
  const id = await make(page, address, {
    ...around('Renames', 'through.csv'),
    nodes: [
      { ...orders, settings: { path: 'places.csv', columns } },
      node('subflow', 'subflow', { uses: { flow: inner, version: 1, content } }, 304),
      node('known', 'filter', { expression: "place <> ''" }, 608),
      { ...out, position: { x: 912, y: 0 } },
    ],
    edges: [
      { from: { node: 'orders', port: 'out' }, to: { node: 'subflow', port: 'orders' } },
      { from: { node: 'subflow', port: 'large' }, to: { node: 'known', port: 'in' } },
      edge('known', 'out'),
    ],
  })
  const header = async (name: string) => {
    await card(page, 'orders').click()
    const columnHeader = page.getByRole('columnheader', { name: new RegExp(` ${name} `) })
    await columnHeader.getByRole('button').click()
  }
  const rename = async (name: string, to: string) => {
    await header(name)
    await page.getByRole('button', { name: 'Rename…' }).click()
    await page.getByLabel('New name').fill(to)
    await page.keyboard.press('Enter')
  }
  await page.goto(`${address}/flows/${id}`)
  await rename('amount', 'sum')
  const refusal = page.getByRole('dialog', { name: 'Rename amount' })
  await expect(refusal).toContainText(
    'The sub-flow “Large orders” names “amount” inside, at “rows”, “numbers”, “large”',
  )
  await expect(refusal).toContainText('Put a Map before the sub-flow')
  await accessible(page, 'a refusal')
  await page.keyboard.press('Escape')

  await header('amount')
  await page.getByRole('button', { name: 'Remove…' }).click()
  const removal = page.getByRole('dialog', { name: 'Remove amount' })
  await expect(removal.getByRole('listitem').filter({ hasText: 'Sub-flow' })).toHaveText([
    /rows$/,
    /numbers$/,
    /large$/,
  ])
  await accessible(page, 'what breaks inside')
  await removal.getByRole('button', { name: 'Cancel' }).click()

  await rename('place', 'town')
  await expect(page.getByRole('complementary', { name: 'place is now town' })).toContainText("town <> ''")
  await expect
    .poll(async () => {
      const { draft } = await (await page.request.get(`${address}/api/flows/${id}`)).json()
      return draft.nodes.map(({ settings }: { settings: object }) => settings)
    })
    .toMatchObject([{}, { uses: { content } }, { expression: "town <> ''" }, {}])
})
