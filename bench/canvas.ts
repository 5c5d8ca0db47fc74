/**
 * `node bench/canvas.ts [--nodes N] [--out FOLDER]`: how smoothly the canvas of a large flow moves. Opens a
 * flow in Chromium, pans, drags and zooms, and prints frame times in milliseconds as JSON; with `--out` also a
 * picture. All figures are from the browser's own trace: frame times between two frames that were drawn (16.7 at
 * 60 a second), work is the processor time of the main thread for one. A movement without frames is an error.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Browser, chromium, type Page } from '@playwright/test'
import { z } from 'zod'
import { startServer } from '../apps/server/src/main.ts'

const browserPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** Rows of ten nodes in line, each a chain of its own, so that every part of the canvas has nodes and edges. */
function largeFlow(count: number) {
  const nodes = Array.from({ length: count }, (_, n) => ({
    id: `node-${n}`,
    kind: n % 10 === 0 ? 'csv.source' : n % 10 === 9 ? 'csv.target' : 'filter',
    label: `Step ${n}`,
    settings: n % 10 === 0 || n % 10 === 9 ? { path: `file-${n}.csv` } : { expression: `id > ${n}` },
    position: { x: (n % 10) * 304, y: Math.floor(n / 10) * 144 },
  }))
  const edges = nodes.flatMap(({ id }, n) =>
    n % 10 === 0 || n === 0
      ? []
      : [{ from: { node: `node-${n - 1}`, port: 'out' }, to: { node: id, port: 'in' } }],
  )
  return { format: 'millrace.flow', version: 1, name: `${count} nodes`, nodes, edges }
}

const point = z.tuple([z.number(), z.number()])

/** A movement takes seconds; a browser that draws it at all draws more than these. */
const leastFrames = 20

const round = (value: number) => Math.round(value * 10) / 10

function at(sorted: readonly number[], share: number): number {
  return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN)
}

export interface Movement {
  readonly frames: number
  readonly median: number
  readonly p95: number
  readonly longest: number
  readonly work: number
}

const traced = z.object({
  traceEvents: z.array(
    z.object({
      name: z.string(),
      /** Microseconds. */
      ts: z.number(),
      /** Processor time of the thread, microseconds. */
      tdur: z.number().default(0),
      pid: z.number(),
      tid: z.number(),
      args: z.object({ name: z.unknown().optional() }).loose().default({}),
    }),
  ),
})

/** The commonest of some values. */
function commonest<T>(values: readonly T[]): T | undefined {
  const groups = [...Map.groupBy(values, (value) => value)]
  return groups.toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0]
}

/**
 * What the browser's trace says of the frames it drew of the page while something was moved.
 * @throws Error where it drew too few to speak of: nothing moved, or this browser names its frames otherwise
 */
async function measure(browser: Browser, page: Page, move: () => Promise<void>): Promise<Movement> {
  await browser.startTracing(page, {
    categories: [
      'devtools.timeline',
      'disabled-by-default-devtools.timeline',
      // Chromium has had the drawn frames in the one and in the other.
      'devtools.timeline.frame',
      'disabled-by-default-devtools.timeline.frame',
    ],
  })
  await move()
  const { traceEvents } = traced.parse(JSON.parse((await browser.stopTracing()).toString('utf8')))
  const drawn = traceEvents.filter(({ name }) => name === 'DrawFrame')
  const renderer = commonest(drawn.map(({ pid }) => pid))
  const times = drawn
    .filter(({ pid }) => pid === renderer)
    .map(({ ts }) => ts / 1000)
    .toSorted((a, b) => a - b)
  if (times.length < leastFrames) throw new Error(`${move.name}: the browser drew ${times.length} frames`)
  const sorted = times.slice(1).map((time, n) => time - (times[n] ?? time))
  sorted.sort((a, b) => a - b)
  const main = traceEvents.find(
    ({ name, pid, args }) => name === 'thread_name' && pid === renderer && args.name === 'CrRendererMain',
  )
  if (!main) throw new Error('the trace does not name the main thread')
  const tasks = traceEvents.filter(
    ({ name, pid, tid }) => name === 'RunTask' && pid === renderer && tid === main.tid,
  )
  const done = tasks.reduce((sum, { tdur }) => sum + tdur, 0) / 1000
  return {
    frames: sorted.length,
    median: at(sorted, 0.5),
    p95: at(sorted, 0.95),
    longest: at(sorted, 1),
    work: round(done / sorted.length),
  }
}

export interface CanvasFigures {
  readonly nodes: number
  /** Nodes that are drawn when the whole flow is in view. */
  readonly drawnWhole: number
  /** In reading size, and with the whole flow in view. */
  readonly near: { readonly pan: Movement; readonly drag: Movement; readonly zoom: Movement }
  readonly whole: { readonly pan: Movement; readonly drag: Movement }
}

