import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { expect, test } from './server.ts'

/** Presses Tab until what is wanted has the focus; the mouse is never used. */
async function tabTo(page: Page, wanted: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab') {
  await expect(wanted.first()).toBeAttached()
  for (let presses = 0; presses < 120; presses++) {
    if (await wanted.evaluateAll((all) => all.some((one) => one === document.activeElement))) return
    await page.keyboard.press(key)
  }
  throw new Error(`Tab never came to ${wanted}`)
}

async function addNode(page: Page, search: string, nodes: number, place = 0) {
  await page.keyboard.press('/')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.type(search)
  for (let down = 0; down < place; down++) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page.locator('.react-flow__node')).toHaveCount(nodes)
}

/** From the node that has just been added, which has the focus. */
async function goToSettings(page: Page) {
  await expect(page.locator('.react-flow__node.selected')).toBeFocused()
  await page.keyboard.press('F6')
  await expect(page.locator('[data-area=settings] :focus')).toBeVisible()
}

/** Back to the canvas, where “/” adds a node. */
async function goToCanvas(page: Page) {
  await page.keyboard.press('Shift+F6')
  await expect(page.locator('.react-flow__node.selected')).toBeFocused()
}

test.use({ reducedMotion: 'reduce' } as object)

test('from an empty canvas to a finished run without a mouse', async ({ page, address, home }) => {
  writeFileSync(path.join(home, 'files', 'keys.csv'), 'id,state\n1,active\n2,closed\n3,active\n')
  await page.goto(address)
  await expect(page.getByRole('button', { name: 'New flow' }).first()).toBeVisible()
  await tabTo(page, page.getByRole('button', { name: 'New flow' }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menuitem', { name: 'Empty flow' })).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await tabTo(page, page.getByRole('menuitem', { name: 'Empty flow' }))
  await page.keyboard.press('Enter')
  await expect(page.getByText('Start with a source')).toBeVisible()

  await addNode(page, 'CSV', 1)
  await goToSettings(page)
  await tabTo(page, page.getByLabel('File', { exact: true }))
  await page.keyboard.type('keys')
  await expect(page.getByRole('option', { name: 'keys.csv' })).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const data = page.getByRole('region', { name: 'Data' })
  await expect(data.getByText('closed')).toBeVisible()

  await goToCanvas(page)
  await addNode(page, 'Filter', 2)
  await goToSettings(page)
  await tabTo(page, page.getByRole('button', { name: 'Add condition' }))
  await page.keyboard.press('Enter')
  await tabTo(page, page.getByLabel('Column of condition 1', { exact: true }), 'Shift+Tab')
  await page.keyboard.press('ArrowDown')
  const column = page.getByRole('option', { name: 'state' })
  await expect(column).toBeVisible()
  while ((await column.getAttribute('data-combobox-selected')) === null)
    await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await tabTo(page, page.getByLabel('Value of condition 1', { exact: true }))
  await page.keyboard.type('active')
  await page.keyboard.press('Escape')

  await goToCanvas(page)
  // The target of that name comes after the source.
  await addNode(page, 'CSV', 3, 1)
  await goToSettings(page)
  await tabTo(page, page.getByLabel('File', { exact: true }))
  const live = page.locator('[aria-live=polite]').last()
  await expect(live).toHaveText('1 problem. File is missing.')
  await page.keyboard.type('keys-out.csv')
  await expect(page.locator('.react-flow__edge')).toHaveCount(2)

  await expect(live).toHaveText('No problems left')
  await page.keyboard.press('Control+Enter')
  await expect(live).toHaveText(/Run: Succeeded. 3 rows in, 2 out/)
  expect(readFileSync(path.join(home, 'files', 'keys-out.csv'), 'utf8')).toBe(
    'id,state\n1,active\n3,active\n',
  )

  await page.keyboard.press('F6')
  await tabTo(page, page.getByRole('link', { name: 'Open this run' }))
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/runs\//)
})
