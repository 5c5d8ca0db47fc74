import type { DetectionResponse } from '@millrace/contract'
import { create } from 'zustand'
import { ApiError, call } from '../../../api/client.ts'

interface Detecting {
  readonly state: 'working' | 'done' | 'failed'
  readonly evidence: DetectionResponse['evidence']
  readonly sampled: number
  readonly fault: string
}

/** What reading a source's file has shown, by node; kept while the editor is open. */
export const useDetections = create<{ readonly byNode: ReadonlyMap<string, Detecting> }>()(() => ({
  byNode: new Map(),
}))

const put = (nodeId: string, detecting: Detecting) =>
  useDetections.setState(({ byNode }) => ({ byNode: new Map(byNode).set(nodeId, detecting) }))

/** Reads the source anew; returns the settings to take over, or undefined when it cannot be read. */
export async function detect(
  nodeId: string,
  kind: string,
  settings: Record<string, unknown>,
): Promise<Record<string, unknown> | undefined> {
  put(nodeId, { state: 'working', evidence: [], sampled: 0, fault: '' })
  try {
    const found = await call('detect', { body: { kind, settings } })
    put(nodeId, { state: 'done', evidence: found.evidence, sampled: found.sampled, fault: '' })
    return found.settings
  } catch (error) {
    const fault =
      error instanceof ApiError ? (error.document.problems[0]?.message.en ?? error.message) : String(error)
    put(nodeId, { state: 'failed', evidence: [], sampled: 0, fault })
    return undefined
  }
}
