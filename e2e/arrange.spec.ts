import type { CDPSession, Page } from '@playwright/test'
import { expect, test } from './server.ts'

type Place = { x: number; y: number }

const node = (id: string, kind: string, settings: object, x: number, y: number) => ({
  id,
  kind,
  settings,
  position: { x, y },
})
const flow = (name: string) => ({
  format: 'millrace.flow',
  version: 1,
  name,
  nodes: [
    node('rows', 'csv.source', { path: 'arrange.csv' }, 0, 0),
    node('keep', 'filter', { expression: "id <> '1'" }, 336, 160),
    node('sort', 'sort', { keys: [{ column: 'id' }] }, 416, 320),
    node('out', 'csv.target', { path: `${name}.csv` }, 912, 64),
  ],
  edges: [
    ['rows', 'keep'],
    ['keep', 'sort'],
    ['sort', 'out'],
  ].map(([from, to]) => ({ from: { node: from, port: 'out' }, to: { node: to, port: 'in' } })),
})
const card = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`)

async function open(page: Page, address: string, name: string) {
  const file = { name: 'arrange.csv', mimeType: 'text/csv', buffer: Buffer.from('id\n1\n2\n3\n') }
  await page.request.post(`${address}/api/files?overwrite=true`, { multipart: { file } })
  const made = await page.request.post(`${address}/api/flows`, { data: { flow: flow(name) } })
  expect(made.status()).toBe(201)
  const { id } = await made.json()
  await page.goto(`${address}/flows/${id}`)
  await card(page, 'out').waitFor()
  /** Where the nodes lie in the flow as it is saved. */
  return async (): Promise<Record<string, Place>> => {
    const { draft } = await (await page.request.get(`${address}/api/flows/${id}`)).json()
    return Object.fromEntries(
      draft.nodes.map((one: { id: string; position: Place }) => [one.id, one.position]),
    )
  }
}

test('nodes are aligned, spread out and tidied up, each as one step that is undone at once', async ({
  page,
  address,
}) => {
  const places = await open(page, address, 'Arrange')
  const before = await places()
  await card(page, 'rows').click()
  for (const id of ['keep', 'sort', 'out']) await card(page, id).click({ modifiers: ['Control'] })
  const choose = async (name: string) => {
    // Its corner: on the way to their places the others may cover what is below.
    await card(page, 'rows').click({ button: 'right', position: { x: 20, y: 10 } })
    await page.getByRole('menuitem', { name, exact: true }).click()
  }
  const expectPlaces = (wanted: Record<string, Partial<Place>>) => expect.poll(places).toMatchObject(wanted)

  await choose('Align top')
  await expectPlaces({ rows: { x: 0, y: 0 }, keep: { x: 336, y: 0 }, sort: { y: 0 }, out: { y: 0 } })
  await choose('Distribute across')
  await expectPlaces({ rows: { x: 0 }, keep: { x: 304 }, sort: { x: 608 }, out: { x: 912 } })
  await page.keyboard.press('Control+z')
  await expectPlaces({ keep: { x: 336, y: 0 }, sort: { x: 416, y: 0 } })
  await page.keyboard.press('Control+z')
  await expectPlaces(before)
  await choose('Align left')
  await expectPlaces({ rows: { x: 0 }, keep: { x: 0, y: 160 }, sort: { x: 0, y: 320 }, out: { x: 0, y: 64 } })
  await choose('Distribute down')
  await expectPlaces({ rows: { y: 0 }, out: { y: 107 }, keep: { y: 213 }, sort: { y: 320 } })
  for (let step = 0; step < 2; step++) await page.keyboard.press('Control+z')
  await expectPlaces(before)

  await page.keyboard.press('Control+Shift+l')
  await expect
    .poll(async () => {
      const now = await places()
      const inLine = ['rows', 'keep', 'sort', 'out'].map((id) => now[id])
      return inLine.every((at, index) => index === 0 || (at?.x ?? 0) - (inLine[index - 1]?.x ?? 0) >= 224)
    })
    .toBe(true)
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  await page.keyboard.press('Control+z')
  await expectPlaces(before)
})

/** Fingers on the screen, as the browser gets them from one. */
async function fingers(session: CDPSession, steps: readonly (readonly Place[])[]) {
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', at: readonly Place[]) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: at.map(({ x, y }, id) => ({ x: Math.round(x), y: Math.round(y), id })),
    })
  for (const [index, at] of steps.entries()) await send(index === 0 ? 'touchStart' : 'touchMove', at)
  await send('touchEnd', [])
}

test('one finger moves the canvas or a node, two fingers zoom', async ({ browser, address }) => {
  const context = await browser.newContext({
    hasTouch: true,
    locale: 'en-GB',
    viewport: { width: 1024, height: 768 },
  })
  const page = await context.newPage()
  const places = await open(page, address, 'Touch')
  const session = await context.newCDPSession(page)
  const canvas = await page.locator('.react-flow').boundingBox()
  if (!canvas) throw new Error('no canvas')
  const box = async (id: string) =>
    (await card(page, id).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  const along = (from: Place, by: Place) =>
    [0, 0.1, 0.4, 0.7, 1].map((part) => ({ x: from.x + by.x * part, y: from.y + by.y * part }))

  // A place of the canvas where nothing lies.
  const empty = { x: canvas.x + 60, y: canvas.y + canvas.height - 60 }
  const start = await box('keep')
  await fingers(
    session,
    along(empty, { x: 40, y: -120 }).map((at) => [at]),
  )
  await expect.poll(async () => (await box('keep')).x - start.x).toBeCloseTo(40, -1)
  expect((await box('keep')).y - start.y).toBeCloseTo(-120, -1)
  expect(await places()).toMatchObject({ keep: { x: 336, y: 160 } })

  const moved = await box('keep')
  const centre = { x: canvas.x + canvas.width / 2, y: canvas.y + canvas.height - 120 }
  const spread = [20, 30, 50, 70, 90].map((half) => [
    { x: centre.x - half, y: centre.y },
    { x: centre.x + half, y: centre.y },
  ])
  await fingers(session, spread.toReversed())
  await expect.poll(async () => (await box('keep')).width).toBeLessThan(moved.width * 0.7)
  const small = await box('keep')
  await fingers(session, spread)
  await expect.poll(async () => (await box('keep')).width).toBeGreaterThan(small.width * 1.5)

  const at = await box('keep')
  const zoom = at.width / 224
  await fingers(
    session,
    along({ x: at.x + at.width / 2, y: at.y + 16 }, { x: 0, y: 64 * zoom }).map((one) => [one]),
  )
  await expect.poll(async () => (await places())['keep']?.y).toBeGreaterThan(190)
  await context.close()
})

test('what a file has that the flow does not know is asked about, let through or held back', async ({
  page,
  address,
}) => {
  const upload = (text: string) =>
    page.request.post(`${address}/api/files?overwrite=true`, {
      multipart: { file: { name: 'grown.csv', mimeType: 'text/csv', buffer: Buffer.from(text) } },
    })
  await upload('id,name\n1,Ann\n')
  const columns = ['id', 'name'].map((name) => ({ name, type: 'VARCHAR', format: '' }))
  const grown = {
    ...flow('Grown'),
    nodes: [
      node('rows', 'csv.source', { path: 'grown.csv', columns }, 0, 0),
      node('out', 'csv.target', { path: 'grown-out.csv' }, 320, 0),
    ],
    edges: [{ from: { node: 'rows', port: 'out' }, to: { node: 'out', port: 'in' } }],
  }
  const { id } = await (await page.request.post(`${address}/api/flows`, { data: { flow: grown } })).json()
  await page.goto(`${address}/flows/${id}`)
  await card(page, 'rows').click()
  const header = (name: string) =>
    page.getByRole('grid', { name: 'Output' }).getByRole('columnheader', { name: new RegExp(` ${name} `) })
  await expect(header('name')).toBeVisible()

  await upload('id,name,city\n1,Ann,Ulm\n')
  await page.reload()
  await card(page, 'rows').click()
  const settings = page.getByRole('region', { name: 'Settings' })
  const question = 'has columns that are not in the list: city.'
  await expect(settings.getByText(question)).toBeVisible()
  await expect(card(page, 'rows').getByRole('img', { name: /1 (warning|problem)/ })).toBeVisible()
  await expect(header('city')).toBeHidden()
  const policy = settings.getByRole('combobox', { name: 'New columns in the file' })
  await settings.getByRole('button', { name: /Let them through/ }).click()
  await expect(policy).toHaveValue('Let them through')
  await expect(header('city')).toBeVisible()
  await expect(settings.getByText(question)).toBeHidden()
  await policy.click()
  await page.getByRole('option', { name: 'Hold them back' }).click()
  await expect(header('city')).toBeHidden()
  await expect(settings.getByText(question)).toBeHidden()
})
