import { readFileSync } from 'node:fs'
import path from 'node:path'
import {
  type DeskPage,
  deskPage,
  type RejectDetail,
  rejectDetail,
  run as runSchema,
} from '@millrace/contract'
import type { Flow } from '@millrace/engine'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { copyFlow, TestServer } from '../testing/test-server.ts'
import { cellsOf } from './row-cells.ts'

const server = new TestServer()
beforeAll(async () => {
  await server.start()
})
afterAll(() => server.dispose())

const columns = [
  { name: 'name', type: 'VARCHAR', format: '' },
  { name: 'on', type: 'DATE', format: '%d/%m/%Y' },
]
/** Reads `from`, whose `on` is a date, rejects names that are not known, and writes `to`. */
function checkedFlow(from: string, to: string): Flow {
  const base = copyFlow(from, to)
  const nodes = base.nodes.map((node) =>
    node.id === 'in'
      ? { ...node, settings: { ...node.settings, columns } }
      : node.id === 'keep'
        ? {
            ...node,
            kind: 'validate',
            settings: { rules: [{ column: 'name', check: 'allowed', values: ['Ana', '李雷'] }] },
          }
        : node,
  )
  return { ...base, name: `check ${from}`, nodes }
}

const desk = async (query: string): Promise<DeskPage> =>
  deskPage.parse(await (await server.request('GET', `/rejects?${query}`)).json())
const detail = async (runId: string, number: number): Promise<RejectDetail> =>
  rejectDetail.parse(await (await server.request('GET', `/rejects/${runId}/${number}`)).json())
const post = (name: string, runId: string, numbers: readonly number[], more: object = {}) =>
  server.request('POST', `/rejects/${name}`, {
    items: numbers.map((number) => ({ runId, number })),
    author: 'Mei',
    ...more,
  })
const replayed = async (answer: Response) => {
  if (answer.status !== 202) throw new Error(await answer.text())
  const runs = z.array(runSchema).parse(await answer.json())
  return Promise.all(runs.map(({ id }) => server.waitFor(id)))
}
const written = (name: string) => readFileSync(path.join(server.home, 'files', name), 'utf8')

