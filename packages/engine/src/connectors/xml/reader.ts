import { createReadStream } from 'node:fs'
import { SaxesParser, type SaxesTagNS } from 'saxes'
import { fail } from '../../problems/index.ts'
import type { ConnectorContext } from '../../spec/index.ts'
import { detectEncoding, type Encoding, readHead, toPlainFile } from '../files/byte-source.ts'
import { displayName } from '../files/located.ts'
import type { XmlSourceSettings } from './spec.ts'

/** Levels of nesting that are read; real documents have far fewer. */
const deepest = 200
/** Characters that one text, tag, comment or DOCTYPE may have, and one row with all that is in it. */
export const largestPiece = 16 * 2 ** 20

const predefinedEntities = { amp: '&', gt: '>', lt: '<', quot: '"', apos: "'" }

const encodingNames: Readonly<Record<string, Encoding>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
  gb18030: 'gb18030',
  gbk: 'gb18030',
  gb2312: 'gb18030',
  cp936: 'gb18030',
  'iso-8859-1': 'latin1',
  latin1: 'latin1',
  'windows-1252': 'latin1',
}

/** A file that can be parsed: plain bytes and how to decode them. */
export interface XmlInput {
  readonly path: string
  /** As the user knows it. */
  readonly name: string
  readonly decoder: string
  readonly encoding: string
  /** Set where bytes were decoded already; what could not be is U+FFFD there. */
  readonly transcoded: boolean
}

/** What a reader is told, in document order. `line` is the 1-based line on which the tag starts. */
export interface XmlHandler {
  open(tag: SaxesTagNS, line: number): void
  close(): void
  text(text: string): void
  /** True once nothing more is wanted; the rest of the file is not looked at. */
  readonly done?: boolean
}

export class XmlFault extends Error {}

/** The encoding that the XML declaration names, in lower case. */
function declaredEncoding(head: Buffer): string | undefined {
  const start = head.subarray(0, 400).toString('latin1')
  return /^(?:\u00ef\u00bb\u00bf)?<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']/
    .exec(start)?.[1]
    ?.toLowerCase()
}

function isEncodingLabel(label: string): boolean {
  try {
    new TextDecoder(label)
    return true
  } catch {
    return false
  }
}

/**
 * Prepares a file: unpacks it and finds its encoding, by byte order mark, then XML declaration, then
 * UTF-8 as XML says. Throws located problems, as `toPlainFile` does.
 */
export async function openXml(
  context: ConnectorContext,
  settings: XmlSourceSettings,
  file: string,
): Promise<XmlInput> {
  const name = displayName(settings.path, file)
  const head = await readHead(file)
  const declared = declaredEncoding(head)
  const wide = detectEncoding(head.subarray(0, 400))
  const isWide = wide === 'utf-16le' || wide === 'utf-16be'
  const known = declared === undefined ? undefined : encodingNames[declared]
  let wanted: Encoding = isWide ? wide : (known ?? 'utf-8')
  let label: string | undefined
  if (settings.encoding !== 'auto') wanted = settings.encoding
  else if (declared !== undefined && known === undefined && !isWide) {
    label = declared
    if (!isEncodingLabel(label) || label.startsWith('utf-16'))
      fail(
        'file.unreadable',
        {
          path: name,
          detail: {
            en: `it declares the encoding “${declared}” and is not in it`,
            zh: `文件声明的编码“${declared}”与实际不符`,
          },
        },
        { nodeId: context.nodeId, field: 'encoding' },
      )
  }
  const plain = await toPlainFile(context, file, name, wanted)
  if (label !== undefined && plain.transcoded)
    fail(
      'file.unreadable',
      {
        path: name,
        detail: {
          en: `a compressed file in the encoding “${label}” cannot be read; unpack it first`,
          zh: `无法读取编码为“${label}”的压缩文件，请先解压`,
        },
      },
      { nodeId: context.nodeId, field: 'encoding' },
    )
  const { path, transcoded } = plain
  return { path, name, decoder: label ?? 'utf-8', encoding: label ?? wanted, transcoded }
}

/**
 * Refuses a DOCTYPE that declares entities, names files or fills attributes in. One that only says
 * which elements and attributes there are changes nothing in the data.
 */
