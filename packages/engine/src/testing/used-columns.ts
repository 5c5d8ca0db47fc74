import { expect } from 'vitest'
import type { EngineBench } from './engine-bench.ts'
import { flowOf } from './flow-builder.ts'

/**
 * The source of these settings reads the rows (1, Ana) and (2, Bo) of a relation `(id, name, broken, rest)`
 * of which nobody can read `broken`: flows that do not use it read it all the same, alone or shared.
 */
export async function expectOnlyUsed(
  bench: Pick<EngineBench, 'run' | 'text'>,
  kind: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  const wide = { id: 'in', kind, settings: { connection: 'db', ...settings } }
  const named = {
    id: 'named',
    kind: 'map',
    settings: { columns: [{ name: 'name', expression: 'upper(name)' }] },
  }
  const some = { id: 'some', kind: 'filter', settings: { expression: 'id > 1' } }
  const json = (id: string) => ({
    id,
    kind: 'json.target',
    settings: { path: `${id}.ndjson`, layout: 'lines' },
  })
  const used = await bench.run(
    flowOf([wide, some, named, json('out')], ['in -> some', 'some -> named', 'named -> out']),
  )
  expect(used.problems).toEqual([])
  expect(bench.text('out.ndjson')).toBe('{"name":"BO"}\n')
  const shared = await bench.run(
    flowOf(
      [wide, some, named, { ...named, id: 'bare' }, json('out'), json('all')],
      ['in -> some', 'some -> named', 'named -> out', 'in -> bare', 'bare -> all'],
    ),
  )
  expect(shared.problems).toEqual([])
  expect(bench.text('all.ndjson')).toBe('{"name":"ANA"}\n{"name":"BO"}\n')
  const counted = await bench.run(
    flowOf(
      [
        wide,
        {
          id: 'count',
          kind: 'aggregate',
          settings: { groups: [], measures: [{ name: 'n', how: 'count' }] },
        },
        json('out'),
      ],
      ['in -> count', 'count -> out'],
    ),
  )
  expect(counted).toMatchObject({ status: 'succeeded', balanced: true })
  expect(bench.text('out.ndjson')).toBe('{"n":2}\n')
  const whole = await bench.run(flowOf([wide, json('out')], ['in -> out']))
  expect(whole).toMatchObject({ status: 'failed', problems: [{ location: { nodeId: 'in' } }] })
}
