import { expect, it } from 'vitest'
import { type Kind, kinds, planTurns } from './plan.ts'
import { Random } from './random.ts'

const scenarios = [
  { name: 'file', databases: [] },
  { name: 'a', databases: ['a'] },
  { name: 'b', databases: ['b'] },
  { name: 'both', databases: ['a', 'b'] },
  { name: 'more', databases: ['a'] },
]
const counts = { kill: 100, restart: 10, cut: 10, slow: 10, full: 10 }
const plan = (seed: number) => planTurns({ scenarios, counts, killable: new Set(['a']) }, new Random(seed))

it('is the same for the same seed, and another one for another', () => {
  expect(plan(7)).toEqual(plan(7))
  expect(plan(7)).not.toEqual(plan(8))
})

it('strikes as often as it was asked to, and only what runs use and what can be struck', () => {
  const turns = plan(1)
  const times = (kind: Kind) =>
    turns.flatMap(({ faults }) => faults).filter((fault) => fault.kind === kind).length
  expect(kinds.reduce((sum, kind) => sum + times(kind), 0)).toBe(140)
  expect(times('kill')).toBeGreaterThanOrEqual(100)
  for (const { scenarios: chosen, faults } of turns) {
    const used = chosen.flatMap(({ databases }) => databases)
    for (const { kind, victim } of faults) {
      if (kind === 'full') expect(victim).toBe('disk')
      else if (kind === 'restart') expect(victim).toBe('a')
      else expect(['server', 'engine', ...used]).toContain(victim)
      if (kind === 'kill') expect(victim).not.toBe('b')
    }
  }
})

it('deals every scenario about equally often', () => {
  const turns = plan(3)
  const often = scenarios.map((scenario) => turns.filter((turn) => turn.scenarios.includes(scenario)).length)
  expect(Math.max(...often) - Math.min(...often)).toBeLessThanOrEqual(turns.length / 5)
})
