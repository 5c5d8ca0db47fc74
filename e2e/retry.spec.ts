import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { accessible } from './accessible.ts'
import { expect, test } from './server.ts'

/** A port at which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

test('a node says how often it tries again, and a run shows each wait, in both languages', async ({
  page,
  address,
}) => {
  const post = async (to: string, data: object) =>
    (await page.request.post(`${address}/api${to}`, { data })).json()
  const settings = { host: '127.0.0.1', port: await closedPort(), database: 'sales', user: 'ana' }
  const { id: connection } = await post('/connections', { name: 'Asleep', connector: 'postgres', settings })
  const node = (id: string, kind: string, own: object, x: number) => ({
    id,
    kind,
    settings: own,
    position: { x, y: 0 },
  })
  const flow = {
    format: 'millrace.flow',
    version: 1,
    name: 'Patient',
    nodes: [
      node('orders', 'postgres.source', { connection, table: 'orders' }, 0),
      node('out', 'csv.target', { path: 'patient.csv' }, 320),
    ],
    edges: [{ from: { node: 'orders', port: 'out' }, to: { node: 'out', port: 'in' } }],
  }
  const { id } = await post('/flows', { flow })
  await page.goto(`${address}/flows/${id}`)
  await page.locator('.react-flow__node[data-id="orders"]').click()
  const retry = page.getByRole('group', { name: 'Retry' })
  await retry.getByLabel('Times').fill('2')
  await retry.getByLabel('First wait').fill('0.2')
  await page.locator('.react-flow__node[data-id="out"]').click()
  await expect(retry).toBeHidden()
  const drafted = async () => (await (await page.request.get(`${address}/api/flows/${id}`)).json()).draft
  await expect.poll(async () => (await drafted()).nodes[0].retry).toEqual({ times: 2, backOffSeconds: 0.2 })

  const run = await post(`/flows/${id}/runs`, {})
  await page.goto(`${address}/runs/${run.id}?tab=log`)
  await expect(page.getByText(/Attempt 2 of 3, waiting 0\.2 s: Nothing listens at/)).toBeVisible()
  await expect(page.getByText(/Attempt 3 of 3, waiting 0\.4 s/)).toBeVisible()
  await expect(page.getByText('Failed', { exact: true }).first()).toBeVisible()
  await page.getByRole('tab', { name: 'Timeline' }).click()
  await expect(page.getByRole('img', { name: /^Attempt \d of 3/ })).toHaveCount(2)
  await accessible(page)
  await page.evaluate(() => localStorage.setItem('millrace.language', 'zh'))
  await page.reload()
  await expect(page.getByRole('img', { name: /^第 \d 次尝试（共 3 次）/ })).toHaveCount(2)
})

test('a failed run is gone on with from its failed node, with the rows that it had read', async ({
  page,
  address,
  home,
}) => {
  const shop = new DatabaseSync(path.join(home, 'files', 'kept.db'))
  shop.exec(`CREATE TABLE orders (id INTEGER PRIMARY KEY, city TEXT);
    INSERT INTO orders VALUES (1, '上海'), (2, 'Zürich'), (3, 'Lyon');
    CREATE TABLE copy (id INTEGER, city TEXT);
    CREATE TRIGGER closed BEFORE INSERT ON copy BEGIN SELECT RAISE(ROLLBACK, 'books are closed'); END`)
  const post = async (to: string, data: object) =>
    (await page.request.post(`${address}/api${to}`, { data })).json()
  const { id: connection } = await post('/connections', {
    name: 'Kept',
    connector: 'sqlite',
    settings: { path: 'kept.db' },
  })
  const node = (id: string, kind: string, own: object, x: number) => ({
    id,
    kind,
    settings: { connection, ...own },
    position: { x, y: 0 },
  })
  const flow = {
    format: 'millrace.flow',
    version: 1,
    name: 'Books',
    nodes: [
      node('orders', 'sqlite.source', { read: 'table', table: 'orders' }, 0),
      node('copy', 'sqlite.target', { into: 'connection', table: 'copy', mode: 'append' }, 320),
    ],
    edges: [{ from: { node: 'orders', port: 'out' }, to: { node: 'copy', port: 'in' } }],
  }
  const { id } = await post('/flows', { flow })
  const failed = await post(`/flows/${id}/runs`, {})
  await page.goto(`${address}/runs/${failed.id}`)
  await expect(page.getByText(/books are closed/).first()).toBeVisible()
  await expect(page.getByText('At node SQLite · copy.')).toBeVisible()
  // Its rows were never counted; none is not a count.
  await expect(page.getByText('Not counted').first()).toBeVisible()
  await expect(page.getByText(/ rows in, /)).toHaveCount(0)
  shop.exec('DROP TRIGGER closed; DELETE FROM orders')

  await page.getByRole('button', { name: 'Run again' }).click()
  const dialog = page.getByRole('dialog', { name: 'Run again' })
  await expect(dialog.getByLabel('From the failed node')).toBeChecked()
  await accessible(page, 'how a failed run is done again')
  await dialog.getByRole('button', { name: 'Run again' }).click()
  await expect(page.getByRole('link', { name: 'Goes on from a failed run' })).toBeVisible()
  await expect(page.getByText('Succeeded', { exact: true }).first()).toBeVisible()
  await page.getByRole('tab', { name: 'Log' }).click()
  await expect(page.getByText(/Took the 3 rows that the failed run had read/)).toBeVisible()
  expect(shop.prepare('SELECT city FROM copy ORDER BY id').all().flatMap(Object.values)).toEqual([
    '上海',
    'Zürich',
    'Lyon',
  ])
  shop.close()

  // What it had read is out of date now.
  await page.evaluate(() => localStorage.setItem('millrace.language', 'zh'))
  await page.goto(`${address}/runs/${failed.id}`)
  await page.getByRole('button', { name: '再次运行' }).click()
  await expect(page.getByRole('dialog').getByLabel('从失败的节点')).toBeDisabled()
  await expect(page.getByRole('dialog').getByLabel('从头开始')).toBeChecked()
})