describe('the reject desk', () => {
  it('finds rows, mends them, and feeds each of them in once', async () => {
    await server.upload('days.csv', 'name,on\nAna,01/02/2026\n李雷,31/02/2026\nBo,03/02/2026\nCy,bad\n')
    const flow = await server.createFlow(checkedFlow('days.csv', 'days-out.csv'))
    const run = await server.waitFor((await server.startRun(flow.id)).id)
    expect(run).toMatchObject({ status: 'succeeded', rejected: 3 })

    const all = await desk(`flowId=${flow.id}`)
    expect(all).toMatchObject({ total: 3, states: { new: 3, replayed: 0 } })
    expect(all.flows).toContainEqual({ id: flow.id, name: 'check days.csv' })
    expect(all.reasons).toContainEqual({
      flowId: flow.id,
      nodeId: 'in',
      column: 'on',
      rule: 'type',
      count: 2,
    })
    const number = (name: string) => all.items.find(({ row }) => row.includes(name))?.number ?? -1
    const [li, bo, cy] = [number('李雷'), number('Bo'), number('Cy')]

    const before = await detail(run.id, li)
    expect(before).toMatchObject({
      nodeId: 'in',
      state: 'new',
      history: [],
      targets: [{ nodeId: 'out', effect: 'file-beside' }],
      obstacle: null,
    })
    expect(before.cells).toMatchObject([
      { name: 'name', value: '李雷' },
      { name: 'on', type: 'DATE', rejected: '31/02/2026', value: '31/02/2026' },
    ])
    const mended = await server.request('PUT', `/rejects/${run.id}/${li}`, {
      cells: { on: '28/02/2026' },
      author: 'Mei',
    })
    expect(rejectDetail.parse(await mended.json())).toMatchObject({
      state: 'mended',
      cells: [{}, { rejected: '31/02/2026', value: '28/02/2026' }],
      history: [{ author: 'Mei', action: 'mended', cells: { on: ['31/02/2026', '28/02/2026'] } }],
    })
    const wrong = await server.request('PUT', `/rejects/${run.id}/${li}`, { cells: { nothing: 'x' } })
    expect(wrong.status).toBe(400)

    const [replay] = await replayed(await post('replay', run.id, [li]))
    expect(replay).toMatchObject({
      status: 'succeeded',
      rowsIn: 1,
      rowsOut: 1,
      clock: run.clock,
      replays: { runId: run.id, nodeId: 'in' },
    })
    expect(written('days-out.csv')).toBe('name,on\nAna,2026-02-01\n')
    expect(written(replay?.outputs[0]?.name ?? '')).toBe('name,on\n李雷,2026-02-28\n')
    expect((await detail(run.id, li)).history.map(({ action }) => action)).toEqual([
      'mended',
      'replaying',
      'replayed',
    ])
    expect((await post('replay', run.id, [li])).status).toBe(409)
    expect((await server.request('PUT', `/rejects/${run.id}/${li}`, { cells: { on: null } })).status).toBe(
      409,
    )

    expect((await post('drop', run.id, [cy])).status).toBe(204)
    expect((await post('replay', run.id, [bo, cy])).status).toBe(409)
    expect(await desk(`runId=${run.id}`)).toMatchObject({ states: { new: 1, replayed: 1, dropped: 1 } })
    expect(await desk(`runId=${run.id}&state=dropped`)).toMatchObject({ total: 1, items: [{ number: cy }] })
    expect((await post('restore', run.id, [cy])).status).toBe(204)
    expect((await post('restore', run.id, [cy])).status).toBe(409)
    expect(await desk(`runId=${run.id}&nodeId=keep&column=name&rule=allowed`)).toMatchObject({ total: 1 })
    expect((await server.request('GET', `/rejects/${run.id}/99`)).status).toBe(404)
  })

  it('mends the flow instead of rows, and rejects again what is still wrong', async () => {
    await server.upload('names.csv', 'name,on\nBo,01/02/2026\nCy,01/02/2026\n')
    const flow = await server.createFlow(checkedFlow('names.csv', 'names-out.csv'))
    const run = await server.waitFor((await server.startRun(flow.id)).id)
    expect(run.rejected).toBe(2)
    const draft = {
      ...flow.draft,
      nodes: flow.draft.nodes.map((node) =>
        node.id === 'keep'
          ? { ...node, settings: { rules: [{ column: 'name', check: 'allowed', values: ['Bo'] }] } }
          : node,
      ),
    }
    await server.request('PUT', `/flows/${flow.id}/draft`, { revision: flow.revision, flow: draft })
    const [replay] = await replayed(await post('replay', run.id, [0, 1], { flow: 'current' }))
    expect(replay).toMatchObject({ status: 'succeeded', rowsIn: 2, rowsOut: 1, rejected: 1, version: null })
    expect(await desk(`runId=${run.id}`)).toMatchObject({ states: { replayed: 2 } })
    expect(await desk(`runId=${replay?.id}`)).toMatchObject({ total: 1, states: { new: 1 } })
  })

  it('gives rows back when the run that takes them fails', async () => {
    await server.upload('back.csv', 'name,on\nAna,bad\n李雷,bad\n')
    const flow = await server.createFlow(checkedFlow('back.csv', 'back-out.csv'))
    const run = await server.waitFor((await server.startRun(flow.id)).id)
    await server.request('PUT', `/rejects/${run.id}/0`, { cells: { on: '01/02/2026' } })
    const nodes = flow.draft.nodes.map((node) =>
      node.id === 'out' ? { ...node, settings: { path: '../outside.csv' } } : node,
    )
    const draft = { ...flow.draft, nodes }
    await server.request('PUT', `/flows/${flow.id}/draft`, { revision: flow.revision, flow: draft })
    const [failed] = await replayed(await post('replay', run.id, [0, 1], { flow: 'current' }))
    expect(failed?.status).toBe('failed')
    expect((await detail(run.id, 1)).state).toBe('new')
    const after = await detail(run.id, 0)
    expect(after).toMatchObject({ state: 'mended', cells: [{}, { value: '01/02/2026' }] })
    expect(after.history.at(-1)).toMatchObject({ action: 'failed', replayId: failed?.id })
    const [again] = await replayed(await post('replay', run.id, [0, 1]))
    expect(again).toMatchObject({ status: 'succeeded', rowsIn: 2, rowsOut: 1, rejected: 1 })
  })

  it('feeds no rows of a dry run in: that has not written the others either', async () => {
    await server.upload('none.csv', 'name,on\nAna,01/02/2026\nBo,02/02/2026\n')
    const flow = await server.createFlow(checkedFlow('none.csv', 'none-out.csv'))
    const { id, rejected } = await server.waitFor((await server.startRun(flow.id, { dry: true })).id)
    expect(rejected).toBe(1)
    expect((await detail(id, 0)).obstacle?.code).toBe('replay.notCommitted')
    const answer = await post('replay', id, [0])
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({ problems: [{ code: 'replay.notCommitted' }] })
  })

  it('says why rows cannot be fed in again', async () => {
    await server.upload('all.csv', 'name,on\nAna,bad\n')
    const base = checkedFlow('all.csv', 'all-out.csv')
    const nodes = base.nodes.map((node) =>
      node.id === 'keep' ? { ...node, kind: 'distinct', settings: {} } : node,
    )
    const flow = await server.createFlow({ ...base, nodes })
    const run = await server.waitFor((await server.startRun(flow.id)).id)
    expect((await detail(run.id, 0)).obstacle).toMatchObject({
      code: 'replay.together',
      location: { nodeId: 'keep' },
    })
    expect((await post('replay', run.id, [0])).status).toBe(422)
    expect((await detail(run.id, 0)).state).toBe('new')
  })

  it('feeds no rows into a flow that writes only what was approved', async () => {
    await server.upload('strict.csv', 'name,on\nAna,bad\n')
    const flow = await server.createFlow(checkedFlow('strict.csv', 'strict-out.csv'))
    const run = await server.waitFor((await server.startRun(flow.id)).id)
    const saved = await server.request('PUT', `/flows/${flow.id}/draft`, {
      revision: flow.revision,
      flow: { ...flow.draft, requiresApproval: true },
    })
    expect(saved.status).toBe(200)
    const refused = await post('replay', run.id, [0], { flow: 'current' })
    expect(refused.status).toBe(422)
    expect(await refused.json()).toMatchObject({ problems: [{ code: 'replay.notApproved' }] })
    expect((await detail(run.id, 0)).state).toBe('new')
  })
})

it.each([
  ['{"a b":"1","c":null}', { 'a b': '1', c: null }],
  ['{"a b":{"x":1}}', { 'a b': '{"x":1}', c: null }],
  ['1;"x ""y"";z";3\r\n', { 'a b': '1', c: 'x "y";z' }],
  ['one', { 'a b': 'one', c: null }],
  ['"open;2', { 'a b': '"open', c: '2' }],
])('the cells of %j', (row, expected) => {
  const named = ['a b', 'c'].map((name) => ({ name, type: 'VARCHAR', format: '' }))
  expect(cellsOf(row, named, ';')).toEqual(expected)
})
