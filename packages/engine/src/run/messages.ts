import type { Flow } from '../model/index.ts'
import type { Problem } from '../problems/index.ts'
import type { Token } from '../spec/index.ts'
import type { Connection } from './connections.ts'
import type { Backfill, Engine, EvaluateRequest, PreviewRequest, RunEvent } from './engine.ts'
import type { ExecutionOptions } from './execution-options.ts'
import type { FileRoots } from './file-area.ts'
import type { HoldDecision, VolumeViolation } from './volume.ts'

/** What an engine process is told when it starts. */
export interface ProcessOptions {
  readonly roots: FileRoots
  readonly work: string
  /** Folder of the keys that `mask` encrypts by. */
  readonly keys?: string | undefined
  readonly memoryLimit: number
  readonly inputLimit: number
  readonly spillLimit: number
}

/** The work that an engine process does, by name, with the arguments of each. */
export interface Work {
  infer: [flow: Flow]
  renameColumn: Parameters<Engine['renameColumn']>
  breakages: Parameters<Engine['breakages']>
  lineage: Parameters<Engine['lineage']>
  preview: [request: PreviewRequest]
  evaluate: [request: EvaluateRequest]
  compareRows: Parameters<Engine['compareRows']>
  captureGolden: Parameters<Engine['captureGolden']>
  testGoldens: Parameters<Engine['testGoldens']>
  detect: [kind: string, settings: Readonly<Record<string, unknown>>]
  plan: [flow: Flow]
  readRejects: [resultFolder: string, query: { nodeId?: string; offset: number; limit: number }]
  readChanges: Parameters<Engine['readChanges']>
  searchRejects: Parameters<Engine['searchRejects']>
  run: [
    request: {
      flow: Flow
      runId: string
      clock: string
      parameters: Readonly<Record<string, string>>
      resultFolder: string
      workFolder: string
      cursors: Readonly<Record<string, Token>>
      backfill: Backfill | undefined
      dry: boolean
      approved: Readonly<Record<string, string>> | undefined
      replay: ExecutionOptions['replay']
      usualRows: Readonly<Record<string, number>>
      resumes: string | undefined
    },
  ]
  /** Commits what the run of this process prepared and holds open; the node ids of those that are. */
  commitOpen: []
  /** Keeps what that run had read, when its commit came to nothing. */
  keep: []
}

export type ToProcess =
  | { readonly type: 'start'; readonly options: ProcessOptions }
  | {
      readonly type: 'call'
      readonly id: number
      readonly name: keyof Work
      readonly parameters: readonly unknown[]
    }
  | { readonly type: 'cancel' }
  | { readonly type: 'decision'; readonly decision: HoldDecision }
  | { readonly type: 'connection'; readonly id: number; readonly found: Connection | null }
  | { readonly type: 'connectionFault'; readonly id: number; readonly problem: Problem }

export type FromProcess =
  | { readonly type: 'ready' }
  /** Answered with `connection` or `connectionFault` of the same id. */
  | { readonly type: 'findConnection'; readonly id: number; readonly connection: string }
  | { readonly type: 'event'; readonly event: RunEvent }
  /** Answered with `decision`; there is one hold at most in a run. */
  | { readonly type: 'hold'; readonly violations: readonly VolumeViolation[] }
  | { readonly type: 'result'; readonly id: number; readonly result: unknown }
  | {
      readonly type: 'fault'
      readonly id: number
      readonly problem: Problem | null
      readonly message: string
    }
