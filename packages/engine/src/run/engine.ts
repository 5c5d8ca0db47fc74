import type { GoldenTest } from '../golden/golden.ts'
import type { BreakagesResult } from '../graph/breakages.ts'
import type { Lineage } from '../graph/lineage.ts'
import type { PortColumn } from '../graph/references.ts'
import type { RenameRequest, RenameResult } from '../graph/rename.ts'
import type { Column, Flow } from '../model/index.ts'
import type { Problem } from '../problems/index.ts'
import type { CursorInterval, Detection, OutputDescription, Token } from '../spec/index.ts'
import type { ChangeKind, TargetChanges } from './changes.ts'
import type { Connections } from './connections.ts'
import type { FileRoots } from './file-area.ts'
import type { NodeLedger, NodeState } from './ledger.ts'
import type { FoundRejects, RejectSearch } from './reject-search.ts'
import type { Replay } from './replay-source.ts'
import type { ComparisonPage, RowComparison } from './row-comparison.ts'
import type { HoldDecision, VolumeViolation } from './volume.ts'

export type { ChangeKind, TargetChanges } from './changes.ts'
export type { FileRoots } from './file-area.ts'
export type {
  FoundReject,
  FoundRejects,
  RejectReason,
  RejectSearch,
  SearchedRun,
} from './reject-search.ts'
export type { Replay, ReplayRow } from './replay-source.ts'
export type { ComparedColumn, RowChange, RowComparison } from './row-comparison.ts'
export type { HoldDecision, VolumeViolation } from './volume.ts'

export interface EngineOptions {
  readonly roots: FileRoots
  /** Folder for the private folders of engine work. */
  readonly work: string
  /** Folder of the keys that `mask` encrypts by; without it there are none. */
  readonly keys?: string
  /** Without it there are none. */
  readonly connections?: Connections
  /** Bytes of memory that one engine process may use. Default 1 GiB. */
  readonly memoryLimit?: number
  /** Bytes that one input may unpack to. Default 50 GiB. */
  readonly inputLimit?: number
  /** Keep a process ready for the next run. Default false. */
  readonly warm?: boolean
  /** Bytes that one engine process may spill to disk. Default 20 GiB. */
  readonly spillLimit?: number
  /** Engines of other servers write into the same folders: strays are swept only when asked. Default false. */
  readonly sharedFolders?: boolean
}

export interface Inference {
  readonly ports: Readonly<Record<string, Readonly<Record<string, readonly Column[]>>>>
  readonly problems: readonly Problem[]
}

/** Which rows of a port are wanted, computed over samples of its sources. */
export interface PreviewRequest {
  readonly flow: Flow
  readonly nodeId: string
  /** An output port; for a target, `in`: what it would be given. */
  readonly port: string
  readonly parameters: Readonly<Record<string, string>>
  readonly limit: number
  readonly offset?: number
  readonly sort?: { readonly column: string; readonly descending: boolean } | undefined
  /** A text that some cell of a row must contain, without regard to case; empty: any. */
  readonly search?: string
  /** Only rows in which the node changed a value. */
  readonly changedOnly?: boolean
  /** Read the sources anew. */
  readonly refresh?: boolean
}

/** An expression over the first rows that arrive at a node. */
export interface EvaluateRequest {
  readonly flow: Flow
  readonly nodeId: string
  /** An input port of the node. */
  readonly port: string
  readonly expression: string
  /** A DuckDB type that it must give. */
  readonly expects?: string | undefined
  readonly parameters: Readonly<Record<string, string>>
  readonly limit: number
}

export interface Evaluation {
  /** The columns that arrive. */
  readonly columns: readonly Column[]
  /** The type of the values; null where there are none because of `problems`. */
  readonly type: string | null
  readonly rows: readonly {
    readonly cells: readonly (string | null)[]
    readonly value: string | null
    /** Why this row has no value. */
    readonly fault: string | null
  }[]
  /** Those of the expression are located in it by `position` alone; others stand at nodes upstream. */
  readonly problems: readonly Problem[]
}

