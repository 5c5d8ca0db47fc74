import { existsSync } from 'node:fs'
import { defineConfig } from '@playwright/test'

const system = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

export default defineConfig({
  testDir: import.meta.dirname,
  outputDir: '../test-results',
  // `pnpm test` runs them beside all other tests.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  workers: 1,
  // A journey that only passes at its second try is named as flaky, with what was seen at its first.
  retries: process.env['CI'] === undefined ? 0 : 1,
  forbidOnly: process.env['CI'] !== undefined,
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    screenshot: 'only-on-failure',
    launchOptions: {
      // Without a locale Chromium cannot name a file in Chinese.
      env: { ...process.env, LANG: process.env['LANG'] || 'C.UTF-8' },
      ...(existsSync(system) && { executablePath: system }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
      ],
    },
  },
})