function checkDoctype(doctype: string): void {
  const start = doctype.indexOf('[')
  const subset = start === -1 ? '' : doctype.slice(start).replace(/<!--.*?-->/gs, '')
  if (/\s(?:SYSTEM|PUBLIC)\s/.test(start === -1 ? doctype : doctype.slice(0, start)))
    throw new XmlFault('its DOCTYPE names an external DTD; that is refused for safety')
  if (/<!ENTITY|%[^\s;]+;/.test(subset))
    throw new XmlFault('its DOCTYPE declares entities; that is refused for safety')
  const attributeLists = subset.match(/<!ATTLIST[^>]*>/g)?.join(' ') ?? ''
  if (/["']/.test(attributeLists.replace(/\sxmlns(?::\S+)?\s+\S+\s+#FIXED\s+("[^"]*"|'[^']*')/g, '')))
    throw new XmlFault('its DOCTYPE gives attributes values that the elements do not have; that is not read')
}

function makeParser(handler: XmlHandler): { parser: SaxesParser<{ xmlns: true }>; events: () => number } {
  const parser = new SaxesParser({ xmlns: true, position: true })
  // saxes looks names up in an object with a prototype, where `&constructor;` would be found.
  parser.ENTITIES = Object.assign(Object.create(null), predefinedEntities)
  let depth = 0
  let line = 1
  let events = 0
  parser.on('error', (error) => {
    const [, atLine, column, text] = /^(\d+):(\d+): (.*)$/s.exec(error.message) ?? []
    throw new XmlFault(text ? `line ${atLine}, column ${column}: ${text}` : error.message)
  })
  parser.on('doctype', checkDoctype)
  parser.on('opentagstart', () => {
    events++
    if (++depth > deepest) throw new XmlFault(`it nests more than ${deepest} levels deep`)
    // The character after the name has been read; when it was a line break, the name is on the line before.
    line = parser.column === 0 ? parser.line - 1 : parser.line
  })
  parser.on('opentag', (tag) => {
    events++
    handler.open(tag, line)
  })
  parser.on('closetag', () => {
    events++
    depth--
    handler.close()
  })
  const text = (piece: string) => {
    events++
    if (depth > 0) handler.text(piece)
  }
  parser.on('text', text)
  parser.on('cdata', text)
  parser.on('comment', () => {
    events++
  })
  parser.on('processinginstruction', () => {
    events++
  })
  return { parser, events: () => events }
}

/**
 * Parses a file piece by piece and yields after each, so that the caller can take away what the
 * handler has gathered. Throws located problems: with line and column where the document is broken.
 */
export async function* parseXml(
  context: ConnectorContext,
  input: XmlInput,
  handler: XmlHandler,
): AsyncGenerator<void> {
  const { parser, events } = makeParser(handler)
  // Bytes that the encoding does not have are an error in XML, never another character.
  const decoder = new TextDecoder(input.decoder, { fatal: true })
  const badBytes = () => new XmlFault(`after line ${parser.line} it has bytes that are not ${input.encoding}`)
  const decode = (chunk: Buffer | undefined): string => {
    let piece: string
    try {
      piece = decoder.decode(chunk, { stream: chunk !== undefined })
    } catch {
      throw badBytes()
    }
    if (input.transcoded && piece.includes('\uFFFD')) throw badBytes()
    return piece
  }
  let seen = 0
  let pending = 0
  try {
    for await (const chunk of createReadStream(input.path, { highWaterMark: 256 * 1024 })) {
      context.signal.throwIfAborted()
      const piece = decode(chunk)
      parser.write(piece)
      pending = events() === seen ? pending + piece.length : 0
      seen = events()
      if (pending > largestPiece)
        throw new XmlFault(`line ${parser.line}: one text or tag has more than 16 million characters`)
      yield
      if (handler.done) return
    }
    parser.write(decode(undefined))
    parser.close()
    yield
  } catch (error) {
    context.signal.throwIfAborted()
    if (!(error instanceof XmlFault)) throw error
    const detail = /line \d/.test(error.message)
      ? error.message
      : `line ${parser.line}, column ${parser.column}: ${error.message}`
    fail('file.unreadable', { path: input.name, detail }, { nodeId: context.nodeId, field: 'path' })
  }
}
