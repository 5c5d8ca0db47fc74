/** What the browser loads before the editor is opened, as the build lays it out. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { repository } from './boundaries.ts'

const manifest = z.record(
  z.string(),
  z.object({
    file: z.string(),
    imports: z.array(z.string()).default([]),
    css: z.array(z.string()).default([]),
  }),
)
type Chunks = z.infer<typeof manifest>

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

const chunksOf = (folder: string): Chunks =>
  manifest.parse(JSON.parse(readFileSync(path.join(folder, '.vite/manifest.json'), 'utf8')))

/** Chunks by name: some, with all that they import. */
function withImports(chunks: Chunks, names: readonly string[]): Map<string, Chunks[string]> {
  const found = new Map<string, Chunks[string]>()
  const add = (name: string): void => {
    const chunk = chunks[name]
    if (!chunk) throw new Error(`the build has no ${name}`)
    if (found.has(name)) return
    found.set(name, chunk)
    for (const imported of chunk.imports) add(imported)
  }
  for (const name of names) add(name)
  return found
}

/** Bytes of compressed script by file: the entries with all that they import. */
export function firstLoad(folder: string): Map<string, number> {
  const chunks = withImports(chunksOf(folder), entries).values()
  return new Map(
    [...chunks].map(({ file }) => [file, gzipSync(readFileSync(path.join(folder, file))).length]),
  )
}

/** Bytes of style that the page waits for, not compressed. */
export function firstStyles(folder: string): number {
  const files = [...withImports(chunksOf(folder), ['index.html']).values()].flatMap(({ css }) => css)
  return [...new Set(files)].reduce((sum, file) => sum + readFileSync(path.join(folder, file)).length, 0)
}

/**
 * Classes that a script gives to elements, that the library's whole stylesheet has rules for, and that no
 * stylesheet has which is there when the script is: its own, those of what it imports, and the page's.
 */
export function unstyledClasses(folder: string, whole: string): string[] {
  const chunks = chunksOf(folder)
  const classesOf = (text: string) => new Set(text.match(/\bm_[0-9a-f]{5,8}\b/g))
  const known = classesOf(whole)
  const read = (file: string) => readFileSync(path.join(folder, file), 'utf8')
  return Object.entries(chunks).flatMap(([name, { file }]) => {
    if (!file.endsWith('.js')) return []
    const there = [...withImports(chunks, [name, 'index.html']).values()].flatMap(({ css }) => css)
    const styled = classesOf([...new Set(there)].map(read).join('\n'))
    const used = [...classesOf(read(file))].filter((each) => known.has(each))
    return used.filter((each) => !styled.has(each)).map((each) => `${file} ${each}`)
  })
}
