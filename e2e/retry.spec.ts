import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
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
