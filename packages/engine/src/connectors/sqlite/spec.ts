import { z } from 'zod'
import {
  defineConnection,
  defineConnector,
  defineSource,
  defineTarget,
  field,
  fieldLike,
  keyedModes,
  sourceColumnsField,
} from '../../spec/index.ts'
import { describeSource, modeNames, sourceFields, targetFields } from '../databases/fields.ts'
import { fileColumn, newColumns, sourcePath, targetPath } from '../files/fields.ts'

const extensions = ['sqlite', 'sqlite3', 'db']

const connectionSettings = z.strictObject({
  path: field(z.string().min(1), {
    widget: 'file',
    extensions,
    label: { en: 'Database file', zh: '数据库文件' },
    help: {
      en: 'A file of the Files area, or @name/… of a folder that this server may use. Other programs may go on using it.',
      zh: '“文件”中的文件，或服务器允许访问的文件夹中的 @名称/…。其他程序可继续使用该文件。',
    },
  }),
  patience: field(z.number().int().min(1).max(300).default(10), {
    widget: 'number',
    min: 1,
    max: 300,
    label: { en: 'Wait for other programs at most, seconds', zh: '等待其他程序的最长时间（秒）' },
    help: {
      en: 'SQLite lets one program write at a time.',
      zh: 'SQLite 同一时间只允许一个程序写入。',
    },
    advanced: true,
  }),
})

const connection = defineConnection({
  settings: connectionSettings,
  // It has no server: a file is found, it is a database, and it may be written.
  steps: ['file', 'database', 'rights'],
  boundTo: [],
  describe: ({ path }) => ({ en: path, zh: path }),
})

const ofFile = { field: 'read', is: ['file'] }
const ofConnection = { field: 'read', is: ['table', 'query'] }

/** An issue that says of a text that it is needed. */
const needed = (path: string) =>
  ({
    code: 'too_small',
    origin: 'string',
    minimum: 1,
    inclusive: true,
    input: '',
    path: [path],
  }) satisfies Parameters<z.core.$RefinementCtx['addIssue']>[0]

const sourceSettings = z
  .strictObject({
    read: field(z.enum(['file', 'table', 'query']).default('file'), {
      widget: 'select',
      options: [
        { value: 'file', label: { en: 'A file', zh: '文件' } },
        { value: 'table', label: { en: 'A table or view of a connection', zh: '连接中的表或视图' } },
        { value: 'query', label: { en: 'A query over a connection', zh: '对连接的查询' } },
      ],
      label: { en: 'Read', zh: '读取' },
    }),
    path: fieldLike(sourcePath(extensions, 'shop-*.db'), z.string().default(''), ofFile),
    connection: fieldLike(sourceFields.connection, z.string().default(''), ofConnection),
    table: field(z.string().default(''), {
      widget: 'table',
      placeholder: 'orders',
      label: { en: 'Table', zh: '表' },
      help: {
        en: 'May stay empty for a file: its first table is read.',
        zh: '读取文件时可留空，即读取第一张表。',
      },
      when: { field: 'read', is: ['file', 'table'] },
    }),
    query: field(z.string().default(''), {
      widget: 'textarea',
      label: { en: 'Or a query', zh: '或查询语句' },
      help: {
        en: 'One SELECT in SQLite’s SQL; then the table is not used.',
        zh: '一条 SQLite SELECT 语句；填写后不再使用表名。',
      },
      advanced: true,
      when: ofFile,
    }),
    statement: field(z.string().default(''), {
      widget: 'textarea',
      constants: 'standard',
      label: { en: 'Query', zh: '查询' },
      help: {
        en: 'One SELECT in SQLite’s SQL. It can only read. CAST(… AS INTEGER) gives a computed column a type. ${name} stands for the value of a parameter, as a constant.',
        zh: '一条 SQLite SELECT 语句，仅可读取。计算列可用 CAST(… AS INTEGER) 指定类型。${name} 代表参数的值（作为常量）。',
      },
      when: { field: 'read', is: ['query'] },
    }),
    where: fieldLike(sourceFields.where, sourceFields.where.clone(), ofConnection),
    mode: fieldLike(sourceFields.mode, sourceFields.mode.clone(), ofConnection),
    cursorColumn: fieldLike(sourceFields.cursorColumn, sourceFields.cursorColumn.clone(), ofConnection),
    tieColumns: fieldLike(sourceFields.tieColumns, sourceFields.tieColumns.clone(), ofConnection),
    lookBack: fieldLike(sourceFields.lookBack, sourceFields.lookBack.clone(), ofConnection),
    fileColumn: fieldLike(fileColumn, fileColumn.clone(), ofFile),
    columns: fieldLike(sourceColumnsField, sourceColumnsField.clone(), ofFile),
    newColumns: fieldLike(newColumns, newColumns.clone(), ofFile),
  })
  .superRefine(({ read, path, connection: id }, context) => {
    if (read === 'file' && path === '') context.addIssue(needed('path'))
    if (read !== 'file' && id === '') context.addIssue(needed('connection'))
  })

