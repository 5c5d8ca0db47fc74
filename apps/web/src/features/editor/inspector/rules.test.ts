import { functionHelp } from '@millrace/engine'
import { describe, expect, it } from 'vitest'
import { functionAround, insertion } from './expression-completion.ts'
import { siblingPath, valueAt, withValuesAt } from './setting-path.ts'

describe('settings by path', () => {
  const settings = { routes: [{ name: 'a' }, { name: 'b', where: { combine: 'and' } }], match: 'first' }

  it('are read and replaced, and nothing else changes', () => {
    expect(valueAt(settings, 'routes.1.where.combine')).toBe('and')
    expect(valueAt(settings, 'routes.7.where')).toBeUndefined()
    expect(valueAt(settings, 'constructor.name')).toBeUndefined()
    const next = withValuesAt(settings, { 'routes.1.where': { combine: 'or' }, 'routes.1.expression': 'x' })
    expect(next).toEqual({
      routes: [{ name: 'a' }, { name: 'b', where: { combine: 'or' }, expression: 'x' }],
      match: 'first',
    })
    expect(settings.routes[1]).toEqual({ name: 'b', where: { combine: 'and' } })
  })

  it('stand beside each other', () => {
    expect(siblingPath('routes.1.where', 'expression')).toBe('routes.1.expression')
    expect(siblingPath('where', 'expression')).toBe('expression')
  })
})

describe('functions while typing', () => {
  const name = (text: string, position = text.length) => functionAround(text, position)?.name

  it('are found around the cursor, innermost first', () => {
    expect(name('round(amount')).toBe('round')
    expect(name('round(abs(amount)')).toBe('round')
    expect(name('round(abs(am')).toBe('abs')
    expect(name('round(amount, 2)')).toBeUndefined()
    expect(name('UPPER( name')).toBe('upper')
    expect(name('substr')).toBe('substr')
    expect(name('my_column')).toBeUndefined()
    expect(name('a = 1 AND (b')).toBeUndefined()
    expect(name('CAST(a')).toBe('CAST')
  })

  it('are put in with places to fill', () => {
    const template = (wanted: string) => {
      const entry = functionHelp.find((one) => one.name === wanted)
      return entry && insertion(entry)
    }
    expect(template('round')).toBe('round(${number}, ${digits})')
    expect(template('today')).toBe('today()')
    expect(template('concat')).toBe('concat(${value})')
    expect(template('CASE')).toBe('CASE WHEN ${condition} THEN ${value} ELSE ${other} END')
  })
})
