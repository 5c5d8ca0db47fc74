import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Flow } from '../model/index.ts'
import { scalarFunctions } from '../sql/allowed-functions.ts'
import { functionHelp } from '../sql/function-help.ts'
import { EngineBench, flowOf } from '../testing/index.ts'

let bench: EngineBench
let flow: Flow
beforeAll(() => {
  bench = new EngineBench()
  bench.write('one.csv', 'id\n1\n')
  flow = flowOf(
    [
      { id: 'one', kind: 'csv.source', settings: { path: 'one.csv' } },
      { id: 'calculate', kind: 'map', settings: {} },
    ],
    ['one -> calculate'],
  )
})
afterAll(() => bench.close())

/** Spelled like functions, but read by DuckDB's grammar. */
const grammar = new Set(['coalesce', 'if', 'ifnull'])

describe('help for functions', () => {
  it.each(functionHelp.map((entry) => [entry.signature, entry] as const))('%s', async (_, entry) => {
    const { name, isFunction, example, result } = entry
    const request = { flow, nodeId: 'calculate', port: 'in', expression: example, parameters: {}, limit: 1 }
    const { rows, problems } = await bench.engine.evaluate(request)
    expect(problems).toEqual([])
    expect(rows[0]).toMatchObject({ value: result, fault: null })
    if (isFunction) {
      expect(example).toContain(`${name}(`)
      if (!grammar.has(name)) expect(scalarFunctions).toContain(name)
    }
    expect(name).not.toBe('')
    expect(entry.summary.en.length).toBeLessThan(90)
    expect(entry.summary.zh).toMatch(/\p{Script=Han}/u)
  })

  it('names each thing once', () => {
    const names = functionHelp.map(({ name }) => name)
    expect(names).toEqual([...new Set(names)])
    expect(names.length).toBeGreaterThan(120)
  })
})
