import { z } from 'zod'
import { defineConnector, defineSource, defineTarget, field, sourceColumnsField } from '../../spec/index.ts'
import { fileColumn, newColumns, replacesFile, sourcePath, targetPath } from '../files/fields.ts'

const sourceSettings = z.strictObject({
  path: sourcePath(['xlsx', 'xlsm'], 'orders-*.xlsx'),
  sheet: field(z.string().default(''), {
    widget: 'text',
    label: { en: 'Sheet', zh: '工作表' },
    help: { en: 'Empty: the first visible sheet.', zh: '留空则读取第一个可见的工作表。' },
  }),
  range: field(z.string().default(''), {
    widget: 'text',
    placeholder: 'B3:F200',
    label: { en: 'Range', zh: '区域' },
    help: {
      en: 'For example B3:F200, or B:F for whole columns. Empty: every cell that is used.',
      zh: '例如 B3:F200，或用 B:F 表示整列；留空则读取所有已使用的单元格。',
    },
  }),
  headerRow: field(z.int().min(0).max(1_048_576).default(1), {
    widget: 'number',
    label: { en: 'Row with the column names', zh: '列名所在行' },
    help: {
      en: 'Counted from the first row of the range, or from the first row that is used. 0: there are no names.',
      zh: '从区域的首行（或第一个已使用的行）开始计数；0 表示没有列名。',
    },
  }),
  fileColumn,
  columns: sourceColumnsField,
  newColumns,
})

const targetSettings = z.strictObject({
  path: targetPath('xlsx'),
  // What Excel allows as the name of a sheet.
  sheet: field(
    z
      .string()
      .regex(/^(?!')[^[\]:*?/\\]{1,31}(?<!')$/)
      .default('Sheet1'),
    {
      widget: 'text',
      label: { en: 'Sheet', zh: '工作表' },
      help: {
        en: 'At most 31 characters, without [ ] : * ? / \\ and not beginning or ending with an apostrophe.',
        zh: '最多 31 个字符，不含 [ ] : * ? / \\，且不以单引号开头或结尾。',
      },
    },
  ),
})

export const excel = defineConnector({
  name: 'excel',
  label: { en: 'Excel file', zh: 'Excel 文件' },
  icon: 'IconFileSpreadsheet',
  extensions: ['xlsx', 'xlsm'],
  source: defineSource({
    kind: 'excel.source',
    label: { en: 'Excel', zh: 'Excel' },
    summary: {
      en: 'Reads a sheet of an .xlsx workbook with its real dates and numbers.',
      zh: '读取 .xlsx 工作簿中的一张工作表，保留真实的日期与数字。',
    },
    settings: sourceSettings,
    rejects: true,
    finds: ['headerRow'],
    describe: ({ path, sheet }) => ({ en: `${path} ${sheet}`.trim(), zh: `${path} ${sheet}`.trim() }),
  }),
  target: defineTarget({
    kind: 'excel.target',
    label: { en: 'Excel', zh: 'Excel' },
    summary: {
      en: 'Writes rows to one sheet of a new .xlsx workbook.',
      zh: '将数据行写入新的 .xlsx 工作簿的一张工作表。',
    },
    settings: targetSettings,
    ...replacesFile,
    describe: ({ path }) => ({ en: path, zh: path }),
  }),
})

export type ExcelSourceSettings = z.infer<typeof sourceSettings>
export type ExcelTargetSettings = z.infer<typeof targetSettings>
