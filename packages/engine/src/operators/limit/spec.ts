import { z } from 'zod'
import { field, inPort, laws, type OperatorSpec, outPort } from '../../spec/index.ts'

const settings = z.strictObject({
  how: field(z.enum(['first', 'sample']).default('first'), {
    widget: 'select',
    options: [
      { value: 'first', label: { en: 'The first rows', zh: '前若干行' } },
      { value: 'sample', label: { en: 'A random sample', zh: '随机抽样' } },
    ],
    label: { en: 'Take', zh: '取' },
  }),
  rows: field(z.number().int().nonnegative().default(100), {
    widget: 'number',
    min: 0,
    label: { en: 'Rows', zh: '行数' },
  }),
  skip: field(z.number().int().nonnegative().default(0), {
    widget: 'number',
    min: 0,
    label: { en: 'After skipping', zh: '跳过' },
    when: { field: 'how', is: ['first'] },
  }),
  seed: field(z.number().int().nonnegative().default(1), {
    widget: 'number',
    min: 0,
    label: { en: 'Seed', zh: '随机种子' },
    help: { en: 'The same seed takes the same rows.', zh: '相同的种子会抽到相同的行。' },
    when: { field: 'how', is: ['sample'] },
  }),
})

export const limitSpec = {
  kind: 'limit',
  category: 'shape',
  label: { en: 'Limit', zh: '限制行数' },
  summary: {
    en: 'Takes the first rows, or a random sample that can be repeated.',
    zh: '取前若干行，或可重复的随机样本。',
  },
  icon: 'IconCut',
  settings,
  inputs: [inPort],
  outputs: [outPort],
  law: laws.filter,
  provenance: 'keep',
  describe: ({ how, rows }) => ({
    en: how === 'first' ? `first ${rows}` : `${rows} at random`,
    zh: how === 'first' ? `前 ${rows} 行` : `随机 ${rows} 行`,
  }),
  examples: [
    {
      title: { en: 'Two rows after the first', zh: '跳过一行后取两行' },
      settings: { how: 'first', rows: 2, skip: 1 },
      inputs: { in: { columns: { id: 'BIGINT' }, rows: [['1'], ['2'], ['3'], ['4']] } },
      outputs: { out: { columns: { id: 'BIGINT' }, rows: [['2'], ['3']] } },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
