import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repository } from './boundaries.ts'
import { buildWeb, firstLoad, firstStyles, unstyledClasses } from './first-load.ts'

/** Bytes of compressed script; what is to be kept to at the most is 350 kB. */
const budget = 265_000

/** Bytes of style that the first page waits for; all that the component library has is 290 kB. */
const styleBudget = 120_000

describe('what is loaded before the editor is opened', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-web-'))
  beforeAll(() => buildWeb(folder), 240_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it(`is less than ${budget / 1000} kB of compressed script, and no editor`, () => {
    const sizes = firstLoad(folder)
    const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)
    const listed = [...sizes].map(([file, bytes]) => `${bytes} ${file}`).join('\n')
    expect(total, listed).toBeLessThan(budget)
    expect(listed).not.toMatch(/EditorPage|canvas-/)
    console.log(`first load: ${(total / 1000).toFixed(1)} kB of compressed script`)
  })

  it(`has less than ${styleBudget / 1000} kB of style to wait for`, () => {
    expect(firstStyles(folder)).toBeLessThan(styleBudget)
  })

  it('has the styles of every component that is in a script, whichever page is opened first', () => {
    const sheet = path.join(repository, 'apps/web/node_modules/@mantine/core/styles.layer.css')
    expect(unstyledClasses(folder, readFileSync(sheet, 'utf8'))).toEqual([])
  })
})