/** What the rows at a port look like, column by column. */
export interface ColumnProfile {
  readonly name: string
  readonly missing: number
  readonly distinct: number
  /** As DuckDB prints them; null where no value is there or the type has no order. */
  readonly minimum: string | null
  readonly maximum: string | null
  /** Numbers, dates and timestamps: rows in bins of equal width from minimum to maximum; else empty. */
  readonly bins: readonly number[]
  /** Texts and booleans: the most frequent values; else empty. */
  readonly top: readonly { readonly value: string; readonly count: number }[]
}

/** The rows of a source that design works with. */
export interface Sample {
  readonly nodeId: string
  readonly rows: number
  /** The source has no more than these. */
  readonly whole: boolean
  readonly pinned: boolean
  /** ISO instant at which they were read. */
  readonly takenAt: string
}

export interface Preview {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** Rows at the port, and those of them that `search` and `changedOnly` leave. */
  readonly total: number
  readonly matching: number
  /** By row: the columns whose value is not what it was at the node's input. Null where rows cannot be followed. */
  readonly changed: readonly (readonly string[])[] | null
  readonly profile: readonly ColumnProfile[]
  readonly sample: readonly Sample[]
  readonly problems: readonly Problem[]
}

/** The rows of one port in two states of a flow. A node that one of them does not have gives no rows there. */
export interface RowComparisonRequest extends ComparisonPage {
  readonly before: Flow
  readonly after: Flow
  readonly nodeId: string
  /** An output port; for a target, `in`: what it would be given. */
  readonly port: string
  readonly parameters: Readonly<Record<string, string>>
}

export interface SidedProblem {
  readonly side: 'before' | 'after'
  readonly problem: Problem
}

export interface ComparedRows extends RowComparison {
  readonly sample: readonly Sample[]
  /** Why there is nothing to compare. */
  readonly problems: readonly SidedProblem[]
}

/** A port whose rows are to be kept as expected from now on. */
export interface GoldenRequest {
  readonly flow: Flow
  readonly name: string
  readonly nodeId: string
  /** An output port; for a target, `in`. */
  readonly port: string
  readonly parameters: Readonly<Record<string, string>>
  /** The rows have to come in the order that they have now. */
  readonly ordered?: boolean | undefined
  /** The test whose rows of the sources, parameters and clock are kept; without it, samples are. */
  readonly basis?: Pick<GoldenTest, 'sources' | 'clock'> | undefined
}

/** How a golden test came out; expected rows are `before`, computed ones `after`. */
export interface GoldenOutcome {
  readonly name: string
  readonly nodeId: string
  readonly port: string
  /** Whether it expects its rows in their order. */
  readonly ordered: boolean
  readonly passed: boolean
  /** Null where there are no rows because of `problems`; without a row where nothing but their order differs. */
  readonly comparison: RowComparison | null
  readonly problems: readonly Problem[]
}

export type RunEvent =
  | {
      readonly type: 'node'
      readonly nodeId: string
      readonly state: NodeState
      readonly problem: Problem | null
    }
  | {
      readonly type: 'progress'
      readonly nodeId: string
      readonly rows: Readonly<Record<string, number>>
      readonly rowsPerSecond: number
      readonly fraction: number | null
    }
  | { readonly type: 'ledger'; readonly ledger: NodeLedger }
  /** A fault that passes: the node waits, then its work in its system begins anew. */
  | {
      readonly type: 'retry'
      readonly nodeId: string
      /** The one that comes, from 2 on, of so many. */
      readonly attempt: number
      readonly attempts: number
      readonly waitSeconds: number
      readonly problem: Problem
    }
  | {
      readonly type: 'log'
      readonly level: 'info' | 'warning' | 'error'
      readonly nodeId: string | null
      readonly message: { en: string; zh: string }
    }

