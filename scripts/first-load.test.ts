import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { buildWeb, firstLoad } from './first-load.ts'

/** Bytes of compressed script; what is to be kept to at the most is 350 kB. */
const budget = 265_000

describe('what is loaded before the editor is opened', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-web-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it(`is less than ${budget / 1000} kB of compressed script, and no editor`, () => {
    buildWeb(folder)
    const sizes = firstLoad(folder)
    const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)
    const listed = [...sizes].map(([file, bytes]) => `${bytes} ${file}`).join('\n')
    expect(total, listed).toBeLessThan(budget)
    expect(listed).not.toMatch(/EditorPage|canvas-/)
    console.log(`first load: ${(total / 1000).toFixed(1)} kB of compressed script`)
  }, 240_000)
})
