import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Request } from '@playwright/test'
import { expect, test } from './server.ts'

const customers = 'id,name,state,amount\n1,李雷,active,12.5\n2,Zoë,closed,80\n3,Bo,active,3\n4,Al,active,99\n'

test('a malformed GB18030 file: rejects are found with their lines', async ({ page, address, home }) => {
  // 姓名 and 李雷 in GB18030; line 3 has a field too many.
  const bytes = Buffer.from([
    0xd0, 0xd5, 0xc3, 0xfb, 0x2c, 0x6e, 0x0a, 0xc0, 0xee, 0xc0, 0xd7, 0x2c, 0x31, 0x0a, 0x78, 0x2c, 0x32,
    0x2c, 0x33, 0x0a,
  ])
  const file = path.join(home, 'gb.csv')
  writeFileSync(file, bytes)
  await page.goto(`${address}/files`)
  await page.locator('input[type=file]').setInputFiles(file)
  await page.getByRole('button', { name: 'Preview gb.csv' }).click()
  await expect(page.getByText('李雷')).toBeVisible()
  await page.keyboard.press('Escape')

  const node = (id: string, kind: string, settings: object, x: number) => ({
    id,
    kind,
    settings,
    position: { x, y: 0 },
  })
  const flow = {
    format: 'millrace.flow',
    version: 1,
    name: 'GB18030',
    nodes: [
      node('people', 'csv.source', { path: 'gb.csv' }, 0),
      node('out', 'csv.target', { path: 'gb-out.csv' }, 320),
    ],
    edges: [{ from: { node: 'people', port: 'out' }, to: { node: 'out', port: 'in' } }],
  }
  const made = await page.request.post(`${address}/api/flows`, { data: { flow } })
  expect(made.status()).toBe(201)
  const { id } = await made.json()
  await page.goto(`${address}/flows/${id}`)
  await page.getByRole('button', { name: 'Run now' }).click()
  await expect(async () => {
    const { items } = await (await page.request.get(`${address}/api/runs?flowId=${id}`)).json()
    expect(items[0]?.status).toBe('succeeded')
    await page.goto(`${address}/runs/${items[0].id}`)
  }).toPass()
  await page.getByRole('tab', { name: /Rejects/ }).click()
  await expect(page.getByText('gb.csv:3')).toBeVisible()
  await expect(page.getByText('x,2,3')).toBeVisible()
})

test('a long run is cancelled from its page, and writes nothing', async ({ page, address, home }) => {
  const rows = Array.from({ length: 200_000 }, (_, index) => `${index},name ${index}`)
  writeFileSync(path.join(home, 'files', 'long.csv'), `id,name\n${rows.join('\n')}\n`)
  const node = (id: string, kind: string, settings: object, x: number) => ({
    id,
    kind,
    settings,
    position: { x, y: 0 },
  })
  const flow = {
    format: 'millrace.flow',
    version: 1,
    name: 'Long',
    nodes: [
      node('rows', 'csv.source', { path: 'long.csv' }, 0),
      node('slow', 'filter', { expression: "levenshtein(repeat(name, 400), repeat('abc', 3000)) >= 0" }, 320),
      node('out', 'csv.target', { path: 'long-out.csv' }, 640),
    ],
    edges: [
      { from: { node: 'rows', port: 'out' }, to: { node: 'slow', port: 'in' } },
      { from: { node: 'slow', port: 'out' }, to: { node: 'out', port: 'in' } },
    ],
  }
  const { id } = await (await page.request.post(`${address}/api/flows`, { data: { flow } })).json()
  const run = await (await page.request.post(`${address}/api/flows/${id}/runs`, { data: {} })).json()
  // The line breaks after the first event: the page comes back for what it has not heard yet.
  const lines: Request[] = []
  let fetched = 0
  page.on('request', (request) => {
    if (request.url().endsWith(`/runs/${run.id}`) && request.resourceType() === 'fetch') fetched++
  })
  await page.route('**/events', (route) => {
    lines.push(route.request())
    if (lines.length > 1) return route.continue()
    const first = { type: 'status', status: 'running', problem: null }
    const body = `retry: 100\n\nid: 1\ndata: ${JSON.stringify(first)}\n\n`
    return route.fulfill({ headers: { 'content-type': 'text/event-stream' }, body })
  })
  await page.goto(`${address}/runs/${run.id}`)
  const card = page.locator('.react-flow__node[data-id=slow]')
  await expect(card.getByText('Running')).toBeVisible()
  await expect.poll(() => lines.length).toBe(2)
  await page.waitForTimeout(2500)
  expect(fetched).toBeLessThanOrEqual(2)
  await page.getByRole('button', { name: 'Cancel run' }).click()
  await expect(page.getByText('Cancelled').first()).toBeVisible()
  const second = await (await lines[1]?.response())?.text()
  expect(second).toMatch(/^id: 2$/m)
  expect(second).not.toMatch(/^id: 1$/m)
  const { items } = { items: await (await page.request.get(`${address}/api/files`)).json() }
  expect(items.map((file: { path: string }) => file.path)).not.toContain('long-out.csv')
})