export interface PreparedTarget {
  readonly nodeId: string
  readonly kind: string
  readonly token: Token
  readonly output: OutputDescription
  /** Only its own session can commit it; see WriteSession.prepare. */
  readonly open: boolean
}

/** What a run has prepared: all of it becomes true with the commit of its targets, or none of it. */
export interface Prepared {
  readonly targets: readonly PreparedTarget[]
  /** By source node: up to where it has been read. */
  readonly cursors: Readonly<Record<string, Token>>
}

/** How a commit, or the recovery of one, came out. */
export type Settlement =
  | { readonly outcome: 'committed' }
  /** Nothing of it is to be seen. */
  | { readonly outcome: 'aborted'; readonly problem: Problem }
  /** Some targets hold the new rows and others the old ones; the problem says which. */
  | { readonly outcome: 'partly'; readonly committed: readonly string[]; readonly problem: Problem }

/** An incremental source of which a run reads an interval once more. */
export interface Backfill extends CursorInterval {
  readonly nodeId: string
}

export interface RunRequest {
  readonly flow: Flow
  readonly runId: string
  /** ISO instant that `now()`, `${now}` and `${today}` stand for. */
  readonly clock: string
  readonly parameters: Readonly<Record<string, string>>
  /** Positions of incremental sources by node; what is not there is read from the beginning. */
  readonly cursors?: Readonly<Record<string, Token>>
  /** The cursor of that source stays where it is; the others are read on as always. */
  readonly backfill?: Backfill | undefined
  /** Read everything and write nothing; `changes` of the result say what a run would do. Default false. */
  readonly dry?: boolean
  /** Digests of an approved dry run, by target node; where one no longer holds, the run fails before it writes. */
  readonly approved?: Readonly<Record<string, string>> | undefined
  /** Median rows of recent runs by node, for volume guards. */
  readonly usualRows?: Readonly<Record<string, number>>
  /**
   * Some node gives another number of rows than its guard allows. Nothing has been written, and
   * nothing is until this says so; without it the run fails.
   */
  onHold?(violations: readonly VolumeViolation[]): Promise<HoldDecision>
  /** Rejected rows that go in again; the run is that of `replayFlow`. */
  readonly replay?: Replay | undefined
  /**
   * The result folder of a run of the same sources that failed and has `kept` what it read of them: they are
   * not read again. The run fails where one of them would now read something else.
   */
  readonly resumes?: string | undefined
  /**
   * Folder that keeps what outlives the run: `rejects.parquet` when there are rejects, `changes.parquet` of a
   * dry run, `keptFiles` of a run that failed.
   */
  readonly resultFolder: string
  onEvent(event: RunEvent): void
  /** Must store what it is given durably before it resolves: that is the decision to commit. */
  onPrepared(prepared: Prepared): Promise<void>
  readonly signal?: AbortSignal
}

export interface RunResult {
  readonly status: 'succeeded' | 'failed' | 'cancelled'
  readonly durationMs: number
  readonly nodes: readonly {
    readonly nodeId: string
    readonly state: NodeState
    readonly startedAt: string | null
    readonly endedAt: string | null
    readonly ledger: NodeLedger | null
    readonly problem: Problem | null
  }[]
  readonly outputs: readonly (OutputDescription & { readonly nodeId: string })[]
  readonly problems: readonly Problem[]
  readonly balanced: boolean | null
  readonly rejected: number
  /** It failed, and what it had read of its sources is there for a run that `resumes` it. */
  readonly kept: boolean
  /** Of a dry run: what each target would become. */
  readonly changes: readonly TargetChanges[]
  /** Up to where incremental sources have been read, now that the run has committed. */
  readonly cursors: Readonly<Record<string, Token>>
}

export interface RejectRow {
  readonly nodeId: string
  readonly column: string
  readonly value: string | null
  readonly rule: string
  readonly reason: string
  readonly file: string | null
  readonly line: number | null
  readonly row: string
}

