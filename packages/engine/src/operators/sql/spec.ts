import { z } from 'zod'
import { field, type OperatorSpec, outPort } from '../../spec/index.ts'

const settings = z.strictObject({
  query: field(z.string().min(1), {
    widget: 'sql',
    label: { en: 'Query', zh: '查询' },
    help: {
      en: 'One SELECT over the inputs, e.g. SELECT city, count(*) AS n FROM input1 GROUP BY city',
      zh: '针对输入的一条 SELECT，例如 SELECT city, count(*) AS n FROM input1 GROUP BY city',
    },
  }),
  names: field(z.array(z.string().regex(/^[\p{L}_][\p{L}\p{N}_]{0,62}$/u)).default([]), {
    widget: 'texts',
    label: { en: 'Names of the inputs', zh: '输入的名称' },
    help: {
      en: 'In the order of the edges; empty: input1, input2 …',
      zh: '按连线顺序；留空为 input1、input2…',
    },
  }),
})

export const sqlSpec = {
  kind: 'sql',
  category: 'advanced',
  label: { en: 'SQL', zh: 'SQL 查询' },
  summary: {
    en: 'Any SELECT over the inputs, in DuckDB’s SQL.',
    zh: '使用 DuckDB SQL 对输入执行任意 SELECT。',
  },
  icon: 'IconSql',
  settings,
  inputs: [{ name: 'in', label: { en: 'In', zh: '输入' }, many: true }],
  outputs: [outPort],
  law: { left: ['in'], right: ['used'] },
  provenance: 'end',
  describe: ({ query }) => ({ en: query.replace(/\s+/g, ' '), zh: query.replace(/\s+/g, ' ') }),
  examples: [
    {
      title: { en: 'Orders with the customer’s name', zh: '带客户姓名的订单' },
      settings: {
        query: 'SELECT o.id, c.name FROM orders o JOIN input2 c ON c.id = o.customer ORDER BY o.id',
        names: ['orders'],
      },
      inputs: {
        in: {
          columns: { id: 'BIGINT', customer: 'BIGINT' },
          rows: [
            ['2', '1'],
            ['1', '1'],
          ],
        },
        'in#2': { columns: { id: 'BIGINT', name: 'VARCHAR' }, rows: [['1', '李雷']] },
      },
      outputs: {
        out: {
          columns: { id: 'BIGINT', name: 'VARCHAR' },
          rows: [
            ['1', '李雷'],
            ['2', '李雷'],
          ],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
