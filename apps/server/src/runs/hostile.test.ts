import { gzipSync } from 'node:zlib'
import type { Flow } from '@millrace/engine'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyFlow, TestServer } from '../testing/test-server.ts'

const server = new TestServer({ concurrentRuns: 2, inputBytes: 200 * 2 ** 20 })
beforeAll(async () => {
  await server.start()
  await server.upload('people.csv', 'name,city\nAna,Wien\n')
})
afterAll(() => server.dispose())

async function expectHealthy(): Promise<void> {
  const answer = await server.request('GET', '/health')
  expect(await answer.json()).toMatchObject({ status: 'ok' })
}

const reading = (kind: string, from: string): Flow => {
  const flow = copyFlow(from, 'out.csv')
  return { ...flow, nodes: flow.nodes.map((node) => (node.id === 'in' ? { ...node, kind } : node)) }
}

/** Rows of text, as many as make so many MiB. */
const megabytes = (count: number): Buffer => Buffer.alloc(count * 2 ** 20, 'words and more words\n')
const wideNames = Array.from({ length: 10_000 }, (_, index) => `c${index}`)

describe('the server stays alive and answers', () => {
  it.each([
    ['bomb.csv', 'csv.source', 'file.tooLarge', () => gzipSync(Buffer.alloc(300 * 2 ** 20, '1,2\n'))],
    ['cut.csv', 'csv.source', 'file.unreadable', () => gzipSync(megabytes(4)).subarray(0, -20)],
    ['deep.json', 'json.source', 'file.unreadable', () => '[{"a":'.repeat(50_000)],
    ['quote.csv', 'csv.source', 'file.unreadable', () => Buffer.concat([Buffer.from('a\n"'), megabytes(80)])],
    ['table.parquet', 'parquet.source', 'file.unreadable', () => 'a,b\n1,2\n'],
    ['empty.csv', 'csv.source', 'file.empty', () => ''],
  ])('when %s is uploaded and read by %s: %s', async (name, kind, code, content) => {
    const bytes = content()
    const upload = await server.upload(name, typeof bytes === 'string' ? bytes : new Blob([bytes]))
    expect(upload.status).toBe(201)
    const flow = await server.createFlow(reading(kind, name))
    const { id } = await server.startRun(flow.id)
    await expectHealthy()
    expect(await server.waitFor(id)).toMatchObject({
      status: 'failed',
      problem: { code, location: { nodeId: 'in' } },
      outputs: [],
    })
    await expectHealthy()
    const sound = await server.createFlow(copyFlow('people.csv', 'people-out.csv'))
    expect(await server.waitFor((await server.startRun(sound.id)).id)).toMatchObject({ status: 'succeeded' })
  })

  it('when a file has ten thousand columns', async () => {
    await server.upload('wide.csv', `${wideNames.join(',')}\n${wideNames.join(',')}\n`)
    const flow = await server.createFlow(copyFlow('wide.csv', 'wide-out.csv'))
    const run = await server.waitFor((await server.startRun(flow.id)).id)
    expect(run.status === 'succeeded' ? 'succeeded' : run.problem?.code).toMatch(/^(succeeded|run\.memory)$/)
    await expectHealthy()
  })
})
