import type { files as en } from '../en/files.ts'

export const files = {
  'files.title': '文件',
  'files.drop': '将文件拖到此处，或选择文件',
  'files.choose': '选择文件',
  'files.hint': 'CSV、Excel、JSON、XML、Parquet 和 SQLite 文件均可作为数据源。',
  'files.empty': '还没有文件',
  'files.emptyHint': '上传文件后即可作为数据源；流程写出的文件也会显示在这里。',
  'files.name': '名称',
  'files.size': '大小',
  'files.modified': '修改时间',
  'files.actions': '操作',
  'files.preview': '预览 {name}',
  'files.deleteTitle': '删除“{name}”？',
  'files.deleteText': '读取该文件的流程将提示文件缺失。',
  'files.exists': '“{name}”已存在。',
  'files.uploading': '正在上传 {name}',
  'files.firstRows': '前几行',
} as const satisfies Record<keyof typeof en, string>
