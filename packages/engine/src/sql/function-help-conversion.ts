import { help } from './function-help-entry.ts'

export const conversionFunctions = [
  help(
    'CAST(value AS type)',
    { en: 'As another type; the row fails where it does not fit', zh: '转换类型，无法转换则出错' },
    "CAST('12' AS INTEGER)",
    '12',
  ),
  help(
    'TRY_CAST(value AS type)',
    { en: 'As another type; missing where it does not fit', zh: '转换类型，无法转换则为缺失' },
    "TRY_CAST('abc' AS INTEGER) IS NULL",
    'true',
  ),
  help(
    'strptime(text, format)',
    {
      en: 'A moment from a text in a format; the row fails where it does not fit',
      zh: '按格式把文本解析为时刻',
    },
    "strptime('31/01/2026', '%d/%m/%Y')",
    '2026-01-31 00:00:00',
  ),
  help(
    'try_strptime(text, format)',
    { en: 'A moment from a text in a format; missing where it does not fit', zh: '按格式解析，不符则为缺失' },
    "try_strptime('soon', '%d/%m/%Y') IS NULL",
    'true',
  ),
  help(
    'strftime(date, format)',
    { en: 'A date or moment as a text in a format', zh: '按格式把日期输出为文本' },
    "strftime(DATE '2026-01-31', '%Y年%m月%d日')",
    '2026年01月31日',
  ),
  help('typeof(value)', { en: 'The name of its type', zh: '类型名称' }, 'typeof(1.5)', 'DECIMAL(2,1)'),
  help('hex(value)', { en: 'As hexadecimal digits', zh: '转为十六进制' }, 'hex(255)', 'FF'),
  help(
    'from_base64(text)',
    { en: 'Bytes from Base64', zh: '由 Base64 还原' },
    "decode(from_base64('YWJj'))",
    'abc',
  ),
  help('to_base64(bytes)', { en: 'Bytes as Base64', zh: '转为 Base64' }, "to_base64(encode('abc'))", 'YWJj'),
  help('bin(number)', { en: 'As binary digits', zh: '转为二进制' }, 'bin(5)', '101'),
  help(
    'json_extract_string(json, path)',
    { en: 'A value inside JSON as a text', zh: '取 JSON 中的值（文本）' },
    'json_extract_string(\'{"a": {"b": "x"}}\', \'$.a.b\')',
    'x',
  ),
  help(
    'json_array_length(json)',
    { en: 'How many values a JSON array has', zh: 'JSON 数组的长度' },
    "json_array_length('[1, 2, 3]')",
    '3',
  ),
  help(
    'json_valid(text)',
    { en: 'Whether a text is JSON', zh: '是否为合法的 JSON' },
    'json_valid(\'{"a": 1}\')',
    'true',
  ),
  help(
    'json_object(name, value, …)',
    { en: 'A JSON object of names and values', zh: '由名称和值组成 JSON 对象' },
    "json_object('a', 1)",
    '{"a":1}',
  ),
  help(
    'json_array(value, …)',
    { en: 'A JSON array of values', zh: '由若干值组成 JSON 数组' },
    'json_array(1, 2)',
    '[1,2]',
  ),
  help('to_json(value)', { en: 'A value as JSON', zh: '转为 JSON' }, 'to_json([1, 2])', '[1,2]'),
  help(
    'uuid()',
    { en: 'A new random identifier', zh: '新的随机标识符' },
    'length(CAST(uuid() AS VARCHAR))',
    '36',
  ),
  help(
    'format_bytes(number)',
    { en: 'A number of bytes in KiB, MiB …', zh: '以 KiB、MiB 等表示字节数' },
    'format_bytes(2048)',
    '2.0 KiB',
  ),
]
