import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { accessible } from './accessible.ts'
import { expect, test } from './server.ts'

const rows = (count: number) => `id\n${Array.from({ length: count }, (_, row) => row + 1).join('\n')}\n`
const flowOf = (name: string, from: string, to: string, guard?: object) => ({
  format: 'millrace.flow',
  version: 1,
  name,
  nodes: [
    { id: 'orders', kind: 'csv.source', settings: { path: from }, position: { x: 0, y: 0 } },
    {
      id: 'out',
      kind: 'csv.target',
      settings: { path: to },
      position: { x: 320, y: 0 },
      ...(guard && { guard }),
    },
  ],
  edges: [{ from: { node: 'orders', port: 'out' }, to: { node: 'out', port: 'in' } }],
})

test('a run with too few rows waits before it writes, and is released or discarded', async ({
  page,
  address,
  home,
}) => {
  const source = path.join(home, 'files', 'guard-in.csv')
  const target = path.join(home, 'files', 'guard-out.csv')
  writeFileSync(source, rows(200))
  const flow = flowOf('Guarded', 'guard-in.csv', 'guard-out.csv')
  const made = await (await page.request.post(`${address}/api/flows`, { data: { flow } })).json()
  await page.goto(`${address}/flows/${made.id}`)
  await page.locator('.react-flow__node[data-id="out"]').click()
  const guard = page.getByRole('group', { name: 'Rows expected' })
  await guard.getByLabel('Change at most').fill('10')
  await guard.getByLabel('At least').fill('50')
  await expect(page.getByRole('img', { name: 'Rows are guarded: at least 50 · ± 10 %' })).toBeVisible()
  const run = page.getByRole('button', { name: 'Run now' })
  await run.click()
  await expect.poll(() => readFileSync(target, { encoding: 'utf8', flag: 'a+' })).toBe(rows(200))

  writeFileSync(source, rows(60))
  await run.click()
  const held = page.getByRole('alert', { name: /The run is held/ })
  await expect(held).toContainText('gives 60 rows; expected 180 to 220. Usual are 200.')
  await page.getByRole('link', { name: 'Open this run' }).click()
  await expect(page).toHaveURL(/\/runs\//)
  await page.reload()
  await expect(held).toContainText('gives 60 rows')
  await accessible(page)
  await held.getByRole('button', { name: 'Discard' }).click()
  await expect(page.getByText(/its guard expects 180 – 220/).first()).toBeVisible()
  await expect(held).toBeHidden()
  expect(readFileSync(target, 'utf8')).toBe(rows(200))

  await page.goto(`${address}/flows/${made.id}`)
  await run.click()
  await held.getByRole('button', { name: 'Release and write' }).click()
  await expect.poll(() => readFileSync(target, 'utf8')).toBe(rows(60))
})

test('行数不足的运行会在写入前暂停，直到有人决定', async ({ page, address, home }) => {
  await page.addInitScript(() => localStorage.setItem('millrace.language', 'zh'))
  writeFileSync(path.join(home, 'files', '订单.csv'), rows(3))
  const flow = flowOf('有保护的流程', '订单.csv', '结果.csv', { minimum: 10 })
  const made = await (await page.request.post(`${address}/api/flows`, { data: { flow } })).json()
  const run = await (await page.request.post(`${address}/api/flows/${made.id}/runs`, { data: {} })).json()
  await page.goto(`${address}/runs/${run.id}`)
  const held = page.getByRole('alert', { name: /运行已暂停/ })
  await expect(held).toContainText('产生 3 行，预期至少 10 行')
  await expect(page.getByText('已暂停', { exact: true })).toBeVisible()
  await held.getByRole('button', { name: '放行并写入' }).click()
  await expect(held).toBeHidden()
  // The nodes before the target succeed earlier than the run.
  const result = path.join(home, 'files', '结果.csv')
  await expect(() => expect(readFileSync(result, 'utf8')).toBe(rows(3))).toPass()
  await expect(page.getByText('成功', { exact: true }).first()).toBeVisible()
})
