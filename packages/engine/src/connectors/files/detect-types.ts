import type { Label } from '../../model/index.ts'
import type { ColumnEvidence, ConnectorContext, Detection, SourceColumn } from '../../spec/index.ts'
import { convertText, identifier, join, type Sql, sql } from '../../sql/index.ts'

interface Candidate {
  readonly type: string
  readonly format: string
}

const dateFormats = [
  '%d/%m/%Y',
  '%m/%d/%Y',
  '%Y/%m/%d',
  '%d.%m.%Y',
  '%d-%m-%Y',
  '%Y年%m月%d日',
  '%Y%m%d',
] as const
const timestampFormats = [
  '%Y/%m/%d %H:%M:%S',
  '%d/%m/%Y %H:%M:%S',
  '%m/%d/%Y %H:%M:%S',
  '%Y/%m/%d %H:%M',
] as const

/** Types that a column of texts may be, the most telling first. */
const types: readonly Candidate[] = [
  { type: 'BIGINT', format: '' },
  { type: 'DOUBLE', format: '' },
  { type: 'DATE', format: '' },
  { type: 'TIMESTAMP', format: '' },
  ...dateFormats.slice(0, 6).map((format) => ({ type: 'DATE', format })),
  ...timestampFormats.map((format) => ({ type: 'TIMESTAMP', format })),
]

/** Marks of texts that look like numbers but are codes; any of them keeps a column a text. */
const codes: readonly { readonly found: (text: Sql) => Sql; readonly reason: Label }[] = [
  {
    found: (text) => sql`regexp_full_match(${text}, '[+-]?0[0-9]+')`,
    reason: { en: 'leading zeros would be lost', zh: '前导零会丢失' },
  },
  {
    found: (text) => sql`regexp_full_match(${text}, '[0-9]{16,}')`,
    reason: { en: 'more than 15 digits: an id, not a quantity', zh: '超过 15 位数字，应为编号而非数量' },
  },
  {
    found: (text) =>
      sql`regexp_full_match(${text}, '[+][0-9 ()-]{6,}|1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}')`,
    reason: { en: 'looks like phone numbers', zh: '看起来是电话号码' },
  },
  {
    found: (text) => sql`regexp_full_match(${text}, '[0-9]+[eE][0-9]+')`,
    reason: { en: 'codes such as 1e5 would be read as numbers', zh: '1e5 之类的编码会被误读为数字' },
  },
]

const ambiguous: Label = {
  en: 'both day/month and month/day fit; choose the format',
  zh: '“日/月”与“月/日”都符合，请选择格式',
}

/** Columns looked at in one statement, and measures taken: a long one takes DuckDB much memory and time. */
const columnsAtOnce = 100
const measuresAtOnce = 250
/** Rows from the top that rule types out before all rows are asked. */
const rowsAtTop = 100

const timesOf = (mark: string, text: string): number => text.split(mark).length - 1

/** What every text that fits has; what lacks it need not be tried. Never stricter than the type itself. */
function mayFit({ type, format }: Candidate): (text: string) => boolean {
  if (format !== '') {
    const marks = format.replace(/%./g, '').replaceAll(' ', '')
    return (text) => [...marks].every((mark) => timesOf(mark, text) >= timesOf(mark, marks))
  }
  if (type === 'BIGINT') return (text) => /^[\s+.,-]*\d/.test(text)
  if (type === 'DOUBLE') return (text) => /\d|inf|nan/i.test(text)
  return (text) => /[-/\\ ]|epoch|inf/i.test(text)
}
const tests = types.map(mayFit)
const isTruth = (text: string) => /^\s*(true|false)\s*$/i.test(text)
const isNumberType = (candidate: number): boolean =>
  ['BIGINT', 'DOUBLE'].includes(types[candidate]?.type ?? '')

/** What is worth asking of all values of a column. */
interface Question {
  readonly name: string
  /** Places in `types`. */
  readonly candidates: readonly number[]
  readonly asksTruth: boolean
  readonly samples: readonly string[]
}

function questionOf(name: string, top: readonly Readonly<Record<string, string | null>>[]): Question {
  const texts = top.map((row) => row[name] ?? '').filter((text) => text.trim() !== '')
  const candidates = types.flatMap((_, place) => (texts.every((text) => tests[place]?.(text)) ? [place] : []))
  const samples = [...new Set(texts.map((text) => text.slice(0, 60)))].slice(0, 3)
  return { name, candidates, asksTruth: texts.every(isTruth), samples }
}

