import { edgeId, emptyFlow, type Flow, nodeKinds } from '@millrace/engine'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Change, parameterRename } from './changes.ts'
import { copyText, pasting } from './clipboard.ts'
import { type Command, commandFor, commands } from './commands.ts'
import { answers, freeInput, refusal } from './connection.ts'
import { useDocument } from './document-store.ts'
import { insertion, replacement } from './graph-edits.ts'
import { grouping, newNote } from './marks.ts'
import { useView } from './view-store.ts'

const kind = (name: string) => {
  const found = nodeKinds.get(name)
  if (!found) throw new TypeError(name)
  return found
}
const store = () => useDocument.getState()
const paste = (text: string) => {
  const found = pasting(store().flow, text, { en: 'Paste', zh: '粘贴' })
  if (found) store().make(found.change)
  return found
}
const draw = (): Flow => {
  const source = store().addNode(kind('csv.source'), { x: 0, y: 0 })
  const filter = store().addNode(kind('filter'), { x: 300, y: 0 }, { node: source, port: 'out' })
  store().addNode(kind('csv.target'), { x: 600, y: 0 }, { node: filter, port: 'out' })
  return store().flow
}

beforeEach(() => store().open('f', emptyFlow('Test')))

describe('the document', () => {
  it('gives readable ids and connects what is added after a port', () => {
    const flow = draw()
    expect(flow.nodes.map(({ id }) => id)).toEqual(['csv', 'filter', 'csv-target'])
    expect(flow.edges.map(({ from, to }) => [from.node, to.node])).toEqual([
      ['csv', 'filter'],
      ['filter', 'csv-target'],
    ])
  })

  it('renames a parameter wherever settings name it, in one step', () => {
    draw()
    const parameter = { name: 'since', type: 'date', default: '2026-01-31', description: '' } as const
    store().setHeader({ parameters: [parameter, { ...parameter, name: 'since_when' }] })
    store().setSettings('csv', { path: '${since}/$${since}.csv' }, 'path')
    store().setSettings('filter', { expression: 'day >= ${ since } and day < ${since_when}' }, 'expression')
    const before = store().flow
    store().make(parameterRename(before, 'since', 'first_day'))
    const { parameters, nodes } = store().flow
    expect(parameters.map(({ name }) => name)).toEqual(['first_day', 'since_when'])
    expect(nodes.map(({ settings }) => settings)).toEqual([
      { path: '${first_day}/$${since}.csv' },
      { expression: 'day >= ${first_day} and day < ${since_when}' },
      before.nodes[2]?.settings,
    ])
    store().undo()
    expect(store().flow).toEqual(before)
  })

  it('takes back and repeats every kind of edit exactly', () => {
    const drawn = draw()
    const edits = [
      () => store().rename('filter', 'Active'),
      () => store().setSettings('filter', { expression: 'true' }, 'expression'),
      () => store().toggleDisabled(['filter']),
      () => store().setRetry('csv', { times: 3, backOffSeconds: 2 }),
      () => store().remove(['filter'], []),
      () => store().arrange(),
      () => store().setHeader({ name: 'Other' }),
      () => store().setHeader({ requiresApproval: true }, 'approval'),
      () => paste(copyText(drawn, new Set(['csv', 'filter']))),
    ]
    const states = [store().flow]
    for (const edit of edits) {
      edit()
      states.push(store().flow)
    }
    for (const before of states.slice(0, -1).toReversed()) {
      store().undo()
      expect(store().flow).toEqual(before)
    }
    for (const after of states.slice(1)) {
      store().redo()
      expect(store().flow).toEqual(after)
    }
  })

  it('undoes typing in one field as one edit, and two fields apart', () => {
    draw()
    const count = store().done.length
    for (const text of ['a', 'ab', 'abc']) store().setSettings('filter', { expression: text }, 'expression')
    expect(store().done.length).toBe(count + 1)
    store().rename('filter', 'x')
    expect(store().done.length).toBe(count + 2)
  })

  it('puts a node into an edge', () => {
    const flow = draw()
    const [edge] = flow.edges
    if (edge) store().insertNode(kind('map'), { x: 150, y: 0 }, edge)
    expect(store().flow.edges.map(({ from, to }) => `${from.node} ${to.node}`)).toEqual([
      'filter csv-target',
      'csv map',
      'map filter',
    ])
  })
})