/** A row that a dry run would insert, update, delete, or would look for in vain. */
export interface ChangeRow {
  readonly nodeId: string
  readonly change: Exclude<ChangeKind, 'same'>
  /** JSON objects, or null where there is none. */
  readonly key: string | null
  readonly before: string | null
  readonly after: string | null
  /** Of an update: the columns that it changes. */
  readonly columns: readonly string[]
}

/** The engine as server and command line use it. Rejects with `ProblemError` for located faults. */
export interface Engine {
  infer(flow: Flow): Promise<Inference>
  /** Renames a column and all that names it; see `graph/rename.ts`. */
  renameColumn(request: RenameRequest & { readonly flow: Flow }): Promise<RenameResult>
  /** The settings that no longer hold when a column goes. Rejects where there is no such column. */
  breakages(request: {
    readonly flow: Flow
    readonly nodeId: string
    readonly port?: string | undefined
    readonly column: string
  }): Promise<BreakagesResult>
  /** Where a column comes from and where it goes. Rejects where there is no such column. */
  lineage(request: PortColumn & { readonly flow: Flow }): Promise<Lineage>
  preview(request: PreviewRequest): Promise<Preview>
  /** An expression over the first rows of samples, or why it cannot be computed and where. */
  evaluate(request: EvaluateRequest): Promise<Evaluation>
  /** What an edit does to the rows of a port, over the same samples. */
  compareRows(request: RowComparisonRequest): Promise<ComparedRows>
  /** Keeps the rows of a port as expected. Rejects where it has no rows, or too many. */
  captureGolden(request: GoldenRequest): Promise<GoldenTest>
  /** Runs golden tests of a flow, in their order; they read no system. */
  testGoldens(flow: Flow, tests: readonly GoldenTest[]): Promise<GoldenOutcome[]>
  detect(kind: string, settings: Readonly<Record<string, unknown>>): Promise<Detection>
  /**
   * Never rejects for a fault of the flow or its data: that is a result with status `failed`. Rejects when
   * a system cannot be asked about a commit that was decided on: `recover` has to find out.
   */
  run(request: RunRequest): Promise<RunResult>
  /** The SQL that a run would execute, stage by stage. */
  plan(flow: Flow): Promise<{
    readonly stages: readonly { readonly nodeIds: readonly string[]; readonly sql: string }[]
    readonly problems: readonly Problem[]
  }>
  /** A page of a finished run's rejects, and their number. */
  readRejects(
    resultFolder: string,
    query: { nodeId?: string; offset: number; limit: number },
  ): Promise<{ rows: readonly RejectRow[]; total: number }>
  /** Rejects of many runs, with their numbers by state and by reason. */
  searchRejects(request: RejectSearch): Promise<FoundRejects>
  /** A page of what a dry run would change, and the number of such rows. */
  readChanges(
    resultFolder: string,
    query: {
      nodeId?: string | undefined
      change?: ChangeRow['change'] | undefined
      offset: number
      limit: number
    },
  ): Promise<{ rows: readonly ChangeRow[]; total: number }>
  /**
   * Commits what an interrupted run had prepared and decided on, or finds out that its systems have
   * undone it. Rejects while a system cannot be asked; it may be called again then.
   */
  recover(targets: readonly PreparedTarget[]): Promise<Settlement>
  /**
   * Undoes what a run that died before its decision left in the systems of its targets. Rejects with the
   * first problem while one of them cannot be asked; it may be called again then.
   */
  abandon(run: Pick<RunRequest, 'flow' | 'runId' | 'clock' | 'parameters'>): Promise<void>
  /**
   * Removes the temporary files that dead runs left beside their targets; returns how many. To be
   * called after `recover` has settled what was prepared, while nothing runs.
   */
  sweep(): Promise<number>
  /** Ends every engine process. */
  close(): Promise<void>
}
