import { create } from 'zustand'
import { readStored, writeStored } from '../../browser-storage.ts'

/** In the order they are taken. */
export const tourSteps = ['source', 'file', 'data', 'filter', 'condition', 'target', 'run', 'ledger'] as const
export type TourStep = (typeof tourSteps)[number]

interface Tour {
  /** The flow that is being drawn; null: no tour goes on. */
  readonly flowId: string | null
  readonly step: TourStep
  /** Taken to its end, or left: it is not offered again by itself. */
  readonly isKnown: boolean
}

const storageKey = 'millrace.tour'

/** What was stored: `known`, or the flow and the step that a reload goes on with. */
function stored(): Tour {
  const text = readStored(storageKey) ?? ''
  const [flowId, place] = text.split(' ')
  const step = tourSteps.find((known) => known === place)
  return flowId && step
    ? { flowId, step, isKnown: true }
    : { flowId: null, step: tourSteps[0], isKnown: text === 'known' }
}

/** The tour over the editor: where it is, remembered by this browser. */
export const useTour = create<Tour>()(() => stored())

function set(tour: Tour): void {
  writeStored(storageKey, tour.flowId === null ? 'known' : `${tour.flowId} ${tour.step}`)
  useTour.setState(tour)
}

export const beginTour = (flowId: string): void => set({ flowId, step: tourSteps[0], isKnown: true })

export const endTour = (): void => set({ ...useTour.getState(), flowId: null, isKnown: true })

/** Forwards or backwards; after the last step the tour is over. */
export function moveTour(by: 1 | -1): void {
  const tour = useTour.getState()
  const step = tourSteps[tourSteps.indexOf(tour.step) + by]
  if (step) set({ ...tour, step })
  else if (by === 1) endTour()
}
