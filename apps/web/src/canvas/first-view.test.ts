import { describe, expect, it } from 'vitest'
import { firstView, legibleZoom } from './first-view.ts'

describe('the first view of a flow', () => {
  it('shows the whole of a small flow in the middle, no larger than life', () => {
    expect(firstView({ x: 0, y: 0, width: 200, height: 100 }, 800, 600)).toEqual({ x: 300, y: 250, zoom: 1 })
  })

  it('shrinks as far as texts can be read', () => {
    const view = firstView({ x: 0, y: 0, width: 1000, height: 100 }, 896, 600)
    expect(view).toEqual({ x: 48, y: 260, zoom: 0.8 })
  })

  it('begins a long flow at its left, wherever it was drawn', () => {
    const view = firstView({ x: -400, y: 1000, width: 4000, height: 100 }, 864, 600)
    expect(view.zoom).toBe(legibleZoom)
    expect(-400 * view.zoom + view.x).toBe(48)
    expect(1050 * view.zoom + view.y).toBe(300)
  })

  it('begins a high flow at its top', () => {
    const view = firstView({ x: 0, y: 0, width: 200, height: 4000 }, 864, 600)
    expect(view.y).toBe(32)
  })
})
