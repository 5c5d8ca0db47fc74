/** How soon the first page stands, from an address typed to flows that can be opened, with an empty cache. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from '@playwright/test'
import { buildWeb } from '../scripts/first-load.ts'
import { type Latency, serve } from './design.ts'

const visits = 5

/**
 * Notes in the page when a flow can be opened: once the frame that shows its link has been drawn. Playwright's
 * own waiting would look only now and then, in the end every 500 ms, and keep the page's thread busy each time.
 */
const watch = `new MutationObserver((_, observer) => {
  if (!document.querySelector('main article a[href^="/flows/"]')) return
  observer.disconnect()
  requestAnimationFrame(() => {
    const drawn = new MessageChannel()
    drawn.port1.onmessage = () => performance.mark('flows')
    drawn.port2.postMessage(undefined)
  })
}).observe(document, { childList: true, subtree: true })`

/** On loopback, in Chromium (`CHROMIUM`, the system's, or Playwright's own), by the browser's own clock. */
export async function measureFirstLoad(): Promise<Latency[]> {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-load-'))
  buildWeb(path.resolve(import.meta.dirname, '../apps/web/dist'))
  const { child, url } = await serve(home)
  const system = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
  const browser = await chromium.launch({
    ...(existsSync(system) && { executablePath: system }),
    args: ['--no-sandbox'],
  })
  try {
    const times: number[] = []
    for (let visit = 0; visit < visits; visit++) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
      await context.addInitScript(watch)
      const page = await context.newPage()
      await page.goto(url, { waitUntil: 'networkidle' })
      const noted = await page.waitForFunction(() => performance.getEntriesByName('flows')[0]?.startTime)
      times.push(Number(await noted.jsonValue()))
      await context.close()
    }
    return [
      {
        name: 'first load, until the flows are there',
        value: times.toSorted((a, b) => a - b)[Math.floor(visits / 2)] ?? Number.NaN,
        goal: 1000,
      },
    ]
  } finally {
    await browser.close()
    child.kill()
    rmSync(home, { recursive: true, force: true })
  }
}

if (import.meta.main) console.log(await measureFirstLoad())
