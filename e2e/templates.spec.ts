import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from './server.ts'

const expected = path.resolve(import.meta.dirname, '../samples/expected')

test.use({ alone: 'templates' })

test.describe('中文', () => {
  test.use({ locale: 'zh-CN', colorScheme: 'dark' })

  test('打开模板流程，立即运行，核对每一行', async ({ page, address }) => {
    await page.goto(address)
    await page
      .getByRole('link', { name: /订单同步/ })
      .first()
      .click()
    await page.getByRole('button', { name: '立即运行' }).click()
    await expect(page.getByText('每一行都有去向').first()).toBeVisible()
    await page.goto(`${address}/runs`)
    await page
      .getByRole('link', { name: /订单同步/ })
      .first()
      .click()
    await expect(page.getByText('行数平衡').first()).toBeVisible()
    await expect(page.getByText('读入 300 行，写出 280 行，筛除 0 行，拒绝 20 行')).toBeVisible()
    await page.getByRole('tab', { name: /拒绝行/ }).click()
    await expect(page.getByText('orders.csv:', { exact: false }).first()).toBeVisible()
  })
})

test('a template runs, and its output is what it should be', async ({ page, address }) => {
  await page.goto(address)
  await page
    .getByRole('link', { name: /Customers to HR/ })
    .first()
    .click()
  await page.getByRole('button', { name: 'Run now' }).click()
  await expect(page.getByText('Every row is accounted for').first()).toBeVisible()
  await page.goto(`${address}/runs`)
  await page
    .getByRole('link', { name: /Customers to HR/ })
    .first()
    .click()
  await expect(page.getByText('Balanced').first()).toBeVisible()
  await page.getByRole('tab', { name: 'Outputs' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download hr-customers.csv' }).click()
  const file = await (await download).path()
  expect(readFileSync(file, 'utf8')).toBe(readFileSync(path.join(expected, 'hr-customers.csv'), 'utf8'))
})
