import { type Flow, flow as flowSchema } from '@millrace/engine'
import { expect, it } from 'vitest'
import { tableTarget, targetTable } from './target-table.ts'

const target = (settings: Record<string, unknown>) => ({
  id: 'out',
  kind: 'postgres.target',
  settings,
  position: { x: 0, y: 0 },
})
const flowOf = (
  path: readonly string[],
  settings: Record<string, unknown> = { connection: 'c', table: 't' },
): Flow =>
  flowSchema.parse({
    format: 'millrace.flow',
    version: 1,
    name: 'f',
    nodes: [
      ...['map', 'sort'].map((id) => ({ id, kind: id, settings: {}, position: { x: 0, y: 0 } })),
      target(settings),
    ],
    edges: path
      .slice(1)
      .map((to, index) => ({ from: { node: path[index], port: 'out' }, to: { node: to, port: 'in' } })),
  })
const id = { name: 'id', type: 'BIGINT' }
const passed = { map: { out: [id] }, sort: { out: [id] } }
const renamed = { map: { out: [id] }, sort: { out: [{ name: 'ID', type: 'BIGINT' }] } }

it.each([
  ['right after it', ['map', 'out'], {}, 'out'],
  ['behind what passes the columns on', ['map', 'sort', 'out'], passed, 'out'],
  ['not behind what changes them', ['map', 'sort', 'out'], renamed, undefined],
  ['not behind what is not known', ['map', 'sort', 'out'], {}, undefined],
  ['not before it', ['out', 'map'], passed, undefined],
] as const)('finds the table %s', (_, path, ports, found) => {
  expect(tableTarget(flowOf(path), ports, 'map')?.id).toBe(found)
})

it('finds no target that names no table yet', () => {
  expect(tableTarget(flowOf(['map', 'out'], { connection: 'c', table: '' }), {}, 'map')).toBeUndefined()
})

it('knows what a new row must have, where rows are inserted', () => {
  const column = { nativeType: '', key: null, comment: '', nullable: false, filled: false }
  const columns = [
    { ...column, name: 'id', type: 'BIGINT' },
    { ...column, name: 'note', type: 'VARCHAR', nullable: true },
    { ...column, name: 'made', type: 'TIMESTAMP WITH TIME ZONE', filled: true },
    { ...column, name: 'place', type: 'STRUCT(x DOUBLE)' },
  ]
  const table = (mode: string) =>
    targetTable({ ...target({ table: 't', mode }), label: '', note: '', disabled: false }, columns)
  const mandatory = (mode: string) =>
    columns.filter(({ name }) => table(mode).isMandatory(name)).map(({ name }) => name)
  expect(mandatory('append')).toEqual(['id', 'place'])
  expect(mandatory('update')).toEqual([])
  expect(table('append').typeOf('ID')).toBe('BIGINT')
  expect(table('append').typeOf('place')).toBeUndefined()
})
