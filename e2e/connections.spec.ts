import { accessible } from './accessible.ts'
import { connect, inDatabase, server } from './postgres.ts'
import { expect, test } from './server.ts'

test.skip(!server.isThere, 'MILLRACE_TEST_POSTGRES names no PostgreSQL')
const { port, password, settings: storedSettings } = server
const { host: hostname, user: username } = storedSettings

/** A schema and a table of names that have to be quoted, made anew. */
async function makeTable(): Promise<void> {
  const columns = 'id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "金额" numeric(12,2)'
  await inDatabase(
    'DROP SCHEMA IF EXISTS "e2e.shop" CASCADE',
    'CREATE SCHEMA "e2e.shop"',
    `CREATE TABLE "e2e.shop"."my ""orders""" (${columns})`,
  )
}

test('a connection is made: a test says what is wrong until all of it is right', async ({
  page,
  address,
}) => {
  await page.goto(`${address}/connections`)
  await page.getByRole('button', { name: 'New connection' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'PostgreSQL' }).click()
  await dialog.getByRole('button', { name: 'Create' }).click()
  await expect(dialog.getByText('Give it a name.')).toBeVisible()
  await dialog.getByLabel('Name', { exact: true }).fill('Sales (EU)')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await expect(dialog.getByText('Host is missing.')).toBeVisible()

  await dialog.getByLabel('Host').fill('nowhere.invalid')
  await dialog.getByLabel('Port').fill(port)
  await dialog.getByLabel('Database').fill(storedSettings.database)
  await dialog.getByLabel('User').fill(username)
  const verdict = dialog.getByRole('status')
  const step = (name: string) => verdict.getByRole('listitem').filter({ hasText: name })
  await dialog.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(verdict).toContainText('It does not work yet')
  await expect(step('Name is found')).toContainText('failed')
  await expect(step('Server answers')).toContainText('not tried')
  await accessible(page)

  await dialog.getByLabel('Host').fill(hostname)
  await expect(verdict).toHaveCount(0)
  await dialog.getByLabel('Password', { exact: true }).fill('wrong')
  await dialog.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(step('Server answers')).toContainText('passed')
  await expect(step('Login')).toContainText('failed')

  await dialog.getByLabel('Password', { exact: true }).fill(password)
  await dialog.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(verdict).toContainText('Everything works')
  await expect(verdict).toContainText('PostgreSQL')
  await dialog.getByRole('button', { name: 'Create' }).click()

  await expect(page).toHaveURL(/\/connections\/sales-eu$/)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Sales (EU)')
  await expect(page.getByRole('region', { name: 'Last test' })).toContainText('Works')
  await page.getByRole('link', { name: 'All connections' }).click()
  await expect(page.getByRole('row', { name: /Sales \(EU\)/ })).toContainText('Works')
})

test('a stored password is not shown, and not sent to another host', async ({ page, address }) => {
  const id = await connect(page, address, 'Moving')
  await page.goto(`${address}/connections/${id}`)
  await page.getByRole('button', { name: 'Edit' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('Stored', { exact: true })).toBeVisible()
  await expect(dialog.getByLabel('Password', { exact: true })).toHaveCount(0)
  await accessible(page)
  await dialog.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('Everything works')

  await dialog.getByLabel('Host').fill('localhost')
  await expect(dialog.getByText(/enter this again/)).toBeVisible()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByText(/Enter Password again/)).toBeVisible()
  await dialog.getByLabel('Password', { exact: true }).fill(password)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(page.getByRole('region', { name: 'Settings' })).toContainText('localhost')
  await expect(page.getByRole('region', { name: 'Last test' })).toContainText('Works')
})

test('a node gets its connection and its table without leaving the flow', async ({ page, address }) => {
  await makeTable()
  const id = await connect(page, address, 'Warehouse')
  const flow = {
    format: 'millrace.flow',
    version: 1,
    name: 'Into the warehouse',
    nodes: [{ id: 'out', kind: 'postgres.target', settings: {}, position: { x: 0, y: 0 } }],
    edges: [],
  }
  const made = await (await page.request.post(`${address}/api/flows`, { data: { flow } })).json()
  await page.goto(`${address}/flows/${made.id}`)
  await page.locator('.react-flow__node').click()
  const form = page.getByRole('group', { name: 'Connection' })
  await form.getByPlaceholder('Choose a connection').click()
  await page.getByRole('option', { name: 'Warehouse' }).click()
  await expect(form).toContainText('Not tested')

  await page.getByRole('button', { name: 'Browse tables' }).click()
  const tables = page.getByRole('dialog', { name: 'Browse tables' })
  await expect(tables.getByRole('button', { name: 'e2e.shop' })).toBeVisible()
  await accessible(page)
  await expect(tables.getByLabel('Search schemas and tables')).toBeFocused()
  await page.keyboard.type('"ORD')
  await tables.getByRole('button', { name: 'my "orders"' }).click()
  const table = page.getByRole('textbox', { name: 'Table' })
  await expect(table).toHaveValue('"e2e.shop"."my ""orders"""')
  await table.fill('typed.by_hand')
  await expect(async () => {
    const { draft } = await (await page.request.get(`${address}/api/flows/${made.id}`)).json()
    expect(draft.nodes[0].settings).toMatchObject({ connection: id, table: 'typed.by_hand' })
  }).toPass()

  await page.goto(`${address}/connections/${id}`)
  const catalog = page.getByRole('region', { name: 'Tables' })
  await catalog.getByLabel('Search schemas and tables').fill('no such table')
  await expect(catalog.getByText('Nothing matches “no such table”.')).toBeVisible()
  await catalog.getByLabel('Search schemas and tables').fill('my "')
  await expect(catalog.getByText(/^Nothing matches/)).toBeHidden()
  await catalog.getByRole('button', { name: 'my "orders"' }).click()
  await expect(catalog.getByRole('row', { name: /id.*bigint.*BIGINT.*No/ })).toContainText(
    'filled by the database',
  )
  await expect(
    catalog.getByRole('row', { name: /金额.*numeric\(12,2\).*DECIMAL\(12,2\).*Yes/ }),
  ).toBeVisible()
  await expect(catalog.getByLabel('Key, position 1')).toBeVisible()
  await accessible(page)
  await expect(page.getByRole('region', { name: 'Used by' })).toContainText('Into the warehouse')
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText(/is used by “Into the warehouse”/)).toBeVisible()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.request.delete(`${address}/api/flows/${made.id}`)
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page).toHaveURL(/\/connections$/)
  await expect(page.getByRole('link', { name: 'Warehouse' })).toHaveCount(0)
})
