import { z } from 'zod'
import { typeName } from '../../model/column.ts'
import { field, laws, type OperatorSpec, outPort } from '../../spec/index.ts'
import { insideField, portNameField } from '../port-name.ts'

const declared = z.strictObject({
  name: field(z.string().min(1), {
    widget: 'text',
    makesColumn: { given: 'inside' },
    label: { en: 'Column', zh: '列' },
  }),
  type: field(typeName.default('VARCHAR'), { widget: 'type', label: { en: 'Type', zh: '类型' } }),
})

const settings = z.strictObject({
  name: portNameField({ en: 'Name of the input', zh: '输入名称' }, 'in'),
  columns: field(z.array(declared).min(1).max(1000), {
    widget: 'rows',
    add: { en: 'Add column', zh: '添加列' },
    label: { en: 'Columns it needs', zh: '所需的列' },
    help: {
      en: 'What must arrive where the flow is used. Further columns pass through.',
      zh: '使用此流程时必须提供的列，其他列会原样通过。',
    },
  }),
  inside: insideField,
})

const columns = { id: 'BIGINT', name: 'VARCHAR' }

export const inputSpec = {
  kind: 'input',
  category: 'flow',
  label: { en: 'Flow input', zh: '流程输入' },
  summary: {
    en: 'An input of this flow where other flows use it as a node.',
    zh: '其他流程将此流程作为节点使用时的输入端口。',
  },
  icon: 'IconLogin2',
  settings,
  inputs: ({ inside, name }) => (inside ? [{ name: 'in', label: { en: name, zh: name } }] : []),
  outputs: [outPort],
  law: laws.preserve,
  provenance: 'keep',
  describe: ({ name, columns: needed }) => ({
    en: `${name}: ${needed.length} ${needed.length === 1 ? 'column' : 'columns'}`,
    zh: `${name}：${needed.length} 列`,
  }),
  examples: [
    {
      title: { en: 'Customers as they arrive', zh: '接收客户数据' },
      settings: {
        name: '客户 customers',
        columns: [
          { name: 'id', type: 'BIGINT' },
          { name: 'name', type: 'VARCHAR' },
        ],
        inside: true,
      },
      inputs: {
        in: {
          columns,
          rows: [
            ['1', 'Ana'],
            ['2', '李雷'],
          ],
        },
      },
      outputs: {
        out: {
          columns,
          rows: [
            ['1', 'Ana'],
            ['2', '李雷'],
          ],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
