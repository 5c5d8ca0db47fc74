import { z } from 'zod'
import { defineConnector, defineSource, defineTarget, field } from '../../spec/index.ts'
import { fileColumn, replacesFile, sourcePath, targetPath } from '../files/fields.ts'

const sourceSettings = z.strictObject({ path: sourcePath(['parquet'], 'orders-*.parquet'), fileColumn })

const targetSettings = z.strictObject({
  path: targetPath('parquet'),
  compression: field(z.enum(['zstd', 'snappy', 'gzip', 'uncompressed']).default('zstd'), {
    widget: 'select',
    options: [
      { value: 'zstd', label: { en: 'Zstandard', zh: 'Zstandard' } },
      { value: 'snappy', label: { en: 'Snappy', zh: 'Snappy' } },
      { value: 'gzip', label: { en: 'Gzip', zh: 'Gzip' } },
      { value: 'uncompressed', label: { en: 'None', zh: '不压缩' } },
    ],
    label: { en: 'Compression', zh: '压缩' },
    advanced: true,
  }),
})

export const parquet = defineConnector({
  name: 'parquet',
  label: { en: 'Parquet file', zh: 'Parquet 文件' },
  icon: 'IconTable',
  extensions: ['parquet'],
  source: defineSource({
    kind: 'parquet.source',
    label: { en: 'Parquet', zh: 'Parquet' },
    summary: {
      en: 'Reads rows from Parquet files, with the types they carry.',
      zh: '读取 Parquet 文件，保留其中的类型。',
    },
    settings: sourceSettings,
    rejects: false,
    describe: ({ path }) => ({ en: path, zh: path }),
  }),
  target: defineTarget({
    kind: 'parquet.target',
    label: { en: 'Parquet', zh: 'Parquet' },
    summary: { en: 'Writes rows to a Parquet file.', zh: '将数据行写入 Parquet 文件。' },
    settings: targetSettings,
    ...replacesFile,
    describe: ({ path }) => ({ en: path, zh: path }),
  }),
})
