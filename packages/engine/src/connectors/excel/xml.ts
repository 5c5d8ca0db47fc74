import { SaxesParser } from 'saxes'

/** What is found in an XML part, by local names: prefixes carry no meaning in workbooks. */
export interface XmlHandlers {
  open?(name: string, attributes: Readonly<Record<string, string>>): void
  close?(name: string): void
  text?(text: string): void
}

/** Characters that may come without any tag in between; a cell has 32,767 at most. */
const longestText = 16 * 2 ** 20

export const localName = (name: string): string => {
  const colon = name.indexOf(':')
  return colon === -1 ? name : name.slice(colon + 1)
}

/**
 * Parses a part as its text arrives, and yields after every piece of it, so that the caller can take
 * what the handlers have gathered. Document types are refused: workbooks have none, attacks do.
 */
export async function* parseXml(pieces: AsyncIterable<string>, handlers: XmlHandlers): AsyncGenerator<void> {
  const parser = new SaxesParser({ xmlns: false, position: false })
  let tags = 0
  const { open, close, text } = handlers
  parser.on('error', (error) => {
    throw new Error(`its XML is damaged: ${error.message}`)
  })
  parser.on('doctype', () => {
    throw new Error('its XML has a document type, which no workbook has')
  })
  parser.on('opentag', ({ name, attributes }) => {
    tags++
    open?.(localName(name), attributes)
  })
  parser.on('closetag', ({ name }) => {
    tags++
    close?.(localName(name))
  })
  if (text) {
    parser.on('text', text)
    parser.on('cdata', text)
  }
  let before = 0
  let untagged = 0
  for await (const piece of pieces) {
    parser.write(piece)
    untagged = tags === before ? untagged + piece.length : 0
    before = tags
    if (untagged > longestText) throw new Error('a text in it has no end')
    yield
  }
  parser.close()
  yield
}

/** Parses a whole part. */
export async function readXml(pieces: AsyncIterable<string>, handlers: XmlHandlers): Promise<void> {
  const steps = parseXml(pieces, handlers)
  while (!(await steps.next()).done);
}