test('draw a flow from nothing, run it, find it again', async ({ page, address, home }) => {
  const file = path.join(home, 'drawn.csv')
  writeFileSync(file, customers)
  await page.goto(address)
  await page.getByRole('button', { name: 'New flow' }).click()
  await page.getByRole('menuitem', { name: 'Empty flow' }).click()
  const palette = page.getByRole('region', { name: 'Palette' })
  const canvas = page.locator('.react-flow__pane')
  await palette
    .getByRole('button', { name: 'CSV' })
    .first()
    .dragTo(canvas, { targetPosition: { x: 120, y: 160 } })
  const settings = page.getByRole('region', { name: 'Settings' })
  await settings.locator('input[type=file]').setInputFiles(file)
  const data = page.getByRole('region', { name: 'Data' })
  await expect(data.getByText('李雷')).toBeVisible()
  await palette.getByRole('button', { name: 'Filter' }).click()
  await expect(page.locator('.react-flow__node')).toHaveCount(2)
  await settings.getByRole('button', { name: 'Add condition' }).click()
  await settings.getByRole('combobox', { name: 'Column of condition 1' }).click()
  await page.getByRole('option', { name: 'state' }).click()
  await settings.getByLabel('Value of condition 1').first().fill('active')
  await palette.getByRole('button', { name: 'Map' }).click()
  await settings.getByRole('button', { name: /Add all input columns/ }).click()
  await palette.getByRole('button', { name: 'CSV' }).last().click()
  await settings.getByLabel('File', { exact: true }).last().fill('drawn-out.csv')
  await expect(page.locator('.react-flow__edge')).toHaveCount(3)
  await expect(page.getByText('Saved')).toBeVisible()
  await page.getByText('Problems', { exact: true }).click()
  await expect(page.getByText('No problems found')).toBeVisible()
  await page.getByRole('button', { name: 'Run now' }).click()
  await expect(page.getByText(/Every row is accounted for/).first()).toBeVisible()

  await page.reload()
  await expect(page.locator('.react-flow__node')).toHaveCount(4)
  await page.goto(`${address}/runs`)
  await page.getByRole('link', { name: 'Untitled flow' }).first().click()
  await expect(page.getByText('4 rows in, 3 out, 1 filtered, 0 rejected')).toBeVisible()
  await page.getByRole('tab', { name: 'Outputs' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download drawn-out.csv' }).click()
  const written = readFileSync(await (await download).path(), 'utf8')
  expect(written).toBe('id,name,state,amount\n1,李雷,active,12.5\n3,Bo,active,3.0\n4,Al,active,99.0\n')
})

test('what was typed last counts when “Run now” is pressed at once', async ({ page, address, home }) => {
  writeFileSync(path.join(home, 'files', 'typed.csv'), customers)
  const flow = {
    format: 'millrace.flow',
    version: 1,
    name: 'Typed',
    nodes: [
      { id: 'rows', kind: 'csv.source', settings: { path: 'typed.csv' }, position: { x: 0, y: 0 } },
      { id: 'out', kind: 'csv.target', settings: { path: '' }, position: { x: 320, y: 0 } },
    ],
    edges: [{ from: { node: 'rows', port: 'out' }, to: { node: 'out', port: 'in' } }],
  }
  const { id } = await (await page.request.post(`${address}/api/flows`, { data: { flow } })).json()
  await page.goto(`${address}/flows/${id}`)
  const card = page.locator('.react-flow__node[data-id=out]')
  await card.click()
  const file = page.getByRole('region', { name: 'Settings' }).getByLabel('File', { exact: true }).last()
  const run = page.getByRole('button', { name: 'Run now' })
  // The faults that were found before are out of date the moment the name is there.
  await expect(page.getByText('File is missing.')).toBeVisible()
  await file.fill('typed-out.csv')
  // An impatient person presses twice; that is one run all the same.
  await run.dblclick()
  await expect(page.getByText(/Every row is accounted for/).first()).toBeVisible()
  // And what is broken within the same moment is refused.
  await file.fill('')
  await run.click()
  await expect(page.getByText('Fix 1 problem before running.')).toBeVisible()
  const { total } = await (await page.request.get(`${address}/api/runs?flowId=${id}`)).json()
  expect(total).toBe(1)
})
