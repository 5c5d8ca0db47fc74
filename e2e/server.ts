import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test as base } from '@playwright/test'
import { startServer } from '../apps/server/src/main.ts'

interface Fixtures {
  /** Suites that count what is there name themselves here: they get a server that no other suite has used. */
  readonly alone: string
  /** Folder of the server's data. */
  readonly home: string
  /** A server of one worker's own, as `pnpm start` starts it, with nothing in it but the templates. */
  readonly address: string
}

export const test = base.extend<Record<never, never>, Fixtures>({
  alone: ['', { scope: 'worker', option: true }],
  home: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright insists on a pattern here
    async ({}, use) => {
      const home = mkdtempSync(path.join(tmpdir(), 'millrace-e2e-'))
      await use(home)
      rmSync(home, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  address: [
    async ({ home }, use) => {
      const server = await startServer({ home, port: 0, logLevel: 'silent' })
      await use(server.url)
      await server.close()
    },
    { scope: 'worker' },
  ],
})

export { expect } from '@playwright/test'