/** In parts that are small enough for one statement each. */
function parts(questions: readonly Question[]): Question[][] {
  const found: Question[][] = []
  let cost = measuresAtOnce
  for (const question of questions) {
    const own = question.candidates.length + codes.length + 3
    cost += own
    if (cost > measuresAtOnce) {
      found.push([])
      cost = own
    }
    found.at(-1)?.push(question)
  }
  return found
}

/**
 * Infers a type for each VARCHAR column of a relation from all of its rows, with the evidence.
 * A type is proposed only when every value fits it and none looks like a code.
 */
export async function detectTypes(
  context: Pick<ConnectorContext, 'query'>,
  relation: Sql,
  names: readonly string[],
  decimalComma = false,
): Promise<Pick<Detection, 'evidence' | 'sampled'> & { columns: SourceColumn[] }> {
  const evidence: ColumnEvidence[] = []
  let sampled = 0
  for (let start = 0; start < names.length; start += columnsAtOnce) {
    const some = names.slice(start, start + columnsAtOnce)
    const top = await context.query(
      sql`SELECT ${join(some.map(identifier))} FROM ${relation} LIMIT ${rowsAtTop}`,
    )
    for (const part of parts(some.map((name) => questionOf(name, top)))) {
      const measured = part.flatMap((question, index) => measures(question, index, decimalComma))
      const [counts = {}] = await context.query(sql`SELECT count(*) AS n, ${join(measured)} FROM ${relation}`)
      sampled = Number(counts['n'] ?? 0)
      const count = (key: string) => Number(counts[key] ?? 0)
      part.forEach((question, index) => {
        evidence.push(judge(question, index, count, sampled, samplesOf(question, counts[`s${index}`])))
      })
    }
  }
  const columns = evidence.map(({ name, type, format }) => ({ name, type, format }))
  return { evidence, sampled, columns }
}

const samplesOf = ({ samples }: Question, found: string | null | undefined): readonly string[] =>
  samples.length > 0 ? samples : (found ?? '').split('\u001f').filter((text) => text !== '')

function measures(
  { name, candidates, asksTruth, samples }: Question,
  index: number,
  decimalComma: boolean,
): Sql[] {
  const text = identifier(name)
  const filled = sql`${text} IS NOT NULL AND trim(${text}) <> ''`
  const key = (measure: string) => identifier(`${measure}${index}`)
  const asked = candidates.flatMap((candidate) => {
    const { type = '', format = '' } = types[candidate] ?? {}
    const { fails } = convertText(text, type, { formats: format === '' ? [] : [format], decimalComma })
    return [sql`count_if(${filled} AND NOT ${fails}) AS ${key(`t${candidate}_`)}`]
  })
  const ofCodes = candidates.some(isNumberType) ? codes : []
  return [
    sql`count_if(${filled}) AS ${key('f')}`,
    ...(samples.length > 0
      ? []
      : [
          sql`array_to_string(list_slice(list(DISTINCT left(${text}, 60)) FILTER (${filled}), 1, 3), chr(31)) AS ${key('s')}`,
        ]),
    ...asked,
    ...ofCodes.map(
      ({ found }, code) =>
        sql`count_if(coalesce(${found(sql`trim(${text})`)}, false)) AS ${key(`c${code}_`)}`,
    ),
    ...(asksTruth ? [sql`count_if(lower(trim(${text})) IN ('true', 'false')) AS ${key('b')}`] : []),
  ]
}

function judge(
  { name }: Question,
  index: number,
  count: (key: string) => number,
  rows: number,
  samples: readonly string[],
): ColumnEvidence {
  const examined = count(`f${index}`)
  const base = { name, examined, missing: rows - examined, samples }
  const text = (reason?: Label): ColumnEvidence => ({
    ...base,
    type: 'VARCHAR',
    format: '',
    fitting: examined,
    reason,
  })
  if (examined === 0) return text()
  if (count(`b${index}`) === examined) return { ...base, type: 'BOOLEAN', format: '', fitting: examined }
  const fitting = types.filter((_, candidate) => count(`t${candidate}_${index}`) === examined)
  const [first] = fitting
  if (!first) return text()
  const code = codes.find((_, position) => count(`c${position}_${index}`) > 0)
  if (code && (first.type === 'BIGINT' || first.type === 'DOUBLE')) return text(code.reason)
  const sameType = fitting.filter(({ type }) => type === first.type)
  if (first.format !== '' && sameType.length > 1) return text(ambiguous)
  return { ...base, ...first, fitting: examined }
}
