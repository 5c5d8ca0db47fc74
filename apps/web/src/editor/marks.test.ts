import { emptyFlow, nodeKinds } from '@millrace/engine'
import { beforeEach, describe, expect, it } from 'vitest'
import { copyText, pasting } from './clipboard.ts'
import { useDocument } from './document-store.ts'
import { alignedPlaces } from './layout.ts'
import { colouring, grouping, groupOf, newNote, noteChange, retitling, ungrouping } from './marks.ts'

const store = () => useDocument.getState()
const ids = ['filter', 'filter-2', 'filter-3']

beforeEach(() => {
  store().open('f', emptyFlow('Test'))
  const filter = nodeKinds.get('filter')
  if (filter)
    for (const [x, y] of [
      [0, 0],
      [400, 160],
      [1200, 320],
    ] as const)
      store().addNode(filter, { x, y })
})

const place = (id: string) => store().flow.nodes.find((node) => node.id === id)?.position

describe('groups, notes and colours', () => {
  it('are made, changed and taken back exactly', () => {
    const edits = [
      () => store().make(grouping(store().flow, ids.slice(0, 2)).change),
      () => {
        const group = groupOf(store().flow, ids.slice(0, 2))
        if (group) store().make(retitling(store().flow, group, 'Clean'))
      },
      // All of a group: it is the group that takes the colour.
      () => store().make(colouring(store().flow, ids.slice(0, 2), [], 'green')),
      () => store().make(colouring(store().flow, ['filter'], [], 'red')),
      () => store().make(newNote(store().flow, { x: 0, y: -160 }).change),
      () => store().make(noteChange(store().flow, 'note', { text: 'why' })),
      () => store().make(colouring(store().flow, [], ['note'], 'blue')),
      () => store().move(new Map([['note:note', { x: 16, y: 16 }]])),
      () => store().make(grouping(store().flow, ids.slice(1)).change),
      () => store().remove(['filter'], ['note']),
      () => {
        const { flow } = store()
        const text = copyText(flow, new Set(['filter-2', 'filter-3']))
        const found = pasting(flow, text, { en: 'Duplicate', zh: '复制一份' })
        if (found) store().make(found.change)
      },
    ]
    const states = [store().flow]
    for (const edit of edits) {
      edit()
      states.push(store().flow)
    }
    expect(states[3]?.groups).toEqual([
      { id: 'group', title: 'Clean', nodes: ['filter', 'filter-2'], color: 'green' },
    ])
    expect(states[7]?.notes).toMatchObject([{ text: 'why', color: 'blue' }])
    expect(states[9]?.groups).toMatchObject([{ nodes: ['filter'] }, { nodes: ['filter-2', 'filter-3'] }])
    expect(states[10]?.groups).toMatchObject([{ nodes: ['filter-2', 'filter-3'] }])
    expect(states[10]?.notes).toBeUndefined()
    expect(states[11]?.nodes.length).toBe(4)
    for (const after of states.toReversed()) {
      expect(store().flow).toEqual(after)
      store().undo()
    }
  })

  it('leave nothing in the flow when the group is dissolved', () => {
    const before = store().flow
    store().make(grouping(store().flow, ids).change)
    const group = groupOf(store().flow, ids)
    if (group) store().make(ungrouping(store().flow, group))
    expect(Object.keys(store().flow)).toEqual(Object.keys(before))
  })
})

describe('arranging', () => {
  it('aligns and distributes as one edit', () => {
    const { flow, done } = store()
    store().move(alignedPlaces(flow.nodes, 'across'))
    expect(ids.map((id) => place(id)?.x)).toEqual([0, 600, 1200])
    store().move(alignedPlaces(store().flow.nodes, 'top'))
    expect(ids.map((id) => place(id)?.y)).toEqual([0, 0, 0])
    expect(store().done.length).toBe(done.length + 2)
    store().undo()
    store().undo()
    expect(store().flow).toEqual(flow)
    store().move(alignedPlaces(flow.nodes, 'left'))
    expect(ids.map((id) => place(id))).toEqual([
      { x: 0, y: 0 },
      { x: 0, y: 160 },
      { x: 0, y: 320 },
    ])
  })

  it('lays out a selection where it is and leaves the rest', () => {
    store().connect({ from: { node: 'filter-2', port: 'out' }, to: { node: 'filter-3', port: 'in' } })
    store().arrange(['filter-2', 'filter-3'])
    expect(place('filter')).toEqual({ x: 0, y: 0 })
    expect(place('filter-2')).toEqual({ x: 400, y: 160 })
    expect(place('filter-3')).toEqual({ x: 704, y: 160 })
  })
})
