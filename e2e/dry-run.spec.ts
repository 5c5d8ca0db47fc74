import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from './server.ts'

const node = (id: string, kind: string, settings: object, x: number) => ({
  id,
  kind,
  settings,
  position: { x, y: 0 },
})

test('a dry run shows what would change, and is approved while that holds', async ({
  page,
  address,
  home,
}) => {
  const source = path.join(home, 'files', 'dry-in.csv')
  const target = path.join(home, 'files', 'dry-out.csv')
  writeFileSync(source, 'id,name\n1,李雷\n2,Zoë\n3,Bo\n')
  writeFileSync(target, 'what was there\n')
  const flow = {
    format: 'millrace.flow',
    version: 1,
    name: 'People to file',
    nodes: [
      node('people', 'csv.source', { path: 'dry-in.csv' }, 0),
      node('out', 'csv.target', { path: 'dry-out.csv' }, 320),
    ],
    edges: [{ from: { node: 'people', port: 'out' }, to: { node: 'out', port: 'in' } }],
  }
  const made = await (await page.request.post(`${address}/api/flows`, { data: { flow } })).json()
  await page.goto(`${address}/flows/${made.id}`)
  await page.getByRole('button', { name: 'More ways to run' }).click()
  await page.getByRole('menuitem', { name: /Dry run/ }).click()
  await expect(page).toHaveURL(/\/runs\/.+\?tab=changes/)
  await expect(page.getByRole('heading', { name: 'Dry run of People to file' })).toBeVisible()
  const rows = page.getByRole('region', { name: /^Changes to/ })
  await expect(rows.getByRole('row')).toHaveCount(4)
  await expect(rows.getByRole('cell', { name: '李雷' })).toBeVisible()
  const inserts = page.getByRole('button', { name: '3 to insert' })
  await inserts.click()
  await expect(inserts).toHaveAttribute('aria-pressed', 'true')
  await expect(page).toHaveURL(/change=insert/)
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download as CSV' }).click()
  expect(readFileSync(await (await download).path(), 'utf8')).toContain('insert')
  expect(readFileSync(target, 'utf8')).toBe('what was there\n')

  const dry = page.url()
  await page.getByRole('button', { name: 'Approve and run' }).click()
  await expect(page.getByRole('heading', { name: 'Run of People to file', exact: true })).toBeVisible()
  await expect.poll(() => readFileSync(target, 'utf8')).toBe('id,name\n1,李雷\n2,Zoë\n3,Bo\n')
  await page.getByRole('link', { name: /3: show what/ }).click()
  await expect(page.getByRole('tab', { name: 'Outputs' })).toHaveAttribute('aria-selected', 'true')

  // What was approved is written once.
  await page.goto(dry)
  await expect(page.getByRole('link', { name: 'Approved, and written by this run' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Approve and run' })).toBeHidden()

  const runs = `${address}/api/flows/${made.id}/runs`
  const { id: next } = await (await page.request.post(runs, { data: { dry: true } })).json()
  await page.goto(`${address}/runs/${next}`)
  const approve = page.getByRole('button', { name: 'Approve and run' })
  await expect(approve).toBeVisible()
  writeFileSync(source, 'id,name\n1,韩梅梅\n')
  await approve.click()
  await expect(page.getByText(/no longer what was approved/).first()).toBeVisible()
  expect(readFileSync(target, 'utf8')).toContain('李雷')
  await page.goto(`${address}/runs`)
  const own = page.getByRole('row').filter({ hasText: 'People to file' })
  await expect(own.filter({ hasText: 'Dry run' })).toHaveCount(2)

  await page.goto(dry.replace(/\?.*/, ''))
  await page.getByRole('button', { name: 'Run again' }).click()
  const dialog = page.getByRole('dialog', { name: 'Run again' })
  await dialog.getByRole('radio', { name: 'The time of the new run' }).check()
  await dialog.getByRole('button', { name: 'Run again' }).click()
  await expect(page.getByRole('button', { name: '1 to insert' })).toBeVisible()
})

test('a flow that requires an approved dry run leads there and writes by it alone', async ({
  page,
  address,
  home,
}) => {
  const target = path.join(home, 'files', 'careful-out.csv')
  writeFileSync(path.join(home, 'files', 'careful-in.csv'), 'id,name\n1,李雷\n')
  const flow = {
    format: 'millrace.flow',
    version: 1,
    name: 'Careful',
    nodes: [
      node('people', 'csv.source', { path: 'careful-in.csv' }, 0),
      node('out', 'csv.target', { path: 'careful-out.csv' }, 320),
    ],
    edges: [{ from: { node: 'people', port: 'out' }, to: { node: 'out', port: 'in' } }],
  }
  const made = await (await page.request.post(`${address}/api/flows`, { data: { flow } })).json()
  await page.goto(`${address}/flows/${made.id}`)
  await page.getByRole('switch', { name: /Requires an approved dry run/ }).check({ force: true })
  await page.getByRole('button', { name: 'Run now', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'This flow writes only what was approved' })
  await dialog.getByRole('button', { name: 'Start dry run' }).click()
  await expect(page.getByRole('heading', { name: 'Dry run of Careful' })).toBeVisible()
  expect(existsSync(target)).toBe(false)
  await page.getByRole('button', { name: 'Approve and run' }).click()
  await expect(page.getByRole('heading', { name: 'Run of Careful', exact: true })).toBeVisible()
  await expect.poll(() => existsSync(target) && readFileSync(target, 'utf8')).toBe('id,name\n1,李雷\n')
})

test('the same in Chinese, and the requirement is taken back by undo', async ({ page, address }) => {
  await page.addInitScript(() => localStorage.setItem('millrace.language', 'zh'))
  const flow = {
    format: 'millrace.flow',
    version: 1,
    name: '谨慎',
    requiresApproval: true,
    nodes: [],
    edges: [],
  }
  const made = await (await page.request.post(`${address}/api/flows`, { data: { flow } })).json()
  await page.goto(`${address}/flows/${made.id}`)
  const required = page.getByRole('switch', { name: /须先批准试运行/ })
  await expect(required).toBeChecked()
  await required.uncheck({ force: true })
  await page.keyboard.press('Control+z')
  await expect(required).toBeChecked()
})
