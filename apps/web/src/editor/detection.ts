import type { DetectionResponse } from '@millrace/contract'
import type { Label } from '@millrace/engine'
import { create } from 'zustand'
import { ApiError, call } from '../api/client.ts'

interface Detecting {
  readonly state: 'working' | 'done' | 'failed'
  readonly evidence: DetectionResponse['evidence']
  readonly sampled: number
  readonly fault: Label
}

const nothing: Omit<Detecting, 'state'> = { evidence: [], sampled: 0, fault: { en: '', zh: '' } }

/** What reading a source's file has shown, by node; kept while the editor is open. */
export const useDetections = create<{ readonly byNode: ReadonlyMap<string, Detecting> }>()(() => ({
  byNode: new Map(),
}))

const put = (nodeId: string, detecting: Detecting) =>
  useDetections.setState(({ byNode }) => ({ byNode: new Map(byNode).set(nodeId, detecting) }))

function faultOf(error: unknown): Label {
  const located = error instanceof ApiError ? error.document.problems[0]?.message : undefined
  const text = error instanceof Error ? error.message : String(error)
  return located ?? { en: text, zh: text }
}

const readings = new Set<Promise<void>>()

/** Reads a source anew and hands over the settings that it gives, unless it cannot be read. */
export function detect(
  nodeId: string,
  kind: string,
  settings: Record<string, unknown>,
  take: (settings: Record<string, unknown>) => void,
): Promise<void> {
  const read = async () => {
    put(nodeId, { ...nothing, state: 'working' })
    try {
      const found = await call('detect', { body: { kind, settings } })
      take(found.settings)
      put(nodeId, { ...nothing, state: 'done', evidence: found.evidence, sampled: found.sampled })
    } catch (error) {
      put(nodeId, { ...nothing, state: 'failed', fault: faultOf(error) })
    }
  }
  const reading = read().finally(() => readings.delete(reading))
  readings.add(reading)
  return reading
}

/** Resolves when no source is being read, and what was read stands in the flow. */
export async function detected(): Promise<void> {
  while (readings.size > 0) await Promise.all(readings)
}
