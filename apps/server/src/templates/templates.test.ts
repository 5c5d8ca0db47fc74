import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { formatFlow } from '@millrace/engine'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { copyFlow, TestServer } from '../testing/test-server.ts'

const samples = mkdtempSync(path.join(os.tmpdir(), 'millrace-samples-'))
const server = new TestServer({ samples })
const entry = (id: string) => ({
  id,
  name: { en: id, zh: '客户' },
  description: { en: 'x', zh: '说明' },
  flow: `${id}.flow.json`,
  files: ['people.csv'],
})
beforeAll(async () => {
  mkdirSync(samples, { recursive: true })
  writeFileSync(path.join(samples, 'people.csv'), 'name,city\nAna,Wien\n')
  writeFileSync(path.join(samples, 'templates.json'), JSON.stringify([entry('first'), entry('second')]))
  for (const id of ['first', 'second'])
    writeFileSync(
      path.join(samples, `${id}.flow.json`),
      formatFlow({ ...copyFlow('people.csv', `${id}.csv`), name: id }),
    )
  await server.start()
})
afterAll(async () => {
  await server.dispose()
  rmSync(samples, { recursive: true })
})
const names = async () => {
  const flows: { name: string }[] = JSON.parse(await (await server.request('GET', '/flows')).text())
  return flows.map(({ name }) => name)
}

it('brings flows and data on the first start only', async () => {
  expect(await names()).toEqual(['first', 'second'])
  expect(await (await server.request('GET', '/files')).json()).toMatchObject([{ path: 'people.csv' }])
  const flows: { id: string }[] = JSON.parse(await (await server.request('GET', '/flows')).text())
  for (const { id } of flows) await server.request('DELETE', `/flows/${id}`)
  await server.stop()
  await server.start()
  expect(await names()).toEqual([])
})

it('begins a flow from a template, with its data', async () => {
  await server.request('DELETE', '/files?path=people.csv')
  const made = await server.request('POST', '/flows', { template: 'second', name: 'Mine' })
  const { id, draft }: { id: string; draft: { name: string } } = JSON.parse(await made.text())
  expect([made.status, draft.name]).toEqual([201, 'Mine'])
  expect((await server.waitFor((await server.startRun(id)).id)).status).toBe('succeeded')
  expect((await server.request('POST', '/flows', { template: '../../etc' })).status).toBe(404)
  expect(await (await server.request('GET', '/templates')).json()).toMatchObject([
    { id: 'first', name: { zh: '客户' }, thumbnail: { nodes: [{ category: 'source' }, {}, {}] } },
    { id: 'second' },
  ])
})
