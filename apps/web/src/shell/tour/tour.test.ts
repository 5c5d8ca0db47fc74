import type { Problem } from '@millrace/engine'
import { describe, expect, it } from 'vitest'
import { placeBeside } from './place.ts'
import { type Progress, stepState } from './progress.ts'

const screen = { left: 0, top: 0, width: 1440, height: 900 }
const card = { width: 320, height: 220 }

describe('the card of the tour', () => {
  it.each([
    ['the palette', { left: 72, top: 56, width: 220, height: 800 }, 306, 56],
    ['the settings', { left: 1080, top: 56, width: 360, height: 840 }, 746, 56],
    ['the data', { left: 300, top: 640, width: 780, height: 260 }, 324, 406],
    ['a button of the top bar', { left: 1300, top: 10, width: 120, height: 36 }, 966, 14],
  ])('lies beside %s, where there is room', (_, target, left, top) => {
    expect(placeBeside(target, card, screen)).toEqual({ left, top })
  })

  it('stays inside of a window that is too small for both', () => {
    const { left, top } = placeBeside({ left: 0, top: 0, width: 400, height: 300 }, card, {
      left: 0,
      top: 0,
      width: 400,
      height: 300,
    })
    expect([left, top]).toEqual([24, 14])
  })
})

describe('a step of the tour', () => {
  const node = (id: string, kind: string) => ({ id, kind, settings: {} })
  const wrong = { severity: 'error' } as Problem
  const base: Progress = {
    nodes: [node('in', 'csv.source'), node('keep', 'filter')],
    byNode: new Map([['keep', [wrong]]]),
    isCurrent: true,
    hasEnded: false,
  }

  it('is done when what it asks for is there and nothing about it is wrong', () => {
    expect(stepState('source', { ...base, nodes: [] })).toBe('open')
    expect(stepState('source', base)).toBe('done')
    expect(stepState('file', base)).toBe('done')
    expect(stepState('filter', base)).toBe('done')
    expect(stepState('condition', base)).toBe('open')
    expect(stepState('condition', { ...base, byNode: new Map() })).toBe('done')
    expect(stepState('condition', { ...base, byNode: new Map(), isCurrent: false })).toBe('open')
    expect(stepState('target', base)).toBe('open')
    expect(stepState('run', base)).toBe('open')
    expect(stepState('run', { ...base, hasEnded: true })).toBe('done')
  })

  it('that shows something is only read', () => {
    expect(stepState('data', base)).toBe('read')
    expect(stepState('ledger', base)).toBe('read')
  })
})
