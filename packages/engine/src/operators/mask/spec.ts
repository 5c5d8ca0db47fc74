import { z } from 'zod'
import { field, inPort, laws, type OperatorSpec, outPort, rejectsPort } from '../../spec/index.ts'

const masking = z.strictObject({
  column: field(z.string().min(1), { widget: 'column', label: { en: 'Column', zh: '列' } }),
  how: field(z.enum(['hash', 'partial', 'remove', 'encrypt', 'decrypt']).default('partial'), {
    widget: 'select',
    options: [
      { value: 'partial', label: { en: 'Show a part', zh: '部分显示' } },
      { value: 'hash', label: { en: 'Hash (SHA-256)', zh: '哈希（SHA-256）' } },
      { value: 'remove', label: { en: 'Remove', zh: '清除' } },
      { value: 'encrypt', label: { en: 'Encrypt (AES-256-GCM)', zh: '加密（AES-256-GCM）' } },
      { value: 'decrypt', label: { en: 'Decrypt', zh: '解密' } },
    ],
    label: { en: 'How', zh: '方式' },
  }),
  first: field(z.number().int().nonnegative().default(3), {
    widget: 'number',
    min: 0,
    label: { en: 'First characters shown', zh: '显示前几位' },
    when: { field: 'how', is: ['partial'] },
  }),
  last: field(z.number().int().nonnegative().default(4), {
    widget: 'number',
    min: 0,
    label: { en: 'Last characters shown', zh: '显示后几位' },
    when: { field: 'how', is: ['partial'] },
  }),
  salt: field(z.string().default(''), {
    widget: 'text',
    label: { en: 'Salt', zh: '盐值' },
    help: {
      en: 'Put before the value, so that hashes cannot be looked up; best a parameter, ${salt}.',
      zh: '加在值之前，防止哈希被反查；建议使用参数 ${salt}。',
    },
    when: { field: 'how', is: ['hash'] },
  }),
  key: field(z.string().default(''), {
    widget: 'key',
    label: { en: 'Key', zh: '密钥' },
    help: {
      en: 'The flow has its name only. What a lost key encrypted cannot be read again, so keep a copy of its file.',
      zh: '流程中只保存密钥名称。密钥丢失后，用它加密的数据将无法恢复，请备份密钥文件。',
    },
    when: { field: 'how', is: ['encrypt', 'decrypt'] },
  }),
})
export type ColumnMasking = z.infer<typeof masking>

const settings = z.strictObject({
  columns: field(z.array(masking).default([]), {
    widget: 'rows',
    add: { en: 'Mask a column', zh: '脱敏一列' },
    label: { en: 'Columns', zh: '列' },
  }),
})

const columns = { name: 'VARCHAR', phone: 'VARCHAR', id: 'VARCHAR' }

export const maskSpec = {
  kind: 'mask',
  category: 'clean',
  label: { en: 'Mask', zh: '脱敏' },
  summary: {
    en: 'Hides personal data: shows a part, hashes, removes or encrypts it; what cannot be decrypted is rejected.',
    zh: '隐藏个人数据：部分显示、哈希、清除或加密；无法解密的值进入拒绝行。',
  },
  icon: 'IconMask',
  settings,
  inputs: [inPort],
  outputs: [outPort, rejectsPort],
  law: laws.convert,
  provenance: 'keep',
  describe: ({ columns: masked }) => {
    const text = masked.map(({ column }) => column).join(', ')
    return { en: text || 'nothing yet', zh: text || '尚未设置' }
  },
  examples: [
    {
      title: { en: 'Phone and id of customers', zh: '客户电话与证件号' },
      settings: { columns: [{ column: 'phone' }, { column: 'id', how: 'hash', salt: 's' }] },
      inputs: {
        in: {
          columns,
          rows: [
            ['李雷', '13912345678', '42'],
            ['Bo', '12', null],
          ],
        },
      },
      outputs: {
        out: {
          columns,
          rows: [
            ['李雷', '139****5678', 'e903fcd0a7b9e8f14bd1ad2540112430d3ab460037058c2487a0514f4c679159'],
            ['Bo', '**', null],
          ],
        },
      },
    },
    {
      title: { en: 'Phone numbers, decrypted again', zh: '解密电话号码' },
      settings: { columns: [{ column: 'phone', how: 'decrypt', key: 'example' }] },
      inputs: {
        in: {
          columns,
          rows: [
            ['李雷', 'mr1:example:bm9uY2Vub25jZW5vc6mQTGXAleSIk93FJaQcsZWM9LBDlBMvIoEl', '1'],
            ['Bo', null, '2'],
            ['Ann', 'mr1:example:bm9uY2Vub25jZW5vc6mQTGYAleSIk93FJaQcsZWM9LBDlBMvIoEl', '3'],
            ['Cy', '13912345678', '4'],
          ],
        },
      },
      outputs: {
        out: {
          columns,
          rows: [
            ['李雷', '13912345678', '1'],
            ['Bo', null, '2'],
          ],
        },
        rejects: {
          columns: {
            ...columns,
            reject_column: 'VARCHAR',
            reject_value: 'VARCHAR',
            reject_reason: 'VARCHAR',
          },
          rows: [
            [
              'Ann',
              'mr1:example:bm9uY2Vub25jZW5vc6mQTGYAleSIk93FJaQcsZWM9LBDlBMvIoEl',
              '3',
              'phone',
              'mr1:example:bm9uY2Vub25jZW5vc6mQTGYAleSIk93FJaQcsZWM9LBDlBMvIoEl',
              'this was changed, or encrypted with another key named “example”',
            ],
            ['Cy', '13912345678', '4', 'phone', '13912345678', 'this is not an encrypted value'],
          ],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
