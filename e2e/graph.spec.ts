import type { Locator, Page } from '@playwright/test'
import { expect, test } from './server.ts'

const node = (id: string, kind: string, settings: object, x: number, y = 0) => ({
  id,
  kind,
  settings,
  position: { x, y },
})
const edge = (from: string, to: string) => ({
  from: { node: from, port: 'out' },
  to: { node: to, port: 'in' },
})
const flow = (name: string, more: object = {}) => ({
  format: 'millrace.flow',
  version: 1,
  name,
  nodes: [
    node('rows', 'csv.source', { path: 'graph.csv' }, 0),
    node('keep', 'filter', { expression: "id <> '1'" }, 304),
    node('out', 'csv.target', { path: `${name}.csv` }, 608),
    node('loose', 'sort', { columns: [] }, 304, 240),
  ],
  edges: [edge('rows', 'keep'), edge('keep', 'out')],
  ...more,
})
const card = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`)
const edgesOf = async (page: Page, address: string, id: string): Promise<string[]> => {
  const { draft } = await (await page.request.get(`${address}/api/flows/${id}`)).json()
  return draft.edges.map(
    ({ from, to }: ReturnType<typeof edge>) => `${from.node}:${from.port} ${to.node}:${to.port}`,
  )
}
const middle = async (of: Locator) => {
  const box = await of.boundingBox()
  if (!box) throw new Error('not on the screen')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}
const edgeMiddle = async (page: Page, from: string, to: string) => {
  const [a, b] = [await middle(card(page, from)), await middle(card(page, to))]
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
}
async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }) {
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(from.x + 8, from.y + 8)
  await page.mouse.move(to.x, to.y, { steps: 6 })
}

async function open(page: Page, address: string, document: object): Promise<string> {
  const file = { name: 'graph.csv', mimeType: 'text/csv', buffer: Buffer.from('id\n1\n2\n3\n') }
  await page.request.post(`${address}/api/files?overwrite=true`, { multipart: { file } })
  const made = await page.request.post(`${address}/api/flows`, { data: { flow: document } })
  expect(made.status()).toBe(201)
  const { id } = await made.json()
  await page.goto(`${address}/flows/${id}`)
  await card(page, 'rows').waitFor()
  return id
}

test('an edge may be let go anywhere on a node; where it may not, the node says why', async ({
  page,
  address,
}) => {
  const id = await open(page, address, flow('Connect'))
  const port = await middle(card(page, 'keep').locator('[data-port="out"]').first())
  const { x, y } = await middle(card(page, 'rows'))
  await drag(page, port, { x, y: y + 10 })
  await expect(card(page, 'rows').getByText('A source takes no rows.')).toBeHidden()
  await expect(card(page, 'rows').getByText('go round in a circle')).toBeVisible()
  await expect(card(page, 'out').getByText('already')).toBeVisible()
  await expect(card(page, 'loose').locator('[data-answer="yes"]')).toBeVisible()
  await page.mouse.up()
  await expect(page.getByText('These cannot be connected')).toBeVisible()
  await drag(page, port, await middle(card(page, 'loose')))
  await page.mouse.up()
  await expect.poll(() => edgesOf(page, address, id)).toContain('keep:out loose:in')
})

test('nodes are put into edges: from the plus in its middle, and by dropping one there', async ({
  page,
  address,
}) => {
  const id = await open(page, address, flow('Insert'))
  const spot = await edgeMiddle(page, 'rows', 'keep')
  await page.mouse.move(spot.x, spot.y)
  await page.getByRole('button', { name: 'Insert a node here' }).click()
  await page.keyboard.type('Remove dupl')
  await page.keyboard.press('Enter')
  await expect(page.locator('.react-flow__node')).toHaveCount(5)
  await expect.poll(() => edgesOf(page, address, id)).toHaveLength(3)
  await page.keyboard.press('Control+z')
  await expect(page.locator('.react-flow__node')).toHaveCount(4)

  await page.keyboard.press('1')
  await page.waitForTimeout(400)
  await drag(page, await middle(card(page, 'loose')), await edgeMiddle(page, 'keep', 'out'))
  await expect(page.locator('[data-drop]')).toHaveCount(1)
  await page.mouse.up()
  await expect
    .poll(() => edgesOf(page, address, id))
    .toEqual(['rows:out keep:in', 'keep:out loose:in', 'loose:out out:in'])
  // All of it is one edit.
  await page.keyboard.press('Control+z')
  await expect.poll(() => edgesOf(page, address, id)).toEqual(['rows:out keep:in', 'keep:out out:in'])
})

test('from afar nodes keep their names, and all can be chosen, moved and put into edges', async ({
  page,
  address,
}) => {
  const id = await open(page, address, flow('Afar'))
  const canvas = page.locator('.react-flow')
  for (let n = 0; n < 10 && !(await canvas.getAttribute('data-far')?.then((far) => far !== null)); n++) {
    await page.getByRole('button', { name: 'Zoom out' }).click()
    await page.waitForTimeout(250)
  }
  await expect(card(page, 'keep')).toHaveText('Filter')
  const wire = page.getByRole('button', { name: 'Edge from Filter to CSV' })
  await wire.focus()
  await page.keyboard.press('Enter')
  await expect(wire.locator('[data-selected]')).toHaveCount(1)
  const spot = await edgeMiddle(page, 'rows', 'keep')
  await page.mouse.click(spot.x, spot.y)
  await expect(wire.locator('[data-selected]')).toHaveCount(0)
  await expect(canvas.locator('.react-flow__edge [data-selected]')).toHaveCount(1)

  await drag(page, await middle(card(page, 'loose')), await edgeMiddle(page, 'keep', 'out'))
  await expect(page.locator('[data-drop]')).toHaveCount(1)
  await page.mouse.up()
  await expect
    .poll(() => edgesOf(page, address, id))
    .toEqual(['rows:out keep:in', 'keep:out loose:in', 'loose:out out:in'])
  const { x, y } = await middle(card(page, 'keep'))
  await page.mouse.click(x, y)
  await expect(card(page, 'keep')).toHaveClass(/ selected /)
})

test('a file dropped on the canvas becomes a source that is read', async ({ page, address }) => {
  const id = await open(page, address, flow('Drop'))
  const dropFile = async () => {
    const data = await page.evaluateHandle(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File(['number;town\n1;Ulm\n2;Bonn\n'], 'towns.csv', { type: 'text/csv' }))
      return transfer
    })
    const at = { clientX: 700, clientY: 420 }
    const canvas = page.locator('.react-flow')
    await canvas.dispatchEvent('dragover', { dataTransfer: data, ...at })
    await canvas.dispatchEvent('drop', { dataTransfer: data, ...at })
  }
  await dropFile()
  await expect(card(page, 'csv')).toBeVisible()
  await expect(async () => {
    const { draft } = await (await page.request.get(`${address}/api/flows/${id}`)).json()
    const { settings } = draft.nodes.find((one: { id: string }) => one.id === 'csv')
    expect(settings).toMatchObject({ path: 'towns.csv', delimiter: ';' })
    expect(settings.columns.map(({ name }: { name: string }) => name)).toEqual(['number', 'town'])
  }).toPass()
  await dropFile()
  await page.getByRole('button', { name: 'Keep both' }).click()
  await expect(card(page, 'csv-2')).toBeVisible()
  const files = await (await page.request.get(`${address}/api/files`)).json()
  expect(files.map(({ path }: { path: string }) => path)).toEqual(
    expect.arrayContaining(['towns.csv', 'towns-2.csv']),
  )
})
