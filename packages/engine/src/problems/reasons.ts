import type { Label, Language } from '../model/label.ts'

/**
 * Every sentence of ours that says why a row was rejected. Rows are stored with the English one, as SQL and the
 * connectors make it; `{…}` stands for what it is filled with. What a database says of a row is its own words.
 */
export const reasonSentences: readonly Label[] = [
  { en: '“{value}” is not a whole number', zh: '“{value}”不是整数' },
  {
    en: '“{value}” is not a number that fits DECIMAL({digits},{places})',
    zh: '“{value}”不是数字，或超出 {digits} 位（其中小数 {places} 位）',
  },
  { en: '“{value}” is not a number', zh: '“{value}”不是数字' },
  { en: '“{value}” is not a yes or no', zh: '“{value}”不是“是”或“否”' },
  { en: '“{value}” is not a date and time', zh: '“{value}”不是日期时间' },
  { en: '“{value}” is not a date', zh: '“{value}”不是日期' },
  { en: '“{value}” is not a time', zh: '“{value}”不是时间' },
  { en: '“{value}” is not JSON', zh: '“{value}”不是 JSON' },
  { en: '“{value}” is not in the code list', zh: '“{value}”不在编码对照中' },
  { en: '“{value}” times {factor} does not fit {type}', zh: '“{value}”乘以 {factor} 后超出 {type} 的范围' },
  { en: '“{value}” is not in the table', zh: '在查找表中未找到“{value}”' },
  { en: '“{value}” is in the table {count} times', zh: '“{value}”在查找表中出现 {count} 次' },
  { en: 'the value is missing', zh: '值缺失' },
  { en: '“{value}” does not match {pattern}', zh: '“{value}”不符合格式 {pattern}' },
  { en: '“{value}” is not an e-mail address', zh: '“{value}”不是电子邮箱地址' },
  { en: '“{value}” is not a phone number', zh: '“{value}”不是电话号码' },
  {
    en: '“{value}” has a length of {length}, which is less than {least}',
    zh: '“{value}”的长度为 {length}，小于 {least}',
  },
  {
    en: '“{value}” has a length of {length}, which is more than {most}',
    zh: '“{value}”的长度为 {length}，大于 {most}',
  },
  {
    en: '“{value}” has a length of {length}, which is not between {least} and {most}',
    zh: '“{value}”的长度为 {length}，不在 {least} 与 {most} 之间',
  },
  { en: '“{value}” is less than {least}', zh: '“{value}”小于 {least}' },
  { en: '“{value}” is more than {most}', zh: '“{value}”大于 {most}' },
  { en: '“{value}” is not between {least} and {most}', zh: '“{value}”不在 {least} 与 {most} 之间' },
  { en: '“{value}” is not one of the allowed values', zh: '“{value}”不是允许的值' },
  { en: '“{value}” stands in an earlier row', zh: '“{value}”在前面的行中已出现' },
  { en: '“{value}” is not in the reference', zh: '在参照数据中未找到“{value}”' },
  { en: 'this is not an encrypted value', zh: '不是加密后的值' },
  { en: 'this is not encrypted with the key “{key}”', zh: '不是用密钥“{key}”加密的' },
  {
    en: 'this was changed, or encrypted with another key named “{key}”',
    zh: '内容被改动过，或是用另一个同名密钥“{key}”加密的',
  },
  // Files.
  { en: 'bytes that are not {encoding}', zh: '含有不属于 {encoding} 编码的字节' },
  { en: 'Expected Number of Columns: {wanted} Found: {found}', zh: '应有 {wanted} 列，实际有 {found} 列' },
  { en: 'this is not JSON', zh: '不是 JSON' },
  { en: 'this is not an object', zh: '不是 JSON 对象' },
  { en: 'the workbook has no such shared text', zh: '工作簿中缺少该单元格引用的共享文本' },
  {
    en: 'the formula has no stored result; open the workbook in Excel and save it',
    zh: '公式没有保存计算结果，请用 Excel 打开该工作簿并保存',
  },
  { en: 'the cell shows the error {error}', zh: '单元格显示错误 {error}' },
  { en: 'this is not a yes or no', zh: '不是“是”或“否”' },
  { en: 'this is not a date', zh: '不是日期' },
  { en: '{value} stands for no date of Excel’s calendar', zh: '{value} 在 Excel 日历中不对应任何日期' },
  // Databases.
  { en: 'the key is missing', zh: '缺少键' },
  { en: '{count} rows have this key', zh: '{count} 行具有相同的键' },
  {
    en: 'several rows have this key, as the table compares keys',
    zh: '按目标表的比较规则，有多行具有相同的键',
  },
  { en: 'no row of the table has this key', zh: '表中没有具有此键的行' },
  { en: 'PostgreSQL has no NUL character in texts', zh: 'PostgreSQL 的文本不能包含 NUL 字符' },
  { en: '“{value}” has more decimals than {type}', zh: '“{value}”的小数位数超过 {type}' },
  { en: '“{value}” has a time of day, which a date would lose', zh: '“{value}”带有时刻，写入日期会丢失' },
  { en: '“{value}” is finer than a microsecond', zh: '“{value}”的精度超过微秒' },
  { en: '“{value}” is finer than {type} keeps', zh: '“{value}”的精度超过 {type} 可保存的精度' },
  { en: '“{value}” are bytes, not {type}', zh: '“{value}”是字节，不是 {type}' },
  { en: '“{value}” are not the bytes of {type}', zh: '“{value}”不是 {type} 的字节' },
  {
    en: 'the row is longer than a statement may be: max_allowed_packet leaves {count} bytes',
    zh: '该行超过一条语句的长度上限：max_allowed_packet 仅可容纳 {count} 字节',
  },
  { en: '“{value}” is no whole number for {type}', zh: '“{value}”不是 {type} 可用的整数' },
  { en: '“{value}” is below zero', zh: '“{value}”小于零' },
  { en: '“{value}” has a fraction, which {type} would lose', zh: '“{value}”有小数部分，写入 {type} 会丢失' },
  { en: '“{value}” is no year of four digits', zh: '“{value}”不是四位数的年份' },
  { en: '“{value}” ends with a space, which {type} drops', zh: '“{value}”以空格结尾，{type} 会将其去除' },
  { en: '“{value}” is none of {type}', zh: '“{value}”不在 {type} 的取值中' },
  { en: '“{value}” is no whole number of 64 bits', zh: '“{value}”不是 64 位整数' },
  { en: '“{value}” is no number that a REAL holds', zh: '“{value}”不是 REAL 可表示的数字' },
  { en: '“{value}” is neither true nor false', zh: '“{value}”既不是 true 也不是 false' },
  {
    en: '“{value}” has more than the 15 digits that SQLite keeps of it',
    zh: '“{value}”超过 SQLite 可保存的 15 位数字',
  },
  { en: '“{value}” is no {type} that SQLite knows', zh: '“{value}”不是 SQLite 可识别的 {type}' },
  { en: 'SQLite would store “{value}” as the number {stored}', zh: 'SQLite 会把“{value}”存为数字 {stored}' },
  { en: 'these are bytes, not a text', zh: '是字节，不是文本' },
  { en: '“{value}” is an INTEGER and not {type}', zh: '“{value}”是 INTEGER，不是 {type}' },
  { en: '“{value}” is a REAL and not {type}', zh: '“{value}”是 REAL，不是 {type}' },
  { en: '“{value}” is a TEXT and not {type}', zh: '“{value}”是 TEXT，不是 {type}' },
  { en: '“{value}” is a BLOB and not {type}', zh: '“{value}”是 BLOB，不是 {type}' },
  { en: 'a trigger of the table leaves this row out', zh: '表的触发器排除了该行' },
  { en: '“{value}” is not {type}', zh: '“{value}”不是 {type}' },
]

