import { open } from 'node:fs/promises'
import { TextDecoder } from 'node:util'
import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import type { Label } from '../../model/index.ts'
import { fail } from '../../problems/index.ts'
import type { ConnectorContext } from '../../spec/index.ts'

/** Files that a workbook may consist of; real ones have some dozens. */
const mostEntries = 20_000

const notWorkbook: Label = {
  en: 'it is not an Excel workbook (.xlsx). A text file is read with CSV.',
  zh: '它不是 Excel 工作簿（.xlsx）；文本文件请用 CSV 读取。',
}
const damaged: Label = {
  en: 'the workbook is damaged or cut off. Save it again or upload it again.',
  zh: '工作簿已损坏或不完整，请重新保存或重新上传。',
}
const compound: Label = {
  en: 'it is an old .xls workbook, or one that is protected with a password. Save it as .xlsx without a password.',
  zh: '它是旧版 .xls 工作簿，或受密码保护。请另存为不带密码的 .xlsx。',
}
const binary: Label = {
  en: 'it is a binary workbook (.xlsb). Save it as .xlsx.',
  zh: '它是二进制工作簿（.xlsb），请另存为 .xlsx。',
}
const openDocument: Label = {
  en: 'it is an OpenDocument spreadsheet (.ods). Save it as .xlsx.',
  zh: '它是 OpenDocument 表格（.ods），请另存为 .xlsx。',
}

/** The zip archive that a workbook is. Names of parts have no leading slash and no regard to case. */
export class WorkbookPackage {
  readonly #zip: ZipFile
  readonly #entries: ReadonlyMap<string, Entry>
  readonly #context: ConnectorContext
  readonly #name: string
  #unpacked = 0

  constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>, context: ConnectorContext, name: string) {
    this.#zip = zip
    this.#entries = entries
    this.#context = context
    this.#name = name
  }

  has(part: string): boolean {
    return this.#entries.has(part.toLowerCase())
  }

  refuse(detail: Label, field = 'path', suggestions: readonly string[] = []): never {
    return fail(
      'file.unreadable',
      { path: this.#name, detail },
      { nodeId: this.#context.nodeId, field },
      suggestions,
    )
  }

  /** The text of a part, inflated as it is read; every byte counts towards the input's limit. */
  async *text(part: string): AsyncGenerator<string> {
    const entry = this.#entries.get(part.toLowerCase())
    if (!entry) return this.refuse(damaged)
    if (!entry.canDecodeFileData()) return this.refuse(entry.isEncrypted() ? compound : damaged)
    const stream = await this.#zip.openReadStreamPromise(entry)
    let decoder: TextDecoder | undefined
    let sum = 0
    for await (const chunk of stream) {
      const bytes: Buffer = chunk
      this.#context.signal.throwIfAborted()
      this.#count(bytes.length)
      sum = crc32(bytes, sum)
      decoder ??= new TextDecoder(encodingOf(bytes), { fatal: true })
      yield decoder.decode(bytes, { stream: true })
    }
    if (sum !== entry.crc32) this.refuse(damaged)
    if (decoder) yield decoder.decode()
  }

  close(): void {
    this.#zip.close()
  }

  #count(bytes: number): void {
    this.#unpacked += bytes
    const { inputLimit, nodeId } = this.#context
    if (this.#unpacked <= inputLimit) return
    const limit = `${Math.round(inputLimit / 2 ** 20)} MiB`
    fail('file.tooLarge', { path: this.#name, limit }, { nodeId, field: 'path' })
  }
}

function encodingOf(start: Buffer): string {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le'
  return start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : 'utf-8'
}

const compoundStart = Buffer.from('d0cf11e0a1b11ae1', 'hex')

async function startOf(file: string): Promise<{ start: Buffer; size: number }> {
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0)
    return { start: buffer.subarray(0, bytesRead), size: (await handle.stat()).size }
  } finally {
    await handle.close()
  }
}

/** Opens a workbook; whatever else the file is, a located problem says so. The caller closes it. */
export async function openPackage(
  context: ConnectorContext,
  file: string,
  name: string,
): Promise<WorkbookPackage> {
  const location = { nodeId: context.nodeId, field: 'path' }
  const refuse = (detail: Label) => fail('file.unreadable', { path: name, detail }, location)
  const { start, size } = await startOf(file)
  if (size === 0) fail('file.empty', { path: name }, location)
  if (start.equals(compoundStart)) refuse(compound)
  if (start.toString('latin1', 0, 2) !== 'PK') refuse(notWorkbook)
  const zip = await openPromise(file, { autoClose: false, lazyEntries: true }).catch(() => refuse(damaged))
  try {
    const entries = new Map<string, Entry>()
    if (zip.entryCount > mostEntries) refuse(damaged)
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName.toLowerCase(), entry)
    if (entries.has('xl/workbook.bin')) refuse(binary)
    if (entries.has('content.xml') && entries.has('mimetype')) refuse(openDocument)
    if (!entries.has('[content_types].xml')) refuse(notWorkbook)
    return new WorkbookPackage(zip, entries, context, name)
  } catch (error) {
    zip.close()
    throw error
  }
}
