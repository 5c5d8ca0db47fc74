import { z } from 'zod'
import { typeName } from '../../model/column.ts'
import { field, inPort, type OperatorSpec, outPort, rejectsPort } from '../../spec/index.ts'

const only = (...checks: string[]) => ({ field: 'check', is: checks })

const rule = z.strictObject({
  column: field(z.string().min(1), { widget: 'column', label: { en: 'Column', zh: '列' } }),
  check: field(
    z.enum([
      'required',
      'type',
      'pattern',
      'email',
      'phone',
      'range',
      'length',
      'allowed',
      'unique',
      'reference',
    ]),
    {
      widget: 'select',
      options: [
        { value: 'required', label: { en: 'is there', zh: '必填' } },
        { value: 'type', label: { en: 'is of a type', zh: '符合类型' } },
        { value: 'pattern', label: { en: 'matches a pattern', zh: '匹配正则' } },
        { value: 'email', label: { en: 'is an e-mail address', zh: '是邮箱地址' } },
        { value: 'phone', label: { en: 'is a phone number', zh: '是电话号码' } },
        { value: 'range', label: { en: 'is in a range', zh: '在范围内' } },
        { value: 'length', label: { en: 'has a length', zh: '长度符合' } },
        { value: 'allowed', label: { en: 'is one of', zh: '属于允许的值' } },
        { value: 'unique', label: { en: 'is unique', zh: '唯一' } },
        { value: 'reference', label: { en: 'is in the reference', zh: '存在于参照表' } },
      ],
      label: { en: 'Rule', zh: '规则' },
    },
  ),
  type: field(typeName.default('VARCHAR'), {
    widget: 'type',
    label: { en: 'Type', zh: '类型' },
    when: only('type'),
  }),
  pattern: field(z.string().default(''), {
    widget: 'text',
    label: { en: 'Pattern', zh: '正则表达式' },
    help: { en: 'A regular expression for the whole value.', zh: '须匹配整个值的正则表达式。' },
    when: only('pattern'),
  }),
  least: field(z.string().default(''), {
    widget: 'text',
    label: { en: 'At least', zh: '最小' },
    when: only('range', 'length'),
  }),
  most: field(z.string().default(''), {
    widget: 'text',
    label: { en: 'At most', zh: '最大' },
    when: only('range', 'length'),
  }),
  values: field(z.array(z.string()).default([]), {
    widget: 'texts',
    label: { en: 'Allowed values', zh: '允许的值' },
    when: only('allowed'),
  }),
  referenceColumn: field(z.string().default(''), {
    widget: 'column',
    input: 'reference',
    label: { en: 'Column of the reference', zh: '参照列' },
    when: only('reference'),
  }),
})
export type ValidationRule = z.infer<typeof rule>

const settings = z.strictObject({
  rules: field(z.array(rule).default([]), {
    widget: 'rows',
    add: { en: 'Add rule', zh: '添加规则' },
    label: { en: 'Rules', zh: '规则' },
    help: {
      en: 'A missing value breaks only “is there”. Of rows with the same value, all but the first break “is unique”.',
      zh: '缺失值只违反“必填”。值重复的行中，除第一行外均违反“唯一”。',
    },
  }),
})

export const validateSpec = {
  kind: 'validate',
  category: 'clean',
  label: { en: 'Validate', zh: '校验' },
  summary: {
    en: 'Checks every row against rules and rejects those that break one, naming each broken rule.',
    zh: '按规则校验每一行，违反规则的行进入拒绝行并注明每条原因。',
  },
  icon: 'IconShieldCheck',
  settings,
  inputs: [inPort, { name: 'reference', label: { en: 'Reference', zh: '参照' }, optional: true }],
  outputs: [outPort, rejectsPort],
  law: { left: ['in:in'], right: ['out', 'rejected'] },
  provenance: 'keep',
  describe: ({ rules }) => ({
    en: `${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}`,
    zh: `${rules.length} 条规则`,
  }),
  examples: [
    {
      title: { en: 'Customers fit to import', zh: '可导入的客户' },
      settings: {
        rules: [
          { column: 'id', check: 'required' },
          { column: 'id', check: 'unique' },
          { column: 'email', check: 'email' },
          { column: 'phone', check: 'phone' },
          { column: 'age', check: 'range', least: '18', most: '99' },
        ],
      },
      inputs: {
        in: {
          columns: { id: 'VARCHAR', email: 'VARCHAR', phone: 'VARCHAR', age: 'BIGINT' },
          rows: [
            ['1', 'ana@example.com', '13912345678', '30'],
            ['2', null, '+49 30 901820', null],
            ['1', 'bo@example', '123', '17'],
            [null, 'zoe@example.org', '021-12345678', '40'],
          ],
        },
      },
      outputs: {
        out: {
          columns: { id: 'VARCHAR', email: 'VARCHAR', phone: 'VARCHAR', age: 'BIGINT' },
          rows: [
            ['1', 'ana@example.com', '13912345678', '30'],
            ['2', null, '+49 30 901820', null],
          ],
        },
        rejects: {
          columns: {
            id: 'VARCHAR',
            email: 'VARCHAR',
            phone: 'VARCHAR',
            age: 'BIGINT',
            reject_column: 'VARCHAR',
            reject_value: 'VARCHAR',
            reject_reason: 'VARCHAR',
          },
          rows: [
            [
              '1',
              'bo@example',
              '123',
              '17',
              'id; email; phone; age',
              '1; bo@example; 123; 17',
              '“1” stands in an earlier row; “bo@example” is not an e-mail address; “123” is not a phone number; “17” is not between 18 and 99',
            ],
            [null, 'zoe@example.org', '021-12345678', '40', 'id', null, 'the value is missing'],
          ],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
