import type { Page } from '@playwright/test'
import { accessible } from './accessible.ts'
import { connect, inDatabase, server } from './postgres.ts'
import { expect, test } from './server.ts'

test.use({ actionTimeout: 15_000 })
test.skip(!server.isThere, 'MILLRACE_TEST_POSTGRES names no PostgreSQL')

const node = (id: string, kind: string, settings: object, x: number) => ({
  id,
  kind,
  settings,
  position: { x, y: 0 },
})
const card = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`)
const settingsOf = (page: Page) => page.getByRole('region', { name: /^(Settings|设置)$/ })

/** A schema of its own with orders, of which every one has a time of its last change. */
async function makeOrders(schema: string): Promise<void> {
  await inDatabase(
    `DROP SCHEMA IF EXISTS ${schema} CASCADE`,
    `CREATE SCHEMA ${schema}`,
    `CREATE TABLE ${schema}.orders (id bigint PRIMARY KEY, amount integer, changed timestamptz NOT NULL)`,
    `CREATE TABLE ${schema}.copy (id bigint PRIMARY KEY, amount integer CHECK (amount >= 0), changed timestamptz)`,
    `INSERT INTO ${schema}.orders SELECT id, id * 10, timestamptz '2026-03-01 12:00Z' + id * interval '1 hour'
       FROM generate_series(1, 3) AS id`,
  )
}
const amounts = async (table: string) =>
  (await inDatabase(`SELECT id, amount FROM ${table} ORDER BY id`)).map(
    ({ id, amount }) => `${id}: ${amount}`,
  )

async function chooseTable(page: Page, connection: string, schema: string, table: string) {
  await settingsOf(page).getByPlaceholder('Choose a connection').click()
  await page.getByRole('option', { name: connection }).click()
  await page.getByRole('button', { name: 'Browse tables' }).click()
  const tables = page.getByRole('dialog', { name: 'Browse tables' })
  await tables.getByLabel('Search schemas and tables').fill(table)
  const found = tables.getByRole('listitem').filter({ has: page.getByRole('button', { name: schema }) })
  await found.getByRole('button', { name: table, exact: true }).click()
  await expect(page.getByRole('textbox', { name: 'Table' })).toHaveValue(`${schema}.${table}`)
}
async function choose(page: Page, name: string, option: string) {
  await settingsOf(page).getByRole('combobox', { name, exact: true }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}
/** Waits until a run started by the page has ended, and gives it. */
async function ended(page: Page, address: string, count: number) {
  const flowId = new URL(page.url()).pathname.split('/')[2]
  let last: { id: string; rowsIn: number; rejected: number; status: string } | undefined
  await expect(async () => {
    const { items } = await (await page.request.get(`${address}/api/runs?flowId=${flowId}`)).json()
    expect(items).toHaveLength(count)
    expect(items[0].status).toBe('succeeded')
    last = items[0]
  }).toPass()
  if (!last) throw new Error('no run')
  return last
}

test('from a connection to a mended row: an incremental upsert that is looked at before it runs', async ({
  page,
  address,
}) => {
  test.setTimeout(180_000)
  await makeOrders('e2e_journey')
  await page.goto(`${address}/connections`)
  await page.getByRole('button', { name: 'New connection' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'PostgreSQL' }).click()
  await dialog.getByLabel('Name', { exact: true }).fill('Journey')
  await dialog.getByLabel('Host').fill(server.settings.host)
  await dialog.getByLabel('Port').fill(server.port)
  await dialog.getByLabel('Database').fill(server.settings.database)
  await dialog.getByLabel('User').fill(server.settings.user)
  await dialog.getByLabel('Password', { exact: true }).fill(server.password)
  await dialog.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('region', { name: 'Last test' })).toContainText('Works')

  await page.goto(address)
  await page.getByRole('button', { name: 'New flow' }).click()
  await page.getByRole('menuitem', { name: 'Empty flow' }).click()
  const palette = page.getByRole('region', { name: 'Palette' })
  await palette.getByRole('button', { name: 'PostgreSQL' }).first().click()
  await chooseTable(page, 'Journey', 'e2e_journey', 'orders')
  await choose(page, 'How much', 'Only what is new')
  await choose(page, 'Cursor column', 'changed')
  await choose(page, 'Key columns', 'id')
  await palette.getByRole('button', { name: 'PostgreSQL' }).last().click()
  await expect(page.locator('.react-flow__edge')).toHaveCount(1)
  await chooseTable(page, 'Journey', 'e2e_journey', 'copy')
  await choose(page, 'Write', 'Upsert: update by key, insert what is new')
  await choose(page, 'Key', 'id')
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  const flow = page.url()

  await page.getByRole('button', { name: 'More ways to run' }).click()
  await page.getByRole('menuitem', { name: /Dry run/ }).click()
  await expect(page.getByRole('button', { name: '3 to insert' })).toBeVisible()
  expect(await amounts('e2e_journey.copy')).toEqual([])
  await page.getByRole('button', { name: 'Approve and run' }).click()
  await expect.poll(() => amounts('e2e_journey.copy')).toEqual(['1: 10', '2: 20', '3: 30'])
  await expect(page.getByText('Succeeded', { exact: true }).first()).toBeVisible()

  // One row that the target's own rule refuses, and one that is new.
  await inDatabase(
    `UPDATE e2e_journey.orders SET amount = -5, changed = changed + interval '1 day' WHERE id = 2`,
    `INSERT INTO e2e_journey.orders VALUES (4, 40, timestamptz '2026-03-03 12:00Z')`,
  )
  await page.goto(flow)
  await page.getByRole('button', { name: 'Run now' }).click()
  const run = await ended(page, address, 3)
  expect(run).toMatchObject({ rowsIn: 2, rejected: 1 })
  expect(await amounts('e2e_journey.copy')).toEqual(['1: 10', '2: 20', '3: 30', '4: 40'])

  await page.goto(`${address}/runs/${run.id}?tab=rejects`)
  await page.getByRole('link', { name: 'Mend and replay' }).click()
  const rows = page.getByRole('region', { name: 'Rejected rows' })
  await expect(rows.getByRole('row')).toHaveCount(2)
  await expect(rows).toContainText('copy_amount_check')
  // What a table refuses as a whole row names no column.
  await rows.getByRole('button', { name: /^Open row/ }).click()
  const drawer = page.getByRole('dialog', { name: 'Rejected row' })
  await drawer.getByRole('textbox', { name: /^amount/ }).fill('25')
  await expect(drawer.getByText('found by key, so that nothing is doubled')).toBeVisible()
  await accessible(page, 'a row that a database refused')
  await drawer.getByRole('button', { name: 'Save and replay' }).click()
  const replay = page.getByRole('dialog', { name: 'Feed 1 row in again' })
  await replay.getByRole('button', { name: 'Replay' }).click()
  await expect(drawer.getByText('Replayed', { exact: true })).toBeVisible()
  expect(await amounts('e2e_journey.copy')).toEqual(['1: 10', '2: 25', '3: 30', '4: 40'])
})

test('a replacement is rolled back with one click, and forth again', async ({ page, address }) => {
  await makeOrders('e2e_replace')
  const connection = await connect(page, address, 'Replaced')
  const flow = {
    format: 'millrace.flow',
    version: 1,
    name: 'Replace',
    nodes: [
      node('orders', 'postgres.source', { connection, table: 'e2e_replace.orders' }, 0),
      node('out', 'postgres.target', { connection, table: 'e2e_replace.copy', mode: 'replace' }, 320),
    ],
    edges: [{ from: { node: 'orders', port: 'out' }, to: { node: 'out', port: 'in' } }],
  }
  const { id } = await (await page.request.post(`${address}/api/flows`, { data: { flow } })).json()
  await page.goto(`${address}/flows/${id}`)
  await page.getByRole('button', { name: 'Run now' }).click()
  await ended(page, address, 1)
  await inDatabase('DELETE FROM e2e_replace.orders WHERE id < 3')
  await page.getByRole('button', { name: 'Run now' }).click()
  const run = await ended(page, address, 2)
  expect(await amounts('e2e_replace.copy')).toEqual(['3: 30'])

  await page.goto(`${address}/runs/${run.id}?tab=outputs`)
  const back = async (rows: string) => {
    await page.getByRole('button', { name: /^Put the previous rows back/ }).click()
    const confirm = page.getByRole('dialog')
    await expect(confirm).toContainText(rows)
    await confirm.getByRole('button', { name: 'Put the previous rows back' }).click()
    await expect(confirm).toBeHidden()
  }
  await back('3 rows')
  await expect.poll(() => amounts('e2e_replace.copy')).toEqual(['1: 10', '2: 20', '3: 30'])
  await back('1 row')
  await expect.poll(() => amounts('e2e_replace.copy')).toEqual(['3: 30'])
})

test('where an incremental source stands is seen, moved, reset, and an interval read once more', async ({
  page,
  address,
}) => {
  await makeOrders('e2e_cursor')
  const connection = await connect(page, address, 'Cursor')
  const source = { connection, table: 'e2e_cursor.orders', mode: 'incremental', cursorColumn: 'id' }
  const target = { connection, table: 'e2e_cursor.copy', mode: 'upsert', keys: ['id'] }
  const flow = {
    format: 'millrace.flow',
    version: 1,
    name: 'Cursor',
    nodes: [node('orders', 'postgres.source', source, 0), node('out', 'postgres.target', target, 320)],
    edges: [{ from: { node: 'orders', port: 'out' }, to: { node: 'out', port: 'in' } }],
  }
  const { id } = await (await page.request.post(`${address}/api/flows`, { data: { flow } })).json()
  await page.goto(`${address}/flows/${id}`)
  await card(page, 'orders').click()
  const cursor = page.getByRole('region', { name: 'Read up to' })
  await expect(cursor).toContainText('Not read yet')
  const run = page.getByRole('button', { name: 'Run now' })
  await run.click()
  expect(await ended(page, address, 1)).toMatchObject({ rowsIn: 3 })
  await expect(cursor.getByRole('definition')).toHaveText('3')
  await expect(cursor.getByRole('link', { name: 'this run' })).toBeVisible()

  await cursor.getByRole('button', { name: 'Edit …' }).click()
  const editing = page.getByRole('dialog', { name: 'Move the position' })
  await accessible(page, 'moving a cursor')
  await editing.getByRole('textbox', { name: 'id' }).fill('many')
  await editing.getByRole('button', { name: 'Move', exact: true }).click()
  await expect(editing).toContainText(
    '“many” cannot be a position of “id” (BIGINT): a whole number is wanted.',
  )
  await editing.getByRole('textbox', { name: 'id' }).fill('1')
  await editing.getByRole('button', { name: 'Move', exact: true }).click()
  await expect(editing).toBeHidden()
  await expect(cursor).toContainText('by hand')
  await run.click()
  expect(await ended(page, address, 2)).toMatchObject({ rowsIn: 2 })
  await expect(cursor.getByRole('definition')).toHaveText('3')

  await cursor.getByRole('button', { name: 'Backfill …' }).click()
  const backfill = page.getByRole('dialog', { name: 'Backfill an interval' })
  await backfill.getByLabel('From').fill('2')
  await backfill.getByLabel('To').fill('2')
  await accessible(page, 'a backfill')
  await inDatabase('UPDATE e2e_cursor.orders SET amount = 99')
  await backfill.getByRole('button', { name: 'Backfill', exact: true }).click()
  await expect(backfill).toBeHidden()
  expect(await ended(page, address, 3)).toMatchObject({ rowsIn: 1 })
  expect(await amounts('e2e_cursor.copy')).toEqual(['1: 10', '2: 99', '3: 30'])
  await expect(cursor.getByRole('definition')).toHaveText('3')

  await cursor.getByRole('button', { name: 'Reset' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click()
  await expect(cursor).toContainText('Reset: the next run reads from the beginning')
  await run.click()
  expect(await ended(page, address, 4)).toMatchObject({ rowsIn: 3 })
  expect(await amounts('e2e_cursor.copy')).toEqual(['1: 99', '2: 99', '3: 99'])
})

test('columns are mapped to those of the target’s table; what does not fit is converted before', async ({
  page,
  address,
}) => {
  await inDatabase(
    'DROP SCHEMA IF EXISTS e2e_mapper CASCADE',
    'CREATE SCHEMA e2e_mapper',
    `CREATE TABLE e2e_mapper.people (code text PRIMARY KEY, full_name text NOT NULL, amount integer,
       made timestamptz NOT NULL DEFAULT now())`,
  )
  const connection = await connect(page, address, 'Mapped')
  const file = {
    name: 'mapped.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('full name,amount\nAnn,12\nBo,many\n'),
  }
  await page.request.post(`${address}/api/files?overwrite=true`, { multipart: { file } })
  const text = (name: string) => ({ name, type: 'VARCHAR', format: '' })
  const flow = {
    format: 'millrace.flow',
    version: 1,
    name: 'Mapped',
    nodes: [
      node('rows', 'csv.source', { path: 'mapped.csv', columns: [text('full name'), text('amount')] }, 0),
      node('map', 'map', { columns: [] }, 304),
      node('out', 'postgres.target', { connection, table: 'e2e_mapper.people' }, 608),
    ],
    edges: [
      ['rows', 'map'],
      ['map', 'out'],
    ].map(([from, to]) => ({ from: { node: from, port: 'out' }, to: { node: to, port: 'in' } })),
  }
  const { id } = await (await page.request.post(`${address}/api/flows`, { data: { flow } })).json()
  await page.goto(`${address}/flows/${id}`)
  await card(page, 'map').click()
  await settingsOf(page).getByRole('button', { name: 'Open the field mapper' }).click()
  const dialog = page.getByRole('dialog', { name: 'Field mapper' })
  await expect(dialog.getByRole('status')).toContainText('without a value in: code, full_name.')
  await dialog.getByRole('button', { name: 'Columns of e2e_mapper.people (3)' }).click()
  await dialog.getByRole('button', { name: 'Accept all (2)' }).click()
  await expect(dialog.getByText('must have a value')).toHaveCount(1)
  await dialog.locator('[data-source="full name"]').focus()
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'code', exact: true }).focus()
  await page.keyboard.press('Enter')
  await expect(dialog.getByText('must have a value')).toBeHidden()
  const mismatch = dialog.getByText('text, wanted whole number')
  await expect(mismatch).toBeVisible()
  await dialog.getByRole('button', { name: /^Convert amount to/ }).click()
  await expect(page.getByRole('menuitem')).toHaveCount(2)
  await accessible(page, 'field mapper to a table')
  await page.getByRole('menuitem', { name: /^Put a Convert node before/ }).click()
  await expect(mismatch).toBeHidden()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(page.locator('.react-flow__node')).toHaveCount(4)
  await page.keyboard.press('Control+z')
  await expect(page.locator('.react-flow__node')).toHaveCount(3)
  await expect(page.locator('.react-flow__edge')).toHaveCount(2)
  await page.keyboard.press('Control+y')
  await expect(page.locator('.react-flow__node')).toHaveCount(4)

  await page.getByRole('button', { name: 'Run now' }).click()
  expect(await ended(page, address, 1)).toMatchObject({ rowsIn: 2, rejected: 1 })
  expect(await inDatabase('SELECT code, amount FROM e2e_mapper.people')).toEqual([
    { code: 'Ann', amount: '12' },
  ])
})
