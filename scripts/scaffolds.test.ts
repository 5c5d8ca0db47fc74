import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repository } from './boundaries.ts'

/** A copy of what the scaffolds touch and of what checks them; dependencies are those of the original. */
let copy: string

beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), 'millrace-scaffold-'))
  for (const name of ['scripts', 'packages/engine', 'apps/web/package.json', 'biome.json'])
    cpSync(path.join(repository, name), path.join(copy, name), {
      recursive: true,
      filter: (source) => path.basename(source) !== 'node_modules',
    })
  for (const name of ['package.json', 'tsconfig.base.json', 'tsconfig.json', 'vitest.config.ts'])
    cpSync(path.join(repository, name), path.join(copy, name))
  for (const folder of ['', 'packages/engine', 'apps/web']) {
    mkdirSync(path.join(copy, folder), { recursive: true })
    symlinkSync(path.join(repository, folder, 'node_modules'), path.join(copy, folder, 'node_modules'))
  }
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

// The engine that is built knows nothing of what the scaffolds write.
const { MILLRACE_ENGINE_PROGRAM: _, ...environment } = process.env
const run = (program: string, ...parameters: string[]): SpawnSyncReturns<string> =>
  spawnSync(program, parameters, { cwd: copy, encoding: 'utf8', env: { ...environment, NO_COLOR: '1' } })
const script = (name: string, ...parameters: string[]) =>
  run(process.execPath, path.join(copy, 'scripts', name), ...parameters)
const tool = (name: string, ...parameters: string[]) => {
  const { status, stdout, stderr } = run(path.join(copy, 'node_modules/.bin', name), ...parameters)
  return { status, output: `${stdout}${stderr}` }
}
const engine = (name: string) => path.join(copy, 'packages/engine/src', name)

describe('pnpm new:operator', () => {
  it('makes an operator that stands in the registry and passes the conformance suite', () => {
    expect(script('new-operator.ts', 'rows-with-value')).toMatchObject({ status: 0, stderr: '' })
    expect(readdirSync(engine('operators/rows-with-value')).sort()).toEqual(['compile.ts', 'spec.ts'])
    expect(readFileSync(engine('operators/index.ts'), 'utf8')).toContain('rowsWithValue,\n] as const')
    const suite = 'packages/engine/src/operators/conformance.test.ts'
    const { status, output } = tool('vitest', 'run', suite, '-t', 'rows-with-value|the registry')
    expect(output).toMatch(/Tests\s+\d+ passed/)
    expect(status, output).toBe(0)
  }, 120_000)

  it.each(['Rows', '../rows', '1st', 'a_b', 'delete', '__proto__', 'list'])('refuses the name %s', (name) => {
    const { status, stderr } = script('new-operator.ts', name)
    expect(status).toBe(1)
    expect(stderr).not.toBe('')
  })

  it('leaves an operator alone that is there', () => {
    const before = readFileSync(engine('operators/index.ts'), 'utf8')
    expect(script('new-operator.ts', 'filter')).toMatchObject({ status: 1 })
    expect(readFileSync(engine('operators/index.ts'), 'utf8')).toBe(before)
  })
})

describe('pnpm new:connector', () => {
  it('makes a connector that stands in both registries and passes the conformance suite', () => {
    expect(script('new-connector.ts', 'list-lines')).toMatchObject({ status: 0, stderr: '' })
    expect(readdirSync(engine('connectors/list-lines')).sort()).toEqual(['source.ts', 'spec.ts', 'target.ts'])
    expect(readFileSync(engine('connectors/index.ts'), 'utf8')).toMatch(/\blistLines,?\s*\]/)
    expect(readFileSync(engine('connectors/runtime.ts'), 'utf8')).toContain("'list-lines': {")
    const suite = 'packages/engine/src/connectors/conformance.test.ts'
    const { status, output } = tool('vitest', 'run', suite, '-t', 'list-lines')
    // It gives back what it was given, says that a file is missing, leaves the old file whole.
    expect(output).toMatch(/Tests\s+([3-9]|\d\d) passed/)
    expect(status, output).toBe(0)
  }, 120_000)
})

describe('what the scaffolds wrote', () => {
  it('has sound types and the right form', () => {
    const config = { extends: './tsconfig.base.json', include: ['packages/engine/src'] }
    writeFileSync(path.join(copy, 'tsconfig.json'), JSON.stringify(config))
    // Everything else is for `pnpm check` to judge.
    const ofScaffolds = /rows-with-value|list-lines|operators\/index|connectors\/(index|runtime)/
    const found = tool('tsc', '-p', 'tsconfig.json').output.split('\n')
    expect(found.filter((line) => ofScaffolds.test(line))).toEqual([])
    const written = [
      'operators/rows-with-value',
      'operators/index.ts',
      'connectors/list-lines',
      'connectors/index.ts',
      'connectors/runtime.ts',
    ].map(engine)
    const { status, output } = tool('biome', 'ci', '--vcs-enabled=false', '--error-on-warnings', ...written)
    expect(status, output).toBe(0)
  }, 120_000)
})