describe('edits of the graph', () => {
  const edges = () =>
    store().flow.edges.map(({ from, to }) => `${from.node}:${from.port} ${to.node}:${to.port}`)
  const make = (change: Change | undefined) => change && store().make(change)

  it('put a node that lies about into an edge and make room, as one edit', () => {
    const [edge] = draw().edges
    const id = store().addNode(kind('sort'), { x: 0, y: 600 })
    const before = store().flow
    const node = before.nodes.find((one) => one.id === id)
    if (edge && node) make(insertion(before, node, edge))
    expect(edges()).toEqual(['filter:out csv-target:in', 'csv:out sort:in', 'sort:out filter:in'])
    const xs = ['csv', 'sort', 'filter', 'csv-target'].map(
      (name) => store().flow.nodes.find((one) => one.id === name)?.position.x ?? Number.NaN,
    )
    expect(xs).toEqual(xs.toSorted((a, b) => a - b))
    expect(new Set(xs).size).toBe(4)
    store().undo()
    expect(store().flow).toEqual(before)
  })

  it('refuse to put a source into an edge', () => {
    const flow = draw()
    const [edge] = flow.edges
    const [source] = flow.nodes
    expect(edge && source && insertion(flow, source, edge)).toBeUndefined()
  })

  it('replace a node and keep what its successor knows too', () => {
    const drawn = draw()
    store().setSettings('csv-target', { path: 'out.csv' }, 'path')
    store().rename('csv-target', 'Result')
    const before = store().flow
    make(replacement(before, 'csv-target', kind('json.target')))
    const node = store().flow.nodes.find(({ id }) => id === 'csv-target')
    expect(node).toMatchObject({ kind: 'json.target', label: 'Result', settings: { path: 'out.csv' } })
    expect(store().flow.edges).toEqual(drawn.edges)
    store().undo()
    expect(store().flow).toEqual(before)
    // A join has no port `in`: the edge goes to its first input; a source has none at all.
    make(replacement(store().flow, 'filter', kind('join')))
    expect(edges()[0]).toMatch(/^csv:out filter:(?!in$)/)
    make(replacement(store().flow, 'filter', kind('json.source')))
    expect(edges()).toEqual(['filter:out csv-target:in'])
  })
})

describe('connections', () => {
  it('refuses circles, taken inputs and a node on itself', () => {
    const flow = draw()
    const to = (node: string) => ({ node, port: 'in' })
    expect(refusal(flow, { from: { node: 'filter', port: 'out' }, to: to('filter') })?.en).toMatch(/itself/)
    expect(refusal(flow, { from: { node: 'csv', port: 'out' }, to: to('csv-target') })?.en).toMatch(/already/)
    const open = { ...flow, edges: flow.edges.slice(0, 1) }
    expect(refusal(open, { from: { node: 'filter', port: 'out' }, to: to('csv-target') })).toBeUndefined()
    const second = store().addNode(kind('filter'), { x: 0, y: 300 }, { node: 'filter', port: 'out' })
    const cut = { ...store().flow, edges: store().flow.edges.filter((edge) => edge.to.node !== 'filter') }
    expect(refusal(cut, { from: { node: second, port: 'out' }, to: to('filter') })?.en).toMatch(/circle/)
  })
})

describe('an edge that is being drawn', () => {
  it('is answered by every node with the edge it would be or the reason against it', () => {
    const flow = draw()
    const free = store().addNode(kind('sort'), { x: 0, y: 600 })
    const from = { node: 'filter', port: 'out' }
    const found = answers(store().flow, from, 'output')
    const reason = (id: string) => {
      const answer = found.get(id)
      return answer && 'reason' in answer ? answer.reason.en : undefined
    }
    expect(found.get(free)).toEqual({ edge: { from, to: { node: free, port: 'in' } } })
    expect(reason('filter')).toMatch(/itself/)
    expect(reason('csv')).toMatch(/circle/)
    expect(reason('csv-target')).toMatch(/already/)
    const back = answers(flow, { node: 'filter', port: 'in' }, 'input')
    expect(back.get('csv-target')).toMatchObject({ reason: { en: expect.stringMatching(/circle/) } })
  })

  it('is answered as the rule for edges says, for every pair', () => {
    draw()
    store().addNode(kind('join'), { x: 0, y: 600 }, { node: 'csv', port: 'out' })
    store().addNode(kind('union'), { x: 0, y: 900 }, { node: 'filter', port: 'out' })
    const { flow } = store()
    for (const { id, kind: name, settings } of flow.nodes)
      for (const port of nodeKinds.get(name)?.outputs(settings) ?? []) {
        const from = { node: id, port: port.name }
        for (const [to, answer] of answers(flow, from, 'output'))
          expect('edge' in answer ? answer.edge : undefined).toEqual(freeInput(flow, from, to))
      }
  })
})

