import type { Label } from '../model/label.ts'
import type { Option } from './field.ts'

/** What a target does to the rows that are there, the same words for every system. */
export const writeModes = ['append', 'replace', 'upsert', 'update', 'delete', 'mirror'] as const
export type WriteMode = (typeof writeModes)[number]

/** Modes that find rows by key. */
export const keyedModes = ['upsert', 'update', 'delete', 'mirror'] as const satisfies readonly WriteMode[]

const labels: Readonly<Record<WriteMode, Label>> = {
  append: { en: 'Append: add every row', zh: '追加：添加每一行' },
  replace: { en: 'Replace: the new rows instead of all old ones', zh: '替换：以新行取代全部旧行' },
  upsert: { en: 'Upsert: update by key, insert what is new', zh: '更新或插入：按键更新，新行插入' },
  update: { en: 'Update: change rows that are there, by key', zh: '更新：按键修改已有的行' },
  delete: { en: 'Delete: remove the rows with these keys', zh: '删除：移除具有这些键的行' },
  mirror: {
    en: 'Mirror: upsert, and delete what is no longer there',
    zh: '镜像：更新或插入，并删除来源中已没有的行',
  },
}

/** The modes of a select widget. */
export const writeModeOptions = (modes: readonly WriteMode[] = writeModes): Option[] =>
  modes.map((value) => ({ value, label: labels[value] }))
