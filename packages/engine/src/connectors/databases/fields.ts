import { z } from 'zod'
import {
  conditionGroup,
  conditionWords,
  field,
  keyedModes,
  type WriteMode,
  writeModeOptions,
  writeModes,
} from '../../spec/index.ts'

/** Settings that every database has, in the same words. */
export const connectionField = field(z.string().min(1), {
  widget: 'connection',
  label: { en: 'Connection', zh: '连接' },
})

/** Write modes as a card names them in Chinese; in English their own names do. */
export const modeNames: Readonly<Record<WriteMode, string>> = {
  append: '追加',
  replace: '替换',
  upsert: '更新或插入',
  update: '更新',
  delete: '删除',
  mirror: '镜像',
}

const incremental = { field: 'mode', is: ['incremental'] }

/** A query in the database's own SQL; `constants`: how its texts are quoted. */
export const queryField = (constants: 'standard' | 'backslash') =>
  field(z.string().default(''), {
    widget: 'textarea',
    constants,
    label: { en: 'Query', zh: '查询' },
    help: {
      en: 'One SELECT in the database’s own SQL. It can only read. ${name} stands for the value of a parameter, as a constant.',
      zh: '一条使用数据库自身 SQL 方言的 SELECT 语句，仅可读取。${name} 代表参数的值（作为常量）。',
    },
    when: { field: 'read', is: ['query'] },
  })

/** What a source reads of a database, and how far. */
export const sourceFields = {
  connection: connectionField,
  read: field(z.enum(['table', 'query']).default('table'), {
    widget: 'select',
    options: [
      { value: 'table', label: { en: 'A table or view', zh: '表或视图' } },
      { value: 'query', label: { en: 'A query', zh: '查询' } },
    ],
    label: { en: 'Read', zh: '读取' },
  }),
  table: field(z.string().default(''), {
    widget: 'table',
    label: { en: 'Table', zh: '表' },
    when: { field: 'read', is: ['table'] },
  }),
  query: queryField('standard'),
  where: field(conditionGroup.default({ combine: 'and', conditions: [] }), {
    widget: 'conditions',
    label: { en: 'Read only rows where', zh: '仅读取满足条件的行' },
    help: {
      en: 'The database decides, by its own collation, before it sends anything: rows that it leaves out are not read and not counted.',
      zh: '由数据库按自身的排序规则在发送前判断：不满足条件的行不会被读取，也不计数。',
    },
  }),
  mode: field(z.enum(['full', 'incremental']).default('full'), {
    widget: 'select',
    options: [
      { value: 'full', label: { en: 'Everything, each time', zh: '每次读取全部' } },
      { value: 'incremental', label: { en: 'Only what is new', zh: '仅读取新增' } },
    ],
    label: { en: 'How much', zh: '读取范围' },
  }),
  cursorColumn: field(z.string().default(''), {
    widget: 'column',
    label: { en: 'Cursor column', zh: '游标列' },
    help: {
      en: 'A column that only grows: a number or the time of the last change. Rows without a value in it are not read.',
      zh: '只增不减的列：编号或最后修改时间。该列为空的行不会被读取。',
    },
    when: incremental,
  }),
  tieColumns: field(z.array(z.string().min(1)).default([]), {
    widget: 'columns',
    label: { en: 'Key columns', zh: '键列' },
    help: {
      en: 'Tell rows of the same cursor value apart, so that none is skipped and none is read twice.',
      zh: '用于区分游标值相同的行，避免遗漏或重复。',
    },
    when: incremental,
  }),
  lookBack: field(z.string().default(''), {
    widget: 'text',
    placeholder: '15 minutes',
    label: { en: 'Look back', zh: '回看范围' },
    help: {
      en: 'Reads so much before the cursor again, for rows that were committed late: a number for a number, a time such as “15 minutes” for a time. These rows come twice: write them by key.',
      zh: '重新读取游标之前的一段数据，以包含延迟提交的行：数值游标填数字，时间游标填时长（如 15 minutes）。这些行会重复出现，请按键写入。',
    },
    when: incremental,
    advanced: true,
  }),
}

/** How a target writes to a table; `modes` are those that the database has. */
export function targetFields(modes: readonly WriteMode[] = writeModes) {
  return {
    connection: connectionField,
    table: field(z.string().min(1), { widget: 'table', label: { en: 'Table', zh: '表' } }),
    mode: field(z.enum(writeModes).default('append'), {
      widget: 'select',
      options: writeModeOptions(modes),
      label: { en: 'Write', zh: '写入方式' },
    }),
    keys: field(z.array(z.string().min(1)).default([]), {
      widget: 'columns',
      label: { en: 'Key', zh: '键' },
      help: {
        en: 'The columns that tell rows apart. Rows with the same key in one run are rejected.',
        zh: '用于区分行的列。同一次运行中键重复的行将被拒绝。',
      },
      when: { field: 'mode', is: [...keyedModes] },
    }),
    create: field(z.boolean().default(true), {
      widget: 'switch',
      label: { en: 'Create the table when it is missing', zh: '表不存在时创建' },
    }),
    keepPrevious: field(z.boolean().default(true), {
      widget: 'switch',
      label: { en: 'Keep the previous rows', zh: '保留先前的行' },
      help: {
        en: 'In a table beside it, named …__previous, so that a replacement can be taken back.',
        zh: '保存在名为 …__previous 的表中，以便撤回替换。',
      },
      when: { field: 'mode', is: ['replace'] },
    }),
    mirrorCap: field(z.number().min(0).max(100).default(10), {
      widget: 'number',
      min: 0,
      max: 100,
      label: { en: 'Delete at most, %', zh: '最多删除（%）' },
      help: {
        en: 'Of the rows in the table. A mirror that would delete more stops and changes nothing.',
        zh: '占表中现有行数的百分比。超出时停止，不作任何更改。',
      },
      when: { field: 'mode', is: ['mirror'] },
    }),
    onReject: field(z.enum(['keep', 'fail']).default('keep'), {
      widget: 'select',
      options: [
        { value: 'keep', label: { en: 'Set it aside and write the rest', zh: '单独保留，写入其余行' } },
        { value: 'fail', label: { en: 'Fail and write nothing', zh: '失败，不写入任何行' } },
      ],
      label: { en: 'When the database refuses a row', zh: '数据库拒绝某行时' },
    }),
    rejectLimit: field(z.number().int().min(0).default(10_000), {
      widget: 'number',
      min: 0,
      label: { en: 'Refused rows at most', zh: '最多拒绝行数' },
      help: { en: 'With more the run fails and writes nothing.', zh: '超出时运行失败，不写入任何行。' },
      when: { field: 'onReject', is: ['keep'] },
      advanced: true,
    }),
    rejectPercent: field(z.number().min(0).max(100).default(100), {
      widget: 'number',
      min: 0,
      max: 100,
      label: { en: 'Refused rows at most, %', zh: '最多拒绝比例（%）' },
      when: { field: 'onReject', is: ['keep'] },
      advanced: true,
    }),
  }
}

const sourceSettings = z.strictObject(sourceFields)
export type DatabaseSourceSettings = z.infer<typeof sourceSettings>
const targetSettings = z.strictObject(targetFields())
export type DatabaseTargetSettings = z.infer<typeof targetSettings>

/** A source as its card says it: what is read, and which rows of it. */
export function describeSource({ read, table, where }: DatabaseSourceSettings) {
  const say = (language: 'en' | 'zh', query: string) =>
    [read === 'table' ? table : query, conditionWords(where, language)].filter(Boolean).join(' · ')
  return { en: say('en', 'a query'), zh: say('zh', '查询') }
}
