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
  readonly failed: number
}

const reports = mkdtempSync(path.join(tmpdir(), 'millrace-tests-'))

function readReport(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

function unitTests(environment: Readonly<Record<string, string>>): Count {
  const file = path.join(reports, 'vitest.json')
  const { ok } = runTool(
    'vitest',
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    true,
    environment,
  )
  const report = readReport(file) as { numPassedTests?: number; numFailedTests?: number } | undefined
  const passed = report?.numPassedTests ?? 0
  const failed = report?.numFailedTests ?? 0
  // A file that could not even be loaded fails the run without failing a test.
  return { passed, failed: ok || failed > 0 ? failed : failed + 1 }
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

function browserTests(environment: Readonly<Record<string, string>>): Count {
  const config = path.join(repository, 'e2e/playwright.config.ts')
  if (!existsSync(config)) return { passed: 0, failed: 1 }
  const browser = findBrowser()
  if (browser === undefined) {
    console.error(
      `The browser tests were left out, which counts as one failure: there is no Chromium${given ? ` at ${given}` : ''}.
Install it (as root: apt-get install chromium fonts-noto-cjk), or name one: CHROMIUM=/path/to/chromium pnpm test`,
    )
    return { passed: 0, failed: 1 }
  }
  const file = path.join(reports, 'playwright.json')
  const env = {
    ...environment,
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    ...(browser !== '' && { CHROMIUM: browser }),
  }
  const { ok } = runTool('playwright', ['test', '--config', config, '--reporter=list,json'], true, env)
  const report = readReport(file) as
    | { stats?: { expected: number; unexpected: number; flaky: number } }
    | undefined
  const { expected = 0, unexpected = 0, flaky = 0 } = report?.stats ?? {}
  return { passed: expected + flaky, failed: ok || unexpected > 0 ? unexpected : unexpected + 1 }
}

/** As many kills, at the same instants each time, and other faults as there is time for; more of them by `pnpm torture`. */
const torture = ['--kills', '70', '--faults', '4', '--seed', '1', '--rows', '3000']

/**
 * Each scenario of the harness is a test. It starts databases of its own, because it kills them, and goes on
 * beside the browser's tests: both wait more than they work. Resolves when it has ended.
 */
function startFaultTests(): () => Promise<Count> {
  const file = path.join(reports, 'torture.json')
  const log = path.join(reports, 'torture.log')
  const program = path.join(repository, 'bench/torture/main.ts')
  const history = path.join(reports, 'torture.jsonl')
  const output = openSync(log, 'w')
  const child = spawn(process.execPath, [program, ...torture, '--history', history, '--report', file], {
    cwd: repository,
    stdio: ['ignore', output, output],
  })
  const ended = once(child, 'exit')
  return async () => {
    const [code] = await ended
    closeSync(output)
    console.log(readFileSync(log, 'utf8'))
    const report = readReport(file) as { violations: string[] }[] | undefined
    const failed = report?.filter(({ violations }) => violations.length > 0).length ?? 0
    const isUntold = code !== 0 && failed === 0
    return { passed: (report?.length ?? 0) - failed, failed: isUntold ? 1 : failed }
  }
}

prepare()
const services = await startServices()
const counts: Count[] = []
try {
  counts.push(unitTests(services.environment))
  const faultTests = startFaultTests()
  counts.push(browserTests(services.environment), await faultTests())
} finally {
  await stopServices(services)
}
for (const { name, reason } of services.leftOut)
  console.error(`The suites that need ${name} were left out: ${reason}`)
const passed = counts.reduce((sum, count) => sum + count.passed, 0)
const failed = counts.reduce((sum, count) => sum + count.failed, 0)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
