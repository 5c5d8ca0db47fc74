import type { Label } from '../model/label.ts'

/** DuckDB's names of types where they are not those of SQL. */
const sqlNames: Readonly<Record<string, string>> = {
  INT8: 'TINYINT',
  INT16: 'SMALLINT',
  INT32: 'INTEGER',
  INT64: 'BIGINT',
  INT128: 'HUGEINT',
  BOOL: 'BOOLEAN',
}

/** What readers, the parser and DuckDB say most often; `$1` stands for what a group of the pattern found. */
const sentences: readonly (readonly [RegExp, string])[] = [
  // Values.
  [
    /^Could not convert string '([\s\S]*)' to (\w+) when casting from source column (.+)$/,
    '列“$3”中的“$1”无法转换为 $2',
  ],
  [/^Could not convert string '([\s\S]*)' to (\w+)$/, '“$1”无法转换为 $2'],
  [
    /^Type \w+ with value (.+) can't be cast because the value is out of range for the destination type (\w+)/,
    '$1 超出 $2 的范围',
  ],
  [/^Could not parse string "([\s\S]*)" according to format specifier "(.*)"/, '“$1”不符合格式“$2”'],
  [/^Overflow in \w+ of (\w+) \((.+)\)!/, '$2 的结果超出 $1 的范围'],
  // Texts of code.
  [/^unterminated quoted string/, '字符串的单引号没有闭合'],
  [/^unterminated quoted identifier/, '列名的双引号没有闭合'],
  [/^syntax error at end of input/, '内容不完整，例如缺少右括号'],
  [/^syntax error at or near "([\s\S]*)"$/, '“$1”附近有语法错误'],
  [/^Type with name (.+) does not exist!/, '没有类型 $1'],
  [/^Only SELECT statements can be serialized to json!/, '只能填写一条 SELECT 语句'],
  [/^Referenced column "(.+)" not found/, '没有列“$1”'],
  [/^a subquery$/, '子查询'],
  [/^a whole query$/, '完整的查询'],
  [/^more than one statement$/, '多条语句'],
  [/^the aggregate (\S+)$/, '聚合函数 $1'],
  [/^the window function (\S+)$/, '窗口函数 $1'],
  [/^the table (.+)$/, '表“$1”'],
  // Files.
  [
    /^Malformed JSON in file .+, at byte (\d+) in record\/value (\d+): /,
    'JSON 格式有误，位于第 $2 条记录的第 $1 个字节',
  ],
  [/^File .+ too small to be a Parquet file/, '文件过小，不是 Parquet 文件'],
  [/^No magic bytes found at end of file/, '不是 Parquet 文件'],
  [/^line (\d+), column (\d+): unexpected close tag/, '第 $1 行第 $2 列：结束标签没有对应的开始标签'],
  [/^line (\d+), column (\d+): unclosed tag: (.+?)\.?$/, '第 $1 行第 $2 列：标签 $3 没有结束'],
]

/** A sentence of a reader, the parser or DuckDB in both languages; one that is not known stays as it is said. */
export function saidIn(text: string): Label {
  for (const [pattern, zh] of sentences) {
    const found = pattern.exec(text)
    if (!found) continue
    const told = zh.replace(/\$(\d)/g, (_, group: string) => {
      const part = found[Number(group)] ?? ''
      return Object.hasOwn(sqlNames, part) ? (sqlNames[part] ?? part) : part
    })
    return { en: text, zh: told }
  }
  return { en: text, zh: text }
}
