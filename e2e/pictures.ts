/**
 * Pictures of every node's form for the reference, in both languages: `node e2e/pictures.ts [KIND …]`.
 * Run by hand where forms have changed; `pnpm check` only sees whether all are there.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  categoryLabels,
  emptyFlow,
  type Flow,
  flow as flowSchema,
  type Language,
  languages,
  nodeKinds,
  subflowSpec,
} from '@millrace/engine'
import { chromium, type Page } from '@playwright/test'
import { startServer } from '../apps/server/src/main.ts'
import { repository } from '../scripts/boundaries.ts'
import { pictureOf } from '../scripts/generate.ts'

const samples = path.join(repository, 'samples')

/** The flows that Millrace brings along: their nodes are set up already. */
const known: readonly Flow[] = readdirSync(samples)
  .filter((name) => name.endsWith('.flow.json'))
  .map((name) => flowSchema.parse(JSON.parse(readFileSync(path.join(samples, name), 'utf8'))))

/** A flow that has a node of this kind, and that node's id. */
function sampleOf(kind: string): { flow: Flow; id: string } | undefined {
  for (const flow of known) {
    const node = flow.nodes.find((one) => one.kind === kind)
    if (node) return { flow, id: node.id }
  }
  return undefined
}

const plain = { label: '', note: '', disabled: false, position: { x: 0, y: 0 } }

/** A flow that uses another one, which it publishes. */
async function usingFlow(page: Page, address: string, language: Language): Promise<Flow> {
  const name = { en: 'Large orders', zh: '大额订单' }[language]
  const columns = ['id', 'amount'].map((one) => ({ name: one, type: 'BIGINT' }))
  const content: Flow = {
    ...emptyFlow(name),
    parameters: [{ name: 'least', type: 'decimal', default: '1000', description: '' }],
    nodes: [
      { ...plain, id: 'rows', kind: 'input', settings: { name: 'orders', columns } },
      { ...plain, id: 'kept', kind: 'output', settings: { name: 'large' } },
    ],
  }
  const made = await page.request.post(`${address}/api/flows`, { data: { flow: content } })
  const { id, revision } = await made.json()
  await page.request.post(`${address}/api/flows/${id}/versions`, { data: { revision } })
  const uses = { flow: id, version: 1, content }
  return {
    ...emptyFlow(name),
    nodes: [{ ...plain, id: 'orders', kind: subflowSpec.kind, settings: { uses, parameters: {} } }],
  }
}

/** Opens a flow in which a node of this kind is chosen: one that is set up, or a new one behind a source. */
async function choose(page: Page, address: string, kind: string, language: Language): Promise<void> {
  const open = async (flow: Flow) => {
    const made = await page.request.post(`${address}/api/flows`, { data: { flow } })
    await page.goto(`${address}/flows/${(await made.json()).id}`)
  }
  const card = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`)
  if (kind === subflowSpec.kind) {
    await open(await usingFlow(page, address, language))
    return card('orders').click()
  }
  const sample = sampleOf(kind)
  if (sample) {
    await open(sample.flow)
    return card(sample.id).click()
  }
  const source = sampleOf('csv.source')
  const spec = nodeKinds.get(kind)
  if (!source || !spec) throw new Error(`no flow for ${kind}`)
  const nodes = spec.role === 'source' ? [] : source.flow.nodes.filter(({ id }) => id === source.id)
  await open({ ...emptyFlow(spec.label.en), nodes })
  if (nodes.length > 0) await card(source.id).click()
  await page
    .getByRole('region', { name: categoryLabels[spec.category][language], exact: true })
    .getByRole('button', { name: spec.label[language], exact: true })
    .click()
}

/** Scales nothing: the bytes of a PNG as WebP, which is a third of their size. */
async function asWebp(page: Page, png: Buffer): Promise<Buffer> {
  const text = await page.evaluate(async (base64) => {
    const image = new Image()
    image.src = `data:image/png;base64,${base64}`
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.width
    canvas.height = image.height
    canvas.getContext('2d')?.drawImage(image, 0, 0)
    return canvas.toDataURL('image/webp', 0.82)
  }, png.toString('base64'))
  return Buffer.from(text.slice(text.indexOf(',') + 1), 'base64')
}

/** The form alone, as high as what is in it. */
async function photograph(page: Page): Promise<Buffer> {
  const form = page.locator('[data-area=settings]')
  await form.locator('input, textarea').first().waitFor()
  // Columns and problems come from the server.
  await page.waitForTimeout(700)
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => one))))
  const box = await form.boundingBox()
  const bottom = await form.evaluate((pane) =>
    Math.max(
      ...[...pane.querySelectorAll('*')]
        .map((one) => one.getBoundingClientRect())
        .filter(({ height }) => height < 300)
        .map((one) => one.bottom),
    ),
  )
  if (!box) throw new Error('there is no form')
  const height = Math.min(box.height, bottom - box.y + 16)
  return asWebp(page, await page.screenshot({ clip: { ...box, height } }))
}

const home = mkdtempSync(path.join(tmpdir(), 'millrace-pictures-'))
const server = await startServer({ home, port: 0, logLevel: 'silent' })
const system = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const browser = await chromium.launch({
  ...(existsSync(system) && { executablePath: system }),
  args: ['--no-sandbox'],
})
try {
  const chosen = process.argv.slice(2)
  for (const language of languages) {
    const context = await browser.newContext({
      colorScheme: 'light',
      reducedMotion: 'reduce',
      viewport: { width: 1440, height: 1100 },
    })
    await context.addInitScript((wanted) => localStorage.setItem('millrace.language', wanted), language)
    const page = await context.newPage()
    for (const kind of nodeKinds.keys()) {
      if (chosen.length > 0 && !chosen.includes(kind)) continue
      await choose(page, server.url, kind, language)
      const file = path.join(repository, pictureOf(kind, language))
      mkdirSync(path.dirname(file), { recursive: true })
      writeFileSync(file, await photograph(page))
    }
    await context.close()
  }
} finally {
  await browser.close()
  await server.close()
  rmSync(home, { recursive: true, force: true })
}
