import { z } from 'zod'
import { create } from 'zustand'
import { readStored, writeStored } from '../browser-storage.ts'

const key = 'millrace.panes'
const sizes = z.object({ palette: z.number(), inspector: z.number(), data: z.number() }).partial()

/** Widths and the height of the panes, in px, as the person left them in this browser. */
export interface PaneSizes {
  readonly palette: number
  readonly inspector: number
  readonly data: number
}

function stored(): Partial<PaneSizes> {
  try {
    return sizes.parse(JSON.parse(readStored(key) ?? '{}'))
  } catch {
    // Written by another version, or by hand.
    return {}
  }
}

export const usePaneSizes = create<PaneSizes>()(() => ({
  palette: 208,
  inspector: 336,
  data: 320,
  ...stored(),
}))

export function resizePane(pane: keyof PaneSizes, size: number): void {
  usePaneSizes.setState({ [pane]: size })
  writeStored(key, JSON.stringify(usePaneSizes.getState()))
}
