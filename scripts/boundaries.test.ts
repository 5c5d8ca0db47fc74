import { describe, expect, it } from 'vitest'
import { cycles, importsOf, sourceFiles, violation } from './boundaries.ts'

const imports = sourceFiles().flatMap(importsOf)

describe('boundaries', () => {
  it('sees the sources', () => {
    expect(imports.length).toBeGreaterThan(200)
  })

  it('hold: imports run one way', () => {
    const broken = imports.flatMap((entry) => {
      const why = violation(entry)
      return why === undefined ? [] : [`${entry.from} → ${entry.to}: ${why}`]
    })
    expect(broken).toEqual([])
  })

  it('hold: no import cycles', () => {
    expect(cycles(imports).map((files) => files.join(' → '))).toEqual([])
  })

  it('would be noticed if they were crossed', () => {
    const cross = (from: string, to: string) => violation({ from, to, typeOnly: false })
    expect(cross('packages/engine/src/model/flow.ts', 'packages/engine/src/run/session.ts')).toBeDefined()
    expect(cross('apps/web/src/main.tsx', 'packages/engine/src/runtime.ts')).toBeDefined()
    expect(cross('apps/web/src/features/home/a.ts', 'apps/web/src/features/files/b.ts')).toBeDefined()
    expect(cross('apps/server/src/app.ts', '@duckdb/node-api')).toBeDefined()
    expect(
      cycles([
        { from: 'package.json', to: 'biome.json', typeOnly: false },
        { from: 'biome.json', to: 'package.json', typeOnly: false },
      ]),
    ).toHaveLength(1)
  })
})
