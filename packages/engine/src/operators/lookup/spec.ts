import { z } from 'zod'
import { field, inPort, type OperatorSpec, outPort, rejectsPort } from '../../spec/index.ts'

const key = z.strictObject({
  column: field(z.string().min(1), { widget: 'column', label: { en: 'Column', zh: '列' } }),
  tableColumn: field(z.string().min(1), {
    widget: 'column',
    input: 'table',
    label: { en: 'Column of the table', zh: '对照表列' },
  }),
})

const taken = z.strictObject({
  column: field(z.string().min(1), {
    widget: 'column',
    input: 'table',
    label: { en: 'Column of the table', zh: '对照表列' },
  }),
  name: field(z.string().default(''), {
    widget: 'text',
    makesColumn: { fallback: 'column' },
    label: { en: 'New name', zh: '新列名' },
    help: { en: 'Empty: as in the table.', zh: '留空则沿用原名。' },
  }),
  fallback: field(z.string().default(''), {
    widget: 'text',
    label: { en: 'Value when not found', zh: '未找到时的值' },
    help: { en: 'Used when rows without a hit get a value.', zh: '仅在“未找到时填入该值”时使用。' },
  }),
})

const settings = z.strictObject({
  keys: field(z.array(key).default([]), {
    widget: 'rows',
    add: { en: 'Add key', zh: '添加键' },
    label: { en: 'Find by', zh: '匹配键' },
  }),
  columns: field(z.array(taken).default([]), {
    widget: 'rows',
    add: { en: 'Take a column', zh: '取一列' },
    label: { en: 'Take', zh: '取出的列' },
  }),
  none: field(z.enum(['missing', 'value', 'reject']).default('missing'), {
    widget: 'select',
    options: [
      { value: 'missing', label: { en: 'Leave them missing', zh: '置为缺失' } },
      { value: 'value', label: { en: 'Put the value given', zh: '填入该值' } },
      { value: 'reject', label: { en: 'Reject the row', zh: '拒绝该行' } },
    ],
    label: { en: 'When nothing is found', zh: '未找到时' },
  }),
  several: field(z.enum(['first', 'reject']).default('reject'), {
    widget: 'select',
    options: [
      { value: 'reject', label: { en: 'Reject the row', zh: '拒绝该行' } },
      { value: 'first', label: { en: 'Take the first', zh: '取第一条' } },
    ],
    label: { en: 'When several are found', zh: '找到多条时' },
  }),
  order: field(z.string().default(''), {
    widget: 'column',
    input: 'table',
    label: { en: 'First in the order of', zh: '第一条的排序依据' },
    help: { en: 'None: as the rows of the table come.', zh: '不选则按对照表顺序。' },
    when: { field: 'several', is: ['first'] },
  }),
})

const columns = { name: 'VARCHAR', dept: 'VARCHAR' }

export const lookupSpec = {
  kind: 'lookup',
  category: 'combine',
  label: { en: 'Look up', zh: '查找补充' },
  summary: {
    en: 'Adds columns from a second table by key, with a rule for no hit and for several.',
    zh: '按键从第二个表补充列，并规定未找到与找到多条时的处理。',
  },
  icon: 'IconListSearch',
  settings,
  inputs: [inPort, { name: 'table', label: { en: 'Table', zh: '对照表' } }],
  outputs: [outPort, rejectsPort],
  law: { left: ['in:in'], right: ['out', 'rejected'] },
  provenance: 'keep',
  describe: ({ keys, columns: all }) => {
    if (keys.length + all.length === 0) return { en: 'nothing yet', zh: '尚未设置' }
    const text = `${keys.map(({ column }) => column).join(', ')} → ${all.map(({ column, name }) => name || column).join(', ')}`
    return { en: text, zh: text }
  },
  examples: [
    {
      title: { en: 'Names of departments', zh: '部门名称' },
      settings: {
        keys: [{ column: 'dept', tableColumn: 'code' }],
        columns: [{ column: 'title', name: 'department' }],
        none: 'reject',
      },
      inputs: {
        in: {
          columns,
          rows: [
            ['Ana', 'S1'],
            ['李雷', 'S2'],
            ['Bo', 'S9'],
          ],
        },
        table: {
          columns: { code: 'VARCHAR', title: 'VARCHAR' },
          rows: [
            ['S1', 'Sales'],
            ['S2', '市场部'],
          ],
        },
      },
      outputs: {
        out: {
          columns: { ...columns, department: 'VARCHAR' },
          rows: [
            ['Ana', 'S1', 'Sales'],
            ['李雷', 'S2', '市场部'],
          ],
        },
        rejects: {
          columns: {
            ...columns,
            reject_column: 'VARCHAR',
            reject_value: 'VARCHAR',
            reject_reason: 'VARCHAR',
          },
          rows: [['Bo', 'S9', 'dept', 'S9', '“S9” is not in the table']],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
