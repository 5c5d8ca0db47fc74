import { escapeText } from './escapes.ts'

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const document = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packages = 'http://schemas.openxmlformats.org/package/2006'
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** The number formats of the cells that are no plain numbers or texts. */
const formats = [
  'yyyy\\-mm\\-dd',
  'yyyy\\-mm\\-dd hh:mm:ss',
  'yyyy\\-mm\\-dd hh:mm:ss.000',
  'hh:mm:ss',
  'hh:mm:ss.000',
] as const

/** Cell styles (`s`), by their place in the style part. */
export const styleIds = {
  header: 1,
  date: 2,
  timestamp: 3,
  timestampFraction: 4,
  time: 5,
  timeFraction: 6,
} as const

const firstFormat = 164

function styles(): string {
  const list = formats.map((code, at) => `<numFmt numFmtId="${firstFormat + at}" formatCode="${code}"/>`)
  const xf = (format: number, font: number) =>
    `<xf numFmtId="${format}" fontId="${font}" fillId="0" borderId="0" xfId="0"${format > 0 ? ' applyNumberFormat="1"' : ''}${font > 0 ? ' applyFont="1"' : ''}/>`
  const cells = [xf(0, 0), xf(0, 1), ...formats.map((_, at) => xf(firstFormat + at, 0))]
  const font = (bold: string) => `<font>${bold}<sz val="11"/><name val="Calibri"/><family val="2"/></font>`
  return `${declaration}<styleSheet xmlns="${main}"><numFmts count="${list.length}">${list.join('')}</numFmts><fonts count="2">${font('')}${font('<b/>')}</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${cells.length}">${cells.join('')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
}

export const sheetPart = 'xl/worksheets/sheet1.xml'

const attribute = (text: string): string => escapeText(text).replaceAll('"', '&quot;')

/** Every part of a workbook of one sheet but the sheet itself, in the order of the archive. */
export function workbookParts(sheetName: string): readonly (readonly [part: string, xml: string])[] {
  const relation = (id: string, kind: string, target: string) =>
    `<Relationship Id="${id}" Type="${document}/${kind}" Target="${target}"/>`
  const override = (part: string, type: string) =>
    `<Override PartName="/${part}" ContentType="${types}.${type}+xml"/>`
  const relationships = (list: string) =>
    `${declaration}<Relationships xmlns="${packages}/relationships">${list}</Relationships>`
  return [
    [
      '[Content_Types].xml',
      `${declaration}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${override('xl/workbook.xml', 'sheet.main')}${override(sheetPart, 'worksheet')}${override('xl/styles.xml', 'styles')}</Types>`,
    ],
    ['_rels/.rels', relationships(relation('rId1', 'officeDocument', 'xl/workbook.xml'))],
    [
      'xl/workbook.xml',
      `${declaration}<workbook xmlns="${main}" xmlns:r="${document}"><bookViews><workbookView/></bookViews><sheets><sheet name="${attribute(sheetName)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      relationships(
        relation('rId1', 'worksheet', 'worksheets/sheet1.xml') + relation('rId2', 'styles', 'styles.xml'),
      ),
    ],
    ['xl/styles.xml', styles()],
  ]
}

export interface SheetFrame {
  readonly start: string
  readonly end: string
}

/** What stands before and after the rows of a sheet; `widths` in characters, where they are known. */
export function sheetFrame(reference: string, widths: readonly number[]): SheetFrame {
  const columns = widths.map(
    (width, at) => `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`,
  )
  const list = columns.length === 0 ? '' : `<cols>${columns.join('')}</cols>`
  return {
    start: `${declaration}<worksheet xmlns="${main}"><dimension ref="${reference}"/><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>${list}<sheetData>`,
    end: '</sheetData></worksheet>',
  }
}
