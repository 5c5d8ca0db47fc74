import { z } from 'zod'
import { inPort, laws, type OperatorSpec, outPort } from '../../spec/index.ts'
import { insideField, portNameField } from '../port-name.ts'

const settings = z.strictObject({
  name: portNameField({ en: 'Name of the output', zh: '输出名称' }, 'out'),
  inside: insideField,
})

const columns = { id: 'BIGINT', name: 'VARCHAR' }
const rows = [
  ['1', 'Ana'],
  ['2', '李雷'],
] as const

export const outputSpec = {
  kind: 'output',
  category: 'flow',
  label: { en: 'Flow output', zh: '流程输出' },
  summary: {
    en: 'An output of this flow where other flows use it as a node.',
    zh: '其他流程将此流程作为节点使用时的输出端口。',
  },
  icon: 'IconLogout2',
  settings,
  inputs: [inPort],
  outputs: ({ inside }) => (inside ? [outPort] : []),
  law: laws.preserve,
  provenance: 'keep',
  describe: ({ name }) => ({ en: name, zh: name }),
  examples: [
    {
      title: { en: 'Customers as they leave', zh: '输出客户数据' },
      settings: { name: 'clean', inside: true },
      inputs: { in: { columns, rows } },
      outputs: { out: { columns, rows } },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
