import { describe, expect, it } from 'vitest'
import { laws } from '../spec/index.ts'
import { Accounts, variable } from './accounts.ts'

/** source → filter → target, as the books see it. */
function linear(): Accounts {
  const accounts = new Accounts()
  accounts.addLaw('source', { left: ['read'], right: ['out', 'rejected'] }, [], ['out'])
  accounts.addLaw('filter', laws.filter, ['in'], ['out'])
  accounts.addEdges('filter', 'in', [variable('source', 'out:out')])
  accounts.addLaw('target', { left: ['in'], right: ['written'] }, ['in'], [])
  accounts.addEdges('target', 'in', [variable('filter', 'out:out')])
  return accounts
}

describe('Accounts', () => {
  it('works out what two counts determine', () => {
    const accounts = linear()
    accounts.measure(variable('target', 'written'), 30)
    accounts.measure(variable('source', 'out:out'), 100)
    accounts.measure(variable('source', 'rejected'), 2)
    expect(accounts.get(variable('filter', 'filtered'))).toBe(70)
    expect(accounts.get(variable('source', 'read'))).toBe(102)
    expect(accounts.unbalanced()).toEqual(new Set())
    expect(accounts.unknown.size).toBe(0)
  })

  it('finds more rows leaving a filter than came in', () => {
    const accounts = linear()
    accounts.measure(variable('target', 'written'), 101)
    accounts.measure(variable('source', 'out:out'), 100)
    accounts.measure(variable('source', 'rejected'), 0)
    expect(accounts.unbalanced()).toEqual(new Set(['filter']))
  })

  it('finds a target that wrote fewer rows than it was given', () => {
    const accounts = linear()
    accounts.measure(variable('filter', 'out:out'), 30)
    accounts.measure(variable('source', 'out:out'), 30)
    accounts.measure(variable('source', 'rejected'), 0)
    accounts.measure(variable('target', 'written'), 29)
    expect(accounts.unbalanced()).toEqual(new Set(['target']))
  })

  it('finds two measurements that contradict each other', () => {
    const accounts = linear()
    accounts.measure(variable('source', 'out:out'), 100)
    accounts.measure(variable('source', 'out:out'), 99)
    accounts.measure(variable('source', 'rejected'), 0)
    accounts.measure(variable('target', 'written'), 10)
    expect(accounts.unbalanced()).toContain('source')
  })

  it('does not call balanced what nobody counted', () => {
    const accounts = linear()
    accounts.measure(variable('target', 'written'), 30)
    expect(accounts.unbalanced()).toEqual(new Set(['source', 'filter']))
  })

  it('adds up the edges into a port that takes many', () => {
    const accounts = new Accounts()
    accounts.addLaw('union', laws.preserve, ['in'], ['out'])
    accounts.addEdges('union', 'in', [variable('a', 'out:out'), variable('b', 'out:out')])
    accounts.measure(variable('a', 'out:out'), 3)
    accounts.measure(variable('b', 'out:out'), 4)
    expect(accounts.get(variable('union', 'out:out'))).toBe(7)
  })
})