interface Form {
  readonly found: RegExp
  readonly zh: string
}

/** Each sentence as it is found at the beginning of a text, up to the next one. */
const forms: readonly Form[] = reasonSentences.map(({ en, zh }) => {
  const parts = en.split(/\{(\w+)\}/)
  const pattern = parts.map((part, place) =>
    place % 2 === 1 ? `(?<${part}>[\\s\\S]*?)` : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  )
  return { found: new RegExp(`^${pattern.join('')}(?:; |$)`), zh }
})

/** The sentence that a text begins with: of several, the one that ends first, for a value may be anything. */
function firstSentence(text: string): { readonly zh: string; readonly length: number } | undefined {
  let first: { readonly zh: string; readonly length: number } | undefined
  for (const { found, zh } of forms) {
    const match = found.exec(text)
    if (!match || (first && first.length <= match[0].length)) continue
    const { groups = {} } = match
    first = {
      zh: zh.replace(/\{(\w+)\}/g, (whole, name: string) => groups[name] ?? whole),
      length: match[0].length,
    }
  }
  return first
}

/** Why a row was rejected, in a language: sentences that are not ours stay as they are. */
export function reasonIn(language: Language, reason: string): string {
  if (language === 'en') return reason
  let told = ''
  let separator = ''
  for (let rest = reason; rest !== ''; ) {
    const match = firstSentence(rest)
    if (match) {
      told += separator + match.zh
      rest = rest.slice(match.length)
      separator = '；'
    } else {
      const end = rest.indexOf('; ')
      told += separator + (end < 0 ? rest : rest.slice(0, end))
      rest = end < 0 ? '' : rest.slice(end + 2)
      separator = '; '
    }
  }
  return told
}

/** The words by which the rules of rows are stored; those of databases are names of their constraints. */
const rules: Readonly<Record<string, Label>> = {
  type: { en: 'does not fit the type', zh: '不符合类型' },
  code: { en: 'not in the code list', zh: '不在编码对照中' },
  range: { en: 'out of range', zh: '超出范围' },
  lookup: { en: 'look-up', zh: '查找' },
  required: { en: 'missing', zh: '缺失' },
  pattern: { en: 'pattern', zh: '格式' },
  email: { en: 'no e-mail address', zh: '不是电子邮箱' },
  phone: { en: 'no phone number', zh: '不是电话号码' },
  length: { en: 'length', zh: '长度' },
  allowed: { en: 'not allowed', zh: '不允许的值' },
  unique: { en: 'repeated', zh: '重复' },
  reference: { en: 'not in the reference', zh: '不在参照数据中' },
  decrypt: { en: 'cannot be decrypted', zh: '无法解密' },
  malformed: { en: 'malformed', zh: '格式错误' },
  encoding: { en: 'encoding', zh: '编码' },
  error: { en: 'error in the cell', zh: '单元格错误' },
  scale: { en: 'too many decimals', zh: '小数位数过多' },
  constraint: { en: 'refused by the table', zh: '违反表的约束' },
  missing: { en: 'not in the table', zh: '表中没有' },
  duplicate: { en: 'repeated key', zh: '键重复' },
}

/** The rule that a row broke, as people read it; several are joined by `; `. */
export const ruleIn = (language: Language, rule: string): string =>
  rule
    .split('; ')
    .map((one) => (Object.hasOwn(rules, one) ? (rules[one]?.[language] ?? one) : one))
    .join(language === 'zh' ? '；' : '; ')
