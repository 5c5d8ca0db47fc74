import path from 'node:path'
import type { NumberMeaning } from './number-formats.ts'
import { readCellStyles } from './number-formats.ts'
import type { WorkbookPackage } from './package.ts'
import { readSharedStrings, SharedStrings } from './shared-strings.ts'
import { localName, readXml } from './xml.ts'

interface Relation {
  readonly kind: string
  readonly part: string
}

/** A workbook, opened: where its sheet is, and what the cells of the sheet refer to. */
export interface Workbook {
  readonly sheetPart: string
  readonly sheetName: string
  /** Dates count from 1904 instead of 1900. */
  readonly from1904: boolean
  readonly styles: readonly NumberMeaning[]
  readonly strings: SharedStrings
}

/** The parts that a part relates to, by id; `kind` is the last word of the relation's type. */
async function relationsOf(zip: WorkbookPackage, part: string): Promise<Map<string, Relation>> {
  const folder = path.posix.dirname(part)
  const rels = path.posix.join(folder, '_rels', `${path.posix.basename(part)}.rels`)
  const relations = new Map<string, Relation>()
  if (!zip.has(rels)) return relations
  await readXml(zip.text(rels), {
    open(name, { Id: id, Type: type = '', Target: target = '', TargetMode: mode }) {
      if (name !== 'Relationship' || id === undefined || mode === 'External') return
      const found = target.startsWith('/')
        ? path.posix.normalize(target.slice(1))
        : path.posix.join(folder, target)
      relations.set(id, { kind: path.posix.basename(type), part: found })
    },
  })
  return relations
}

interface Sheet {
  readonly name: string
  readonly relation: string
  readonly visible: boolean
}

async function readSheets(zip: WorkbookPackage, part: string) {
  const sheets: Sheet[] = []
  let from1904 = false
  await readXml(zip.text(part), {
    open(tag, attributes) {
      if (tag === 'workbookPr') from1904 = /^(1|true|on)$/.test(attributes['date1904'] ?? '')
      if (tag !== 'sheet') return
      const id = Object.keys(attributes).find((key) => key.includes(':') && localName(key) === 'id')
      const visible = (attributes['state'] ?? 'visible') === 'visible'
      sheets.push({
        name: attributes['name'] ?? '',
        relation: (id === undefined ? undefined : attributes[id]) ?? '',
        visible,
      })
    },
  })
  return { sheets, from1904 }
}

/** Opens a workbook at the named sheet, or at its first visible one. Throws located problems. */
export async function readWorkbook(zip: WorkbookPackage, wanted: string): Promise<Workbook> {
  const top = [...(await relationsOf(zip, '')).values()].find(({ kind }) => kind === 'officeDocument')
  const part = top?.part ?? 'xl/workbook.xml'
  if (!zip.has(part))
    zip.refuse({ en: 'it is not an Excel workbook (.xlsx).', zh: '它不是 Excel 工作簿（.xlsx）。' })
  const relations = await relationsOf(zip, part)
  const { sheets, from1904 } = await readSheets(zip, part)
  const readable = sheets.filter(({ relation }) => relations.get(relation)?.kind === 'worksheet')
  const sheet =
    wanted === ''
      ? (readable.find(({ visible }) => visible) ?? readable[0])
      : (readable.find(({ name }) => name === wanted) ??
        readable.find(({ name }) => name.toLowerCase() === wanted.toLowerCase()))
  const names = readable.map(({ name }) => name)
  const list = names.join(', ')
  if (!sheet)
    return zip.refuse(
      wanted === ''
        ? { en: 'it has no sheet with cells.', zh: '其中没有包含单元格的工作表。' }
        : {
            en: `it has no sheet “${wanted}”. Its sheets: ${list}`,
            zh: `其中没有名为“${wanted}”的工作表；现有工作表：${list}`,
          },
      'sheet',
      names,
    )
  const partOf = (kind: string) => {
    const found = [...relations.values()].find((relation) => relation.kind === kind)?.part
    return found !== undefined && zip.has(found) ? found : undefined
  }
  const styles = partOf('styles')
  const strings = partOf('sharedStrings')
  return {
    sheetPart: relations.get(sheet.relation)?.part ?? '',
    sheetName: sheet.name,
    from1904,
    styles: styles === undefined ? [] : await readCellStyles(zip.text(styles)),
    strings: strings === undefined ? new SharedStrings() : await readSharedStrings(zip.text(strings)),
  }
}