describe('commands', () => {
  it('are told by their keys, each key by one command', () => {
    const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
      commandFor({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more })?.id
    expect(press('z', { ctrlKey: true })).toBe('undo')
    expect(press('Z', { metaKey: true, shiftKey: true })).toBe('redo')
    expect(press('y', { ctrlKey: true })).toBe('redo')
    expect(press('?', { shiftKey: true })).toBe('help')
    expect(press('Enter', { ctrlKey: true })).toBe('run')
    expect(press('d')).toBe('disable')
    expect(press('d', { ctrlKey: true })).toBeUndefined()
    expect(press('d', { ctrlKey: true, shiftKey: true })).toBe('duplicate')
    expect(press('f', { ctrlKey: true })).toBe('find')
    const keys = commands.flatMap(({ shortcuts }) => shortcuts.map((shortcut) => JSON.stringify(shortcut)))
    expect(new Set(keys).size).toBe(keys.length)
  })
})

describe('layout', () => {
  it('of all or of some nodes is one edit that leaves the others where they are', () => {
    const ids = draw().nodes.map(({ id }) => id)
    for (const some of [undefined, ids.slice(0, 2)]) {
      store().move(new Map(ids.map((id, n) => [id, { x: 7 * n, y: 900 - 40 * n }])))
      const [before, count] = [store().flow, store().done.length]
      store().arrange(some)
      expect(store().done.length).toBe(count + 1)
      const moved = store().flow.nodes.filter(({ id }) => some === undefined || some.includes(id))
      expect(new Set(moved.map(({ position }) => position.y)).size).toBe(1)
      expect(store().flow.nodes.slice(moved.length)).toEqual(before.nodes.slice(moved.length))
      store().undo()
      expect(store().flow).toEqual(before)
    }
  })
})

describe('what is disabled', () => {
  it('says why, in both languages, on an empty canvas', () => {
    useView.getState().reset()
    for (const item of commands as readonly Command[])
      if (!item.enabled())
        expect(item.needs, item.id).toMatchObject({ en: expect.any(String), zh: expect.any(String) })
  })

  it('is enabled by what it needs', () => {
    const enabled = () =>
      new Set((commands as readonly Command[]).filter((item) => item.enabled()).map(({ id }) => id))
    const flow = draw()
    useView.getState().select(['csv', 'filter'])
    expect(enabled()).toContain('alignLeft')
    expect(enabled()).not.toContain('distributeAcross')
    expect(enabled()).not.toContain('rename')
    useView.getState().select([], flow.edges.slice(0, 1).map(edgeId))
    expect(enabled()).toContain('insert')
    expect(enabled()).not.toContain('copy')
  })
})

describe('the clipboard', () => {
  it('gives pasted nodes ids of their own and takes no foreign text', () => {
    const flow = draw()
    expect(paste(copyText(flow, new Set(['csv', 'filter'])))?.nodes).toEqual(['csv-2', 'filter-2'])
    expect(
      store()
        .flow.edges.slice(2)
        .map(({ from, to }) => [from.node, to.node]),
    ).toEqual([['csv-2', 'filter-2']])
    expect(paste('hello')).toBeUndefined()
    expect(paste('{"format":"other"}')).toBeUndefined()
    expect(paste(copyText(flow, new Set()))).toBeUndefined()
  })

  it('takes groups and notes along, beside what lies there, and whole flows', () => {
    const flow = draw()
    store().make(grouping(flow, ['csv', 'filter']).change)
    store().make(newNote(store().flow, { x: 0, y: -200 }).change)
    const marked = store().flow
    const found = paste(copyText(marked, new Set(['csv', 'filter', 'csv-target']), new Set(['note'])))
    expect(found?.notes).toEqual(['note-2'])
    expect(store().flow.groups).toMatchObject([
      { id: 'group' },
      { id: 'group-2', nodes: ['csv-2', 'filter-2'] },
    ])
    const places = [...store().flow.nodes, ...(store().flow.notes ?? [])].map(({ position }) =>
      JSON.stringify(position),
    )
    expect(new Set(places).size).toBe(places.length)
    store().open('g', emptyFlow('Other'))
    paste(JSON.stringify(marked))
    const { name: _name, ...pasted } = store().flow
    expect(pasted).toEqual({ ...marked, name: undefined })
    store().undo()
    expect(store().flow).toEqual(emptyFlow('Other'))
  })

  it('takes part of a group without the group', () => {
    const flow = draw()
    store().make(grouping(flow, ['csv', 'filter']).change)
    paste(copyText(store().flow, new Set(['csv'])))
    expect(store().flow.groups).toHaveLength(1)
  })
})