const toFile = { field: 'into', is: ['file'] }
const toConnection = { field: 'into', is: ['connection'] }
const fields = targetFields()

const targetSettings = z
  .strictObject({
    into: field(z.enum(['file', 'connection']).default('file'), {
      widget: 'select',
      options: [
        { value: 'file', label: { en: 'A file', zh: '文件' } },
        { value: 'connection', label: { en: 'The database of a connection', zh: '连接的数据库' } },
      ],
      label: { en: 'Write into', zh: '写入到' },
      help: {
        en: 'A file is replaced as a whole when the run has succeeded. The database of a connection is written in place, while other programs use it.',
        zh: '文件在运行成功后整体替换。连接的数据库则就地写入，其他程序可同时使用。',
      },
    }),
    path: fieldLike(targetPath('db'), z.string().default(''), toFile),
    connection: fieldLike(fields.connection, z.string().default(''), toConnection),
    table: field(fields.table.clone(), {
      widget: 'table',
      placeholder: 'orders',
      label: { en: 'Table', zh: '表' },
    }),
    // Flows that say nothing replace, as they always have.
    mode: fieldLike(fields.mode, fields.mode.unwrap().default('replace')),
    keys: fields.keys,
    create: fieldLike(fields.create, fields.create.clone(), toConnection),
    keepPrevious: fieldLike(fields.keepPrevious, fields.keepPrevious.clone(), toConnection),
    mirrorCap: fields.mirrorCap,
    onReject: fieldLike(fields.onReject, fields.onReject.clone(), toConnection),
    rejectLimit: fieldLike(fields.rejectLimit, fields.rejectLimit.clone(), toConnection),
    rejectPercent: fieldLike(fields.rejectPercent, fields.rejectPercent.clone(), toConnection),
  })
  .superRefine(({ into, path, connection: id }, context) => {
    if (into === 'file' && path === '') context.addIssue(needed('path'))
    if (into === 'connection' && id === '') context.addIssue(needed('connection'))
  })

/** What a source of a connection reads, in the words that every database has. */
export const asDatabaseSource = ({ read, ...settings }: SqliteSourceSettings) => ({
  ...settings,
  read: read === 'query' ? ('query' as const) : ('table' as const),
  query: settings.statement,
})

export const sqlite = defineConnector({
  name: 'sqlite',
  label: { en: 'SQLite', zh: 'SQLite' },
  icon: 'IconDatabase',
  extensions,
  connection,
  source: defineSource({
    kind: 'sqlite.source',
    label: { en: 'SQLite', zh: 'SQLite' },
    summary: {
      en: 'Reads a table or a query of a SQLite database: of a file, or by a connection.',
      zh: '读取 SQLite 数据库的表或查询：来自文件或连接。',
    },
    settings: sourceSettings,
    rejects: true,
    describe: (settings) => {
      const { read, path, table } = settings
      if (read === 'file') return { en: `${path} ${table}`.trim(), zh: `${path} ${table}`.trim() }
      return describeSource(asDatabaseSource(settings))
    },
  }),
  target: defineTarget({
    kind: 'sqlite.target',
    label: { en: 'SQLite', zh: 'SQLite' },
    summary: {
      en: 'Writes rows to a table of a SQLite database: of a file, or by a connection.',
      zh: '将数据行写入 SQLite 数据库的表：文件或连接。',
    },
    settings: targetSettings,
    guarantee: 'exactly-once',
    guaranteeNote: {
      en: 'All rows or none. A file: they are written to a copy, which replaces it at once when the whole run has succeeded. A connection: one transaction for all targets of the flow in the same database, which commits by itself just before the other targets.',
      zh: '全部写入或全部不写入。文件：先写入副本，仅在整次运行成功后一次性替换。连接：同一数据库的所有目标共用一个事务，在其他目标之前单独提交。',
    },
    describe: ({ into, path, table, mode }) =>
      into === 'file'
        ? { en: `${path} ${table}`, zh: `${path} ${table}` }
        : { en: `${mode} ${table}`, zh: `${modeNames[mode]} ${table}` },
  }),
})

/** Ways of writing that only a connection has. */
export const connectionOnly: readonly string[] = keyedModes.filter((mode) => mode !== 'upsert')

export type SqliteSettings = z.infer<typeof connection.settings>
export type SqliteSourceSettings = z.infer<typeof sourceSettings>
export type SqliteTargetSettings = z.infer<typeof targetSettings>
