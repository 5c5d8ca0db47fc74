/** What the browser loads before the editor is opened, as the build lays it out. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { repository } from './boundaries.ts'

const manifest = z.record(
  z.string(),
  z.object({ file: z.string(), imports: z.array(z.string()).default([]) }),
)

/** The page itself, and what home adds to it once it is there. */
const entries = [
  'index.html',
  'src/features/home/overview/Trends.tsx',
  'src/features/home/overview/TrendTable.tsx',
]

/** Builds the web app into a folder. @throws Error with what Vite said */
export function buildWeb(folder: string): void {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['node_modules/vite/bin/vite.js', 'build', '--manifest', '--outDir', folder, '--emptyOutDir'],
    // As it is shipped, whoever asks: under a test runner the build would be one for development.
    {
      cwd: path.join(repository, 'apps/web'),
      encoding: 'utf8',
      env: { ...process.env, NODE_ENV: 'production' },
    },
  )
  if (status !== 0) throw new Error(`${stdout}${stderr}`)
}

/** Bytes of compressed script by file: the entries with all that they import. */
export function firstLoad(folder: string): Map<string, number> {
  const chunks = manifest.parse(JSON.parse(readFileSync(path.join(folder, '.vite/manifest.json'), 'utf8')))
  const sizes = new Map<string, number>()
  const add = (name: string): void => {
    const chunk = chunks[name]
    if (!chunk) throw new Error(`the build has no ${name}`)
    if (sizes.has(chunk.file)) return
    sizes.set(chunk.file, gzipSync(readFileSync(path.join(folder, chunk.file))).length)
    for (const imported of chunk.imports) add(imported)
  }
  for (const entry of entries) add(entry)
  return sizes
}
