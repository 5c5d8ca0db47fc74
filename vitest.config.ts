import { defineConfig } from 'vitest/config'

/** What the server keeps, asked through its HTTP: these suites run on PostgreSQL too. */
const stores = [
  'connections/connections',
  'database/migrations',
  'flows/versions',
  'overview/overview',
  'rejects/rejects',
  'runs/dry-run',
  'runs/restart',
  'runs/runs',
  'runs/several-servers',
].map((suite) => `apps/server/src/${suite}.test.ts`)

const postgres = process.env['MILLRACE_TEST_POSTGRES']
const exclude = ['**/node_modules/**', '**/dist/**']

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: [
            'packages/**/*.test.ts',
            'apps/**/*.test.ts',
            'scripts/**/*.test.ts',
            'samples/**/*.test.ts',
            'bench/**/*.test.ts',
          ],
          exclude,
        },
      },
      ...(postgres
        ? [
            {
              extends: true as const,
              test: {
                name: 'postgresql',
                include: stores,
                exclude,
                env: { MILLRACE_TEST_STORE: postgres },
              },
            },
          ]
        : []),
    ],
    // The browser's tests and those of faults run beside them.
    testTimeout: 60_000,
    hookTimeout: 90_000,
    // As for the browser's tests: one that only passes at its second try is named as such in what is printed.
    retry: process.env['CI'] === undefined ? 0 : 1,
    // Tests start engine processes of their own; more files at a time than cores would only wait.
    maxWorkers: 2,
  },
})
