import { z } from 'zod'
import { conditionGroup, field, inPort, type OperatorSpec, type PortSpec } from '../../spec/index.ts'

const route = z.strictObject({
  name: field(
    z
      .string()
      .min(1)
      .max(60)
      .refine((name) => name !== 'otherwise' && name !== 'rejects', 'this name is taken by a port'),
    { widget: 'text', label: { en: 'Name', zh: '名称' } },
  ),
  where: field(conditionGroup.default({ combine: 'and', conditions: [] }), {
    widget: 'conditions',
    code: 'expression',
    label: { en: 'Rows where', zh: '满足条件的行' },
  }),
  expression: field(z.string().default(''), {
    widget: 'expression',
    expects: 'BOOLEAN',
    label: { en: 'And also', zh: '并且满足表达式' },
  }),
})

const settings = z.strictObject({
  routes: field(z.array(route).default([]), {
    widget: 'rows',
    add: { en: 'Add route', zh: '添加分支' },
    label: { en: 'Routes', zh: '分支' },
    help: {
      en: 'Each becomes an output. What fits none leaves by “Otherwise”.',
      zh: '每个分支对应一个输出，都不满足的行从“其他”输出。',
    },
  }),
  match: field(z.enum(['first', 'all']).default('first'), {
    widget: 'select',
    options: [
      { value: 'first', label: { en: 'The first route that fits', zh: '第一个满足的分支' } },
      { value: 'all', label: { en: 'Every route that fits', zh: '所有满足的分支' } },
    ],
    label: { en: 'A row takes', zh: '每行进入' },
  }),
})

const otherwise: PortSpec = { name: 'otherwise', label: { en: 'Otherwise', zh: '其他' } }
const columns = { name: 'VARCHAR', amount: 'BIGINT' }
const large = {
  name: 'large',
  where: { combine: 'and', conditions: [{ column: 'amount', operator: 'atLeast', values: ['100'] }] },
}

export const routeSpec = {
  kind: 'route',
  category: 'shape',
  label: { en: 'Route', zh: '分流' },
  summary: { en: 'Sends rows to different outputs by conditions.', zh: '按条件将行送往不同的输出。' },
  icon: 'IconArrowsSplit2',
  settings,
  inputs: [inPort],
  outputs: ({ routes }) => [
    ...routes.map(({ name }) => ({ name, label: { en: name, zh: name } })),
    otherwise,
  ],
  law: { left: ['in', 'copied'], right: ['out'] },
  provenance: 'keep',
  describe: ({ routes }) => {
    const text = routes.map(({ name }) => name).join(', ')
    return { en: text || 'no routes yet', zh: text || '尚无分支' }
  },
  examples: [
    {
      title: { en: 'Large orders apart', zh: '大额订单分流' },
      settings: { routes: [large, { name: 'any', expression: 'amount > 0' }], match: 'first' },
      inputs: {
        in: {
          columns,
          rows: [
            ['a', '500'],
            ['b', '5'],
            ['c', null],
          ],
        },
      },
      outputs: {
        large: { columns, rows: [['a', '500']] },
        any: { columns, rows: [['b', '5']] },
        otherwise: { columns, rows: [['c', null]] },
      },
    },
    {
      title: { en: 'Every route that fits', zh: '进入所有满足的分支' },
      settings: { routes: [large, { name: 'any', expression: 'amount > 0' }], match: 'all' },
      inputs: {
        in: {
          columns,
          rows: [
            ['a', '500'],
            ['b', '5'],
            ['c', null],
          ],
        },
      },
      outputs: {
        large: { columns, rows: [['a', '500']] },
        any: {
          columns,
          rows: [
            ['a', '500'],
            ['b', '5'],
          ],
        },
        otherwise: { columns, rows: [['c', null]] },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
