import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Page } from '@playwright/test'
import { accessible } from './accessible.ts'
import { expect, test } from './server.ts'

test.use({ actionTimeout: 15_000 })

const settingsOf = (page: Page) => page.getByRole('region', { name: 'Settings' })
async function choose(page: Page, name: string, option: string) {
  await settingsOf(page).getByRole('combobox', { name, exact: true }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}
async function chooseTable(page: Page, connection: string, table: string) {
  await settingsOf(page).getByPlaceholder('Choose a connection').click()
  await page.getByRole('option', { name: connection }).click()
  await page.getByRole('button', { name: 'Browse tables' }).click()
  const tables = page.getByRole('dialog', { name: 'Browse tables' })
  await tables.getByRole('button', { name: table, exact: true }).click()
  await expect(page.getByRole('textbox', { name: 'Table' })).toHaveValue(table)
}

test('a SQLite database that another program uses is read and written in place', async ({
  page,
  address,
  home,
}) => {
  test.setTimeout(180_000)
  const file = path.join(home, 'files', 'shop.db')
  const shop = new DatabaseSync(file)
  shop.exec(`PRAGMA journal_mode = WAL;
    CREATE TABLE orders (id INTEGER PRIMARY KEY, amount INTEGER);
    CREATE TABLE copy (id INTEGER PRIMARY KEY, amount INTEGER CHECK (amount >= 0));
    INSERT INTO orders VALUES (1, 10), (2, 20), (3, -5);
    INSERT INTO copy VALUES (1, 1)`)
  const amounts = () =>
    shop
      .prepare('SELECT id, amount FROM copy ORDER BY id')
      .all()
      .map(({ id, amount }) => `${id}: ${amount}`)

  await page.goto(`${address}/connections`)
  await page.getByRole('button', { name: 'New connection' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'SQLite' }).click()
  await dialog.getByLabel('Name', { exact: true }).fill('Shop')
  await dialog.getByLabel('Database file').fill('gone.db')
  await dialog.getByRole('button', { name: 'Test', exact: true }).click()
  const verdict = dialog.getByRole('status')
  await expect(verdict).toContainText('There is no file “gone.db”')
  await expect(verdict.getByRole('listitem')).toHaveText([/File is found/, /Database/, /Rights/])
  await dialog.getByLabel('Database file').fill('shop')
  await page.getByRole('option', { name: 'shop.db' }).click()
  await dialog.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(verdict).toContainText('Everything works')
  await accessible(page, 'a SQLite connection that was tested')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('region', { name: 'Last test' })).toContainText('Works')
  await page.getByRole('button', { name: /^copy/ }).click()
  await expect(page.getByRole('cell', { name: 'amount' })).toBeVisible()

  await page.goto(address)
  await page.getByRole('button', { name: 'New flow' }).click()
  await page.getByRole('menuitem', { name: 'Empty flow' }).click()
  const palette = page.getByRole('region', { name: 'Palette' })
  await palette.getByRole('button', { name: 'SQLite' }).first().click()
  await choose(page, 'Read', 'A table or view of a connection')
  await chooseTable(page, 'Shop', 'orders')
  await palette.getByRole('button', { name: 'SQLite' }).last().click()
  await expect(page.locator('.react-flow__edge')).toHaveCount(1)
  await choose(page, 'Write into', 'The database of a connection')
  await chooseTable(page, 'Shop', 'copy')
  await choose(page, 'Write', 'Replace: the new rows instead of all old ones')
  await accessible(page, 'the settings of a SQLite target')
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Run now' }).click()
  await expect.poll(amounts, { timeout: 60_000 }).toEqual(['1: 10', '2: 20'])

  const flowId = new URL(page.url()).pathname.split('/')[2]
  const last = async () =>
    (await (await page.request.get(`${address}/api/runs?flowId=${flowId}`)).json()).items[0]
  await expect.poll(async () => (await last()).status).toBe('succeeded')
  const run = await last()
  expect(run).toMatchObject({ rowsIn: 3, rejected: 1 })
  await page.goto(`${address}/runs/${run.id}?tab=outputs`)
  await page.getByRole('button', { name: /^Put the previous rows back/ }).click()
  const confirm = page.getByRole('dialog')
  await expect(confirm).toContainText('1 row')
  await confirm.getByRole('button', { name: 'Put the previous rows back' }).click()
  await expect.poll(amounts).toEqual(['1: 1'])
  shop.close()
})
