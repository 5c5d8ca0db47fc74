import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Flow } from '../model/index.ts'
import type { Engine, EngineOptions, RejectRow, RunRequest, RunResult } from '../run/engine.ts'
import { createEngine } from '../run/local-engine.ts'

/** An engine with a Files area of its own, for tests that run whole flows. */
export class EngineBench {
  readonly home = mkdtempSync(path.join(tmpdir(), 'millrace-test-'))
  readonly files = path.join(this.home, 'files')
  readonly results = path.join(this.home, 'results')
  readonly engine: Engine

  constructor(options: Partial<EngineOptions> = {}) {
    mkdirSync(this.files)
    this.engine = createEngine({
      roots: { files: this.files, folders: {} },
      work: path.join(this.home, 'work'),
      ...options,
    })
  }

  write(name: string, content: string | Uint8Array): void {
    mkdirSync(path.dirname(path.join(this.files, name)), { recursive: true })
    writeFileSync(path.join(this.files, name), content)
  }

  text(name: string): string {
    return readFileSync(path.join(this.files, name), 'utf8')
  }

  /** Names of what stands in the Files area, hidden files too. */
  names(): string[] {
    return readdirSync(this.files).sort()
  }

  run(flow: Flow, request: Partial<RunRequest> = {}): Promise<RunResult> {
    return this.engine.run({
      flow,
      runId: 'test',
      clock: '2026-03-01T10:20:30.000Z',
      parameters: {},
      resultFolder: this.results,
      onEvent: () => {},
      onPrepared: () => Promise.resolve(),
      ...request,
    })
  }

  async rejects(): Promise<readonly RejectRow[]> {
    const { rows } = await this.engine.readRejects(this.results, { offset: 0, limit: 1000 })
    return rows.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
  }

  async close(): Promise<void> {
    await this.engine.close()
    rmSync(this.home, { recursive: true, force: true })
  }
}
