import { z } from 'zod'
import { field } from '../../spec/index.ts'

/** The setting that every file source has first. */
export const sourcePath = (extensions: readonly string[], pattern: string) =>
  field(z.string().min(1), {
    widget: 'file',
    extensions,
    label: { en: 'File', zh: '文件' },
    help: {
      en: `A file of the Files area, or a pattern such as ${pattern} for several.`,
      zh: `“文件”中的文件，或用 ${pattern} 这样的模式匹配多个文件。`,
    },
  })

export const targetPath = (extension: string) =>
  field(z.string().min(1), { widget: 'newFile', extension, label: { en: 'File', zh: '文件' } })

export const fileColumn = field(z.string().default(''), {
  widget: 'text',
  makesColumn: {},
  label: { en: 'Column for the file name', zh: '文件名列' },
  help: { en: 'Empty: none.', zh: '留空则不添加。' },
  advanced: true,
})

/** What happens to columns that the file has and the settings do not name. */
export const newColumns = field(z.enum(['ask', 'pass', 'hold']).default('ask'), {
  widget: 'select',
  options: [
    { value: 'ask', label: { en: 'Ask', zh: '询问' } },
    { value: 'pass', label: { en: 'Let them through', zh: '让其通过' } },
    { value: 'hold', label: { en: 'Hold them back', zh: '不读取' } },
  ],
  label: { en: 'New columns in the file', zh: '文件中的新列' },
  help: {
    en: 'Columns that come to the file later. Ask: they are held back, and the problem list says so.',
    zh: '文件中后来出现的列。“询问”：先不读取，并在问题列表中提示。',
  },
})
export type NewColumns = z.infer<typeof newColumns>

/** What every target that replaces a whole file guarantees. */
export const replacesFile = {
  guarantee: 'exactly-once',
  guaranteeNote: {
    en: 'The new file replaces the old one at once, when the whole run has succeeded.',
    zh: '仅在整次运行成功后，新文件才一次性替换旧文件。',
  },
} as const