/** Moves a flow of `count` nodes in Chromium; with a folder, puts pictures there. */
export async function measureCanvas(count: number, out?: string): Promise<CanvasFigures> {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-canvas-'))
  const server = await startServer({ home, port: 0, logLevel: 'silent' })
  const browser = await chromium.launch({
    ...(existsSync(browserPath) && { executablePath: browserPath }),
    args: ['--no-sandbox', '--disable-gpu'],
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })
    const made = await page.request.post(`${server.url}/api/flows`, { data: { flow: largeFlow(count) } })
    const { id } = await made.json()
    await page.goto(`${server.url}/flows/${id}`)
    await page.locator('.react-flow__node').nth(12).waitFor()
    await page.waitForTimeout(3000)
    const box = await page.locator('.react-flow').boundingBox()
    if (!box) throw new Error('there is no canvas')
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]

    const input = await page.context().newCDPSession(page)
    type MouseEvent = Parameters<typeof input.send<'Input.dispatchMouseEvent'>>[1]
    /** As a mouse tells of itself: 125 times a second, whether the page has dealt with the last of it or not. */
    const feed = async (count: number, eventOf: (n: number) => NonNullable<MouseEvent>) => {
      const heard: Promise<unknown>[] = []
      for (let n = 0; n < count; n++) {
        heard.push(input.send('Input.dispatchMouseEvent', eventOf(n)))
        await setTimeout(8)
      }
      await Promise.all(heard)
    }
    const circle = async (fromX: number, fromY: number) => {
      await page.mouse.move(fromX, fromY)
      await page.mouse.down()
      await feed(360, (n) => ({
        type: 'mouseMoved',
        button: 'left',
        buttons: 1,
        x: fromX - 150 + 150 * Math.cos(n / 40),
        y: fromY + 90 * Math.sin(n / 40),
      }))
      await page.mouse.up()
    }
    /** The point nearest to the middle of the canvas that belongs to such an element. */
    const pointOn = async (selector: string): Promise<readonly [number, number]> => {
      const found = point.safeParse(
        await page.evaluate(`(() => {
          const { left, right, top, bottom } = document.querySelector('.react-flow').getBoundingClientRect()
          let [best, nearest] = [undefined, Infinity]
          for (let y = top + 4; y < bottom; y += 8)
            for (let x = left + 4; x < right; x += 8) {
              const distance = Math.hypot(x - (left + right) / 2, y - (top + bottom) / 2)
              if (distance < nearest && document.elementFromPoint(x, y)?.matches('${selector}'))
                [best, nearest] = [[x, y], distance]
            }
          return best
        })()`),
      )
      if (!found.success) throw new Error(`nothing of the canvas is ${selector}`)
      return found.data
    }
    const pan = async () => {
      const before = await page.locator('.react-flow__viewport').getAttribute('style')
      await circle(...(await pointOn('.react-flow__pane')))
      if ((await page.locator('.react-flow__viewport').getAttribute('style')) === before)
        throw new Error('the canvas was not moved')
    }
    const drag = async () => {
      const [fromX, fromY] = await pointOn('.react-flow__node *')
      const id = await page.evaluate(
        `document.elementFromPoint(${fromX}, ${fromY}).closest('.react-flow__node').dataset.id`,
      )
      const node = page.locator(`.react-flow__node[data-id="${id}"]`)
      const before = await node.getAttribute('style')
      await circle(fromX, fromY)
      if ((await node.getAttribute('style')) === before) throw new Error('the node was not moved')
    }
    const zoom = async () => {
      await page.mouse.move(x, y)
      await feed(240, (n) => ({ type: 'mouseWheel', x, y, deltaX: 0, deltaY: n % 120 < 60 ? 15 : -15 }))
    }
    const near = {
      pan: await measure(browser, page, pan),
      drag: await measure(browser, page, drag),
      zoom: await measure(browser, page, zoom),
    }
    if (out) await page.screenshot({ path: path.join(out, 'canvas-near.png') })
    // What the wheel has still to do would break off the movement.
    await page.waitForTimeout(1500)
    await page.locator('.react-flow__controls-fitview').click()
    await page.waitForTimeout(1500)
    if (out) await page.screenshot({ path: path.join(out, 'canvas-fit.png') })
    const drawn = await page.locator('.react-flow__node').count()
    const whole = { pan: await measure(browser, page, pan), drag: await measure(browser, page, drag) }
    if (out) await page.screenshot({ path: path.join(out, 'canvas-whole.png') })
    return { nodes: count, drawnWhole: drawn, near, whole }
  } finally {
    await browser.close()
    await server.close()
    rmSync(home, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { nodes: { type: 'string', default: '500' }, out: { type: 'string' } },
  })
  console.log(JSON.stringify(await measureCanvas(Number(values.nodes), values.out), null, 2))
}
