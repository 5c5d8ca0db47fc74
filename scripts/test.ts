/** `pnpm test`: prepares what is missing and runs all tests: those of databases, of the browser and of faults among them. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { repository } from './boundaries.ts'
import { prepare } from './prepare.ts'
import { startServices, stopServices } from './services/services.ts'
import { runTool } from './tool.ts'

interface Count {
  readonly passed: number
  /** What failed, each by its name and the first line of the reason. */
  readonly failures: readonly string[]
}

const reports = mkdtempSync(path.join(tmpdir(), 'millrace-tests-'))

function readReport(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

const firstLine = (text: string | undefined): string => text?.trim().split('\n')[0] ?? ''

/** A runner that fails without a test that failed counts as one failure: a file could not even be loaded. */
const named = (runner: string, ok: boolean, failures: readonly string[]): readonly string[] =>
  ok || failures.length > 0 ? failures : [`${runner}: see its output above`]

/**
 * Runs a program; its output goes to the terminal as it comes, or all at once when the program has ended, so that
 * programs that run beside each other do not speak at the same time. Resolves with whether it went well.
 */
async function run(
  program: string,
  parameters: readonly string[],
  env: NodeJS.ProcessEnv,
  output: 'asItComes' | 'atTheEnd',
): Promise<boolean> {
  const log = path.join(reports, `${path.basename(program)}.log`)
  const to = output === 'asItComes' ? 'inherit' : openSync(log, 'w')
  const child = spawn(program, parameters, {
    cwd: repository,
    env: { ...process.env, ...env },
    stdio: ['ignore', to, to],
  })
  const [code] = await once(child, 'exit')
  if (to !== 'inherit') {
    closeSync(to)
    console.log(readFileSync(log, 'utf8'))
  }
  return code === 0
}

const tool = (name: string): string => path.join(repository, 'node_modules/.bin', name)

interface UnitReport {
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

async function unitTests(env: NodeJS.ProcessEnv): Promise<Count> {
  const file = path.join(reports, 'vitest.json')
  const secondTries = path.join(repository, 'scripts/second-tries.ts')
  const names = ['default', 'json', secondTries].map((name) => `--reporter=${name}`)
  const reporters = [...names, `--outputFile.json=${file}`]
  const ok = await run(tool('vitest'), ['run', ...reporters], env, 'asItComes')
  const report = readReport(file) as UnitReport | undefined
  const failures = (report?.testResults ?? []).flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(
        ({ fullName, failureMessages }) =>
          `${path.relative(repository, name)}: ${fullName}: ${firstLine(failureMessages?.[0])}`,
      ),
  )
  return { passed: report?.numPassedTests ?? 0, failures: named('vitest', ok, failures) }
}

const given = process.env['CHROMIUM']
const browsers = given
  ? [given]
  : ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Path of a Chromium: the one that CHROMIUM names, the system's, else one installed from the distribution, else Playwright's own. */
function findBrowser(): string | undefined {
  const present = () => browsers.find((browser) => existsSync(browser))
  if (present()) return present()
  if (given) return undefined
  if (process.getuid?.() === 0) {
    console.log('Installing Chromium from the distribution …')
    const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const
    spawnSync('apt-get', ['update', '-qq'], options)
    spawnSync(
      'apt-get',
      ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-cjk'],
      options,
    )
    if (present()) return present()
  }
  console.log('Installing Chromium with Playwright …')
  return runTool('playwright', ['install', 'chromium'], true).ok ? '' : undefined
}

interface Suite {
  readonly file: string
  readonly suites?: readonly Suite[]
  readonly specs: readonly {
    readonly title: string
    readonly ok: boolean
    readonly tests: readonly {
      readonly results: readonly { readonly error?: { readonly message?: string } }[]
    }[]
  }[]
}

interface BrowserReport {
  readonly stats: { readonly expected: number; readonly flaky: number }
  readonly suites: readonly Suite[]
}

const failuresOf = ({ file, suites = [], specs }: Suite): readonly string[] => [
  ...specs
    .filter(({ ok }) => !ok)
    .map(({ title, tests }) => {
      const reason = tests.flatMap(({ results }) => results).find(({ error }) => error)?.error?.message
      return `e2e/${file}: ${title}: ${firstLine(reason)}`
    }),
  ...suites.flatMap(failuresOf),
]

async function browserTests(services: NodeJS.ProcessEnv): Promise<Count> {
  const browser = findBrowser()
  if (browser === undefined) {
    const where = given ? ` at ${given}` : ''
    console.error(
      `The browser tests were left out, which counts as one failure: there is no Chromium${where}.
Install it (as root: apt-get install chromium fonts-noto-cjk), or name one: CHROMIUM=/path/to/chromium pnpm test`,
    )
    return { passed: 0, failures: [`e2e: there is no Chromium${where}`] }
  }
  const file = path.join(reports, 'playwright.json')
  const env = { ...services, PLAYWRIGHT_JSON_OUTPUT_NAME: file, ...(browser !== '' && { CHROMIUM: browser }) }
  const config = path.join(repository, 'e2e/playwright.config.ts')
  const parameters = ['test', '--config', config, '--reporter=list,json']
  const ok = await run(tool('playwright'), parameters, env, 'atTheEnd')
  const report = readReport(file) as BrowserReport | undefined
  const { expected = 0, flaky = 0 } = report?.stats ?? {}
  const failures = (report?.suites ?? []).flatMap(failuresOf)
  return { passed: expected + flaky, failures: named('playwright', ok, failures) }
}

/** The same kills at the same instants each time, and other faults; more of them by `pnpm torture`. */
const torture = ['--kills', '100', '--faults', '4', '--seed', '1', '--rows', '3000']

/** Each scenario of the harness is a test. It starts databases of its own, because it kills them. */
async function faultTests(): Promise<Count> {
  const file = path.join(reports, 'torture.json')
  const history = path.join(reports, 'torture.jsonl')
  const program = path.join(repository, 'bench/torture/main.ts')
  const parameters = [program, ...torture, '--history', history, '--report', file]
  const ok = await run(process.execPath, parameters, {}, 'atTheEnd')
  const scenarios = (readReport(file) ?? []) as { name: string; violations: string[] }[]
  const broken = scenarios.filter(({ violations }) => violations.length > 0)
  const failures = broken.map(({ name, violations }) => `torture: ${name}: ${firstLine(violations[0])}`)
  return { passed: scenarios.length - broken.length, failures: named('torture', ok, failures) }
}

prepare()
const services = await startServices()
let counts: readonly Count[]
try {
  // All at once: the browser's tests and those of faults wait more than they work.
  counts = await Promise.all([
    unitTests(services.environment),
    browserTests(services.environment),
    faultTests(),
  ])
} finally {
  await stopServices(services)
}
for (const { name, reason } of services.leftOut)
  console.error(`The suites that need ${name} were left out: ${reason}`)
const passed = counts.reduce((sum, count) => sum + count.passed, 0)
const failures = counts.flatMap((count) => count.failures)
for (const failure of failures) console.error(`Failed: ${failure}`)
console.log(`${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length === 0 ? 0 : 1
