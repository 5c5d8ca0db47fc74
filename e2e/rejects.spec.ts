import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { accessible } from './accessible.ts'
import { expect, test } from './server.ts'

const column = (name: string, type: string) => ({ name, type, format: '' })

/** A run of which one row does not fit its type and one breaks a rule. */
async function rejecting(page: Page, address: string, home: string, name: string) {
  writeFileSync(path.join(home, 'files', `rejects-${name}.csv`), 'id,amount\n1,5\n2,many\n3,-1\n')
  const node = (id: string, kind: string, settings: object, x: number) => ({
    id,
    kind,
    settings,
    position: { x, y: 0 },
  })
  const columns = [column('id', 'BIGINT'), column('amount', 'BIGINT')]
  const edge = (from: string, to: string) => ({
    from: { node: from, port: 'out' },
    to: { node: to, port: 'in' },
  })
  const flow = {
    format: 'millrace.flow',
    version: 1,
    name,
    nodes: [
      node('orders', 'csv.source', { path: `rejects-${name}.csv`, columns }, 0),
      node('check', 'validate', { rules: [{ column: 'amount', check: 'range', least: '0' }] }, 320),
      node('out', 'csv.target', { path: `${name}-out.csv` }, 640),
    ],
    edges: [edge('orders', 'check'), edge('check', 'out')],
  }
  const { id } = await (await page.request.post(`${address}/api/flows`, { data: { flow } })).json()
  const run = await (await page.request.post(`${address}/api/flows/${id}/runs`, { data: {} })).json()
  await expect(async () => {
    const found = await (await page.request.get(`${address}/api/runs/${run.id}`)).json()
    expect(found).toMatchObject({ status: 'succeeded', rejected: 2 })
  }).toPass()
  return run.id as string
}

/** What the replay run of a row wrote. */
async function replayedText(page: Page, address: string, home: string, runId: string, number: number) {
  const reject = await (await page.request.get(`${address}/api/rejects/${runId}/${number}`)).json()
  const { replayId } = reject.history.at(-1)
  const run = await (await page.request.get(`${address}/api/runs/${replayId}`)).json()
  return readFileSync(path.join(home, 'files', run.outputs[0].name), 'utf8')
}

test('a rejected row is mended, replayed once, and another one dropped', async ({ page, address, home }) => {
  const run = await rejecting(page, address, home, 'orders')
  await page.goto(`${address}/runs/${run}?tab=rejects`)
  await page.getByRole('link', { name: 'Mend and replay' }).click()
  await expect(page.getByRole('heading', { name: 'Reject desk' })).toBeVisible()
  await page.getByRole('button', { name: /amount: does not fit the type/ }).click()
  const rows = page.getByRole('region', { name: 'Rejected rows' })
  await expect(rows.getByRole('row')).toHaveCount(2)
  await rows.getByRole('button', { name: /^amount/ }).click()
  const drawer = page.getByRole('dialog', { name: 'Rejected row' })
  await drawer.getByRole('textbox', { name: /^amount/ }).fill('7')
  await drawer.getByRole('textbox', { name: 'Your name' }).fill('Mei')
  await drawer.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(drawer.getByText('Mended').first()).toBeVisible()
  await expect(drawer.getByText('written to a file of its own')).toBeVisible()
  await accessible(page)
  await drawer.getByRole('button', { name: 'Replay' }).click()
  await page
    .getByRole('dialog', { name: 'Feed 1 row in again' })
    .getByRole('button', { name: 'Replay' })
    .click()
  await expect(drawer.getByText('Replayed', { exact: true })).toBeVisible()
  await expect(drawer.getByText('The run has written it')).toBeVisible()
  await expect(drawer.getByRole('textbox', { name: /^amount/ })).toHaveAttribute('readonly')
  expect(await replayedText(page, address, home, run, 0)).toBe('id,amount\n2,7\n')
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'All reasons' }).click()
  await page.getByRole('button', { name: /^New/ }).click()
  await expect(rows.getByRole('row')).toHaveCount(2)
  await page.getByRole('checkbox', { name: 'Choose all rows of this page' }).check()
  await expect(page.getByText('1 row chosen')).toBeVisible()
  await page.getByRole('button', { name: 'Drop', exact: true }).click()
  await expect(page.getByText('No rejected row matches these filters')).toBeVisible()
  await page.getByRole('button', { name: /^Dropped/ }).click()
  await expect(rows.getByRole('row')).toHaveCount(2)
  await accessible(page)
})

test.describe('中文', () => {
  test.use({ locale: 'zh-CN' })

  test('被拒绝的行可以修正并重放', async ({ page, address, home }) => {
    const run = await rejecting(page, address, home, 'dingdan')
    await page.goto(`${address}/rejects?run=${run}`)
    await expect(page.getByRole('heading', { name: '拒绝行工作台' })).toBeVisible()
    await page.getByRole('button', { name: /amount：超出范围/ }).click()
    const rows = page.getByRole('region', { name: '拒绝行' })
    await expect(rows.getByRole('row')).toHaveCount(2)
    await expect(rows).toContainText('“-1”小于 0')
    await rows.getByRole('button', { name: /^amount/ }).click()
    const drawer = page.getByRole('dialog', { name: '拒绝行' })
    await drawer.getByRole('textbox', { name: /^amount/ }).fill('1')
    await drawer.getByRole('button', { name: '保存并重放' }).click()
    await page.getByRole('dialog', { name: '重新送入 1 行' }).getByRole('button', { name: '重放' }).click()
    await expect(drawer.getByText('已重放', { exact: true })).toBeVisible()
    expect(await replayedText(page, address, home, run, 1)).toBe('id,amount\n3,1\n')
  })
})
