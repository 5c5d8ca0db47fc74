import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { endlessRecordAt } from './endless-record.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'millrace-records-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const comma = { delimiter: ',', quote: '"' }
const mebibyte = 2 ** 20

function endless(text: string | Buffer, dialect = comma): Promise<number | undefined> {
  const file = path.join(folder, 'file.csv')
  writeFileSync(file, text)
  return endlessRecordAt(file, dialect)
}

/** `unit`, repeated to at least so many MiB. */
const filled = (unit: string, mebibytes: number): Buffer => {
  const bytes = Buffer.from(unit)
  return Buffer.alloc(Math.ceil((mebibytes * mebibyte) / bytes.length) * bytes.length, bytes)
}
const around = (before: string, middle: Buffer, after: string): Buffer =>
  Buffer.concat([Buffer.from(before), middle, Buffer.from(after)])

describe('a record that does not end for 32 MiB', () => {
  const head = 'a,b\n1,"first"\n'
  it.each([
    ['plain lines', 'words and lines\n'],
    ['doubled quotes', 'he said ""no""\n'],
    ['what looks like rows', '1,""x"",2\n""y"",3\n'],
    ['doubled quotes before line breaks', 'x""\n'],
    ['doubled quotes after line breaks', 'x,""\n"",""\n'],
  ])('is found where its quoted cell holds %s', async (_, unit) => {
    expect(await endless(around(`${head}2,"`, filled(unit, 34), '"\n3,last\n'))).toBe(head.length)
  })

  it('is found where many quoted cells make it long', async () => {
    expect(await endless(around(`${head}2`, filled(',"x\ny"', 34), '\n3,last\n'))).toBe(head.length)
  })

  it('is found where a quote never ends, and behind many sound rows', async () => {
    const sound = filled('1,"a\nb"\n', 40)
    expect(await endless(Buffer.concat([sound, around('2,"', filled('words\n', 40), '')]))).toBe(sound.length)
  })
})

describe('nothing is said of', () => {
  it.each([
    ['plain rows', '1,plain,2026-01-01\n'],
    ['rows with quoted cells', '"1","quoted, with ""quotes""","x"\n'],
    ['rows with line breaks in cells', '1,"two\nlines",3\r\n'],
    ['rows with empty quoted cells', '1,"",""\n'],
    ['rows with quotes in plain cells', '1,5" wide,b"\n'],
    ['rows of 中文', '1,"李雷，北京",好\n'],
  ])('%s', async (_, unit) => {
    expect(await endless(filled(unit, 50))).toBeUndefined()
  })

  it('quotes in a file that has none', async () => {
    expect(
      await endless(around('"', filled('words\n', 40), ''), { delimiter: ',', quote: '' }),
    ).toBeUndefined()
  })

  it('a record of 20 MiB', async () => {
    const cell = around('1,"', filled('words\n', 20), '"\n')
    expect(await endless(Buffer.concat([cell, cell, cell]))).toBeUndefined()
  })
})
