import { z } from 'zod'
import type { Language } from '../../model/index.ts'
import {
  conditionGroup,
  conditionWords,
  field,
  inPort,
  laws,
  type OperatorSpec,
  outPort,
} from '../../spec/index.ts'

const settings = z.strictObject({
  where: field(conditionGroup.default({ combine: 'and', conditions: [] }), {
    widget: 'conditions',
    code: 'expression',
    label: { en: 'Keep rows where', zh: '保留满足以下条件的行' },
  }),
  expression: field(z.string().default(''), {
    widget: 'expression',
    expects: 'BOOLEAN',
    label: { en: 'And also', zh: '并且满足表达式' },
    help: {
      en: 'A free condition over the columns; empty: none.',
      zh: '针对各列的自由条件，留空则不使用。',
    },
  }),
})

export const filterSpec = {
  kind: 'filter',
  category: 'clean',
  label: { en: 'Filter', zh: '筛选' },
  summary: {
    en: 'Keeps the rows that meet a condition and counts the others as filtered.',
    zh: '保留满足条件的行，其余计为“已筛除”。',
  },
  icon: 'IconFilter',
  settings,
  inputs: [inPort],
  outputs: [outPort],
  law: laws.filter,
  provenance: 'keep',
  describe: ({ where, expression }) => {
    const say = (language: Language, both: string): string =>
      [conditionWords(where, language), expression.trim()].filter((part) => part !== '').join(both)
    return {
      en: say('en', ' and ') || 'keeps every row',
      zh: say('zh', ' 且 ') || '保留所有行',
    }
  },
  examples: [
    {
      title: { en: 'Active customers only', zh: '仅保留有效客户' },
      settings: {
        where: { combine: 'and', conditions: [{ column: 'state', operator: 'equals', values: ['active'] }] },
        expression: 'amount > 10',
      },
      inputs: {
        in: {
          columns: { name: 'VARCHAR', state: 'VARCHAR', amount: 'DOUBLE' },
          rows: [
            ['Ana', 'active', '12.5'],
            ['李雷', 'closed', '80'],
            ['Zoë', 'active', '3'],
            ['Bo', null, '99'],
          ],
        },
      },
      outputs: {
        out: {
          columns: { name: 'VARCHAR', state: 'VARCHAR', amount: 'DOUBLE' },
          rows: [['Ana', 'active', '12.5']],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
