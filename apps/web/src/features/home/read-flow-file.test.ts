import { describe, expect, it } from 'vitest'
import { fileNameOf } from '../../editor/flow-export.ts'
import { freeName, largestFile, readFlowFile } from './read-flow-file.ts'

describe('flow files', () => {
  it('are refused before anything asks the server: too large, no JSON, no flow, a newer format', async () => {
    const codes = async (content: BlobPart) =>
      (await readFlowFile(new File([content], 'a.flow.json'))).problems.map(({ code }) => code)
    expect(await codes(new Uint8Array(largestFile + 1))).toEqual(['flow.invalid'])
    expect(await codes('not json')).toEqual(['flow.invalid'])
    expect(await codes('{"format":"millrace.flow","version":1}')).toEqual(['flow.invalid'])
    expect(await codes('{"format":"millrace.flow","version":99}')).toEqual(['flow.newer'])
    expect(await codes(`${'['.repeat(5000)}${']'.repeat(5000)}`)).toEqual(['flow.invalid'])
  })

  it('have names that every file system takes', () => {
    expect(fileNameOf('订单 / “May” ..:*?')).toBe('订单 - “May” ..-.flow.json')
    expect(fileNameOf('../../etc/passwd')).toBe('-..-etc-passwd.flow.json')
    expect(fileNameOf(' . ')).toBe('flow.flow.json')
    expect(fileNameOf('x'.repeat(500))).toHaveLength(130)
  })

  it('get a name that is free', () => {
    expect(freeName('Orders', ['Customers'])).toBe('Orders')
    expect(freeName('Orders', ['Orders', 'Orders 2'])).toBe('Orders 3')
    expect(freeName('x'.repeat(200), ['x'.repeat(200)]).length).toBeLessThanOrEqual(200)
  })
})
