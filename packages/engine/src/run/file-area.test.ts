import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ProblemError } from '../problems/index.ts'
import { FileArea } from './file-area.ts'

let home: string
let area: FileArea

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'file-area-'))
  const files = path.join(home, 'files')
  await mkdir(path.join(files, '订单'), { recursive: true })
  await mkdir(path.join(home, 'erp'))
  await mkdir(path.join(home, 'files-secret'))
  await writeFile(path.join(files, 'a.csv'), 'a')
  await writeFile(path.join(files, '订单', '一月 (1).csv'), 'a')
  await writeFile(path.join(files, '订单', '二月.csv'), 'a')
  await writeFile(path.join(home, 'erp', 'b.csv'), 'b')
  await writeFile(path.join(home, 'files-secret', 'secret.csv'), 'secret')
  await symlink(path.join(home, 'files-secret', 'secret.csv'), path.join(files, 'link.csv'))
  await symlink(path.join(home, 'files-secret'), path.join(files, 'folder'))
  area = new FileArea({ files, folders: { erp: path.join(home, 'erp') } })
})

afterAll(() => rm(home, { recursive: true, force: true }))

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'allowed',
    (error: unknown) => (error instanceof ProblemError ? error.problem.code : String(error)),
  )

describe('FileArea', () => {
  it('finds files, folders by name, and patterns in order', async () => {
    expect(await area.input('a.csv')).toMatch(/a\.csv$/)
    expect(await area.input('@erp/b.csv')).toMatch(/b\.csv$/)
    expect((await area.pattern('订单/*.csv')).map((file) => path.basename(file))).toEqual([
      '一月 (1).csv',
      '二月.csv',
    ])
  })

  it.each([
    '../files-secret/secret.csv',
    '订单/../../files-secret/secret.csv',
    '/etc/passwd',
    '..\\a.csv',
    'a.csv\0.png',
    './a.csv',
    '',
    '@nobody/b.csv',
    '@__proto__/b.csv',
    '@erp/../files/a.csv',
    'link.csv',
    'folder/secret.csv',
  ])('refuses %j for reading', async (name) => {
    expect(await codeOf(area.input(name))).toMatch(/^file\.(notAllowed|missing)$/)
  })

  it.each(['../x.csv', 'folder/x.csv', 'folder/new/x.csv', 'link.csv', '/tmp/x.csv'])(
    'refuses %j for writing',
    async (name) => {
      expect(await codeOf(area.output(name))).toBe('file.notAllowed')
      expect(await readdir(path.join(home, 'files-secret'))).toEqual(['secret.csv'])
    },
  )

  it.each([
    ['订单', '同名文件夹'],
    ['a.csv/x.csv', '是文件而不是文件夹'],
    ['a.csv/new/x.csv', '是文件而不是文件夹'],
    [`${'x'.repeat(300)}.csv`, '名称过长'],
    [`${'x'.repeat(300)}/x.csv`, '名称过长'],
  ])('says before anything is written why no file can be at %j', async (name, zh) => {
    const problem = await area.output(name, { nodeId: 'out' }).then(
      () => undefined,
      (error: unknown) => (error instanceof ProblemError ? error.problem : undefined),
    )
    expect(problem).toMatchObject({ code: 'target.failed', location: { nodeId: 'out' } })
    expect(problem?.message.zh).toContain(zh)
  })

  it('says when a pattern matches nothing, and makes folders for new files', async () => {
    expect(await codeOf(area.pattern('*.parquet'))).toBe('file.noMatch')
    expect(await area.output('new/deep/o.csv')).toMatch(/new\/deep\/o\.csv$/)
  })
})
