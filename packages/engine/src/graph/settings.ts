import { z } from 'zod'
import zhCN from 'zod/v4/locales/zh-CN.js'
import type { Flow, FlowNode, Label, Parameter, ParameterType } from '../model/index.ts'
import { createProblem, type Location, type Problem } from '../problems/index.ts'
import { nearest } from '../problems/nearest.ts'
import { type FieldMeta, fieldsOf, rowSchemaOf } from '../spec/index.ts'
import { literal, quoteIdentifier } from '../sql/index.ts'
import type { NodeKind } from './kinds.ts'

/** A text among a node's settings, with its path and how it is edited. */
export interface SettingText {
  readonly path: string
  readonly text: string
  readonly meta: FieldMeta
}

/** Whether a text names a column that arrives at a node with these settings, where `meta` else makes it one that the node makes. */
export const isGivenColumn = (meta: FieldMeta, settings: Readonly<Record<string, unknown>>): boolean =>
  meta.widget === 'text' && meta.makesColumn?.given !== undefined && settings[meta.makesColumn.given] === true

type Visit = (text: string, path: string, meta: FieldMeta) => string

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Rewrites every text of `settings` that belongs to a field; everything else is kept as it is. */
export function mapTexts(
  schema: z.ZodObject,
  settings: Readonly<Record<string, unknown>>,
  visit: Visit,
  base = '',
) {
  const result: Record<string, unknown> = { ...settings }
  for (const { name, schema: child, meta } of fieldsOf(schema)) {
    if (!Object.hasOwn(settings, name) || meta.widget === 'subflow') continue
    result[name] = mapValue(settings[name], child, meta, `${base}${name}`, visit)
  }
  return result
}

function mapValue(value: unknown, schema: z.ZodType, meta: FieldMeta, path: string, visit: Visit): unknown {
  if (typeof value === 'string') return visit(value, path, meta)
  if (meta.widget === 'rows' && Array.isArray(value)) {
    const row = rowSchemaOf(schema)
    return value.map((item, index) =>
      isRecord(item) ? mapTexts(row, item, visit, `${path}.${index}.`) : item,
    )
  }
  return mapNested(value, path, meta, visit)
}

function mapNested(value: unknown, path: string, meta: FieldMeta, visit: Visit): unknown {
  if (typeof value === 'string') return visit(value, path, meta)
  if (Array.isArray(value))
    return value.map((item, index) => mapNested(item, `${path}.${index}`, meta, visit))
  if (isRecord(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, mapNested(item, `${path}.${key}`, meta, visit)]),
    )
  return value
}

/** Every text of a node's settings that one of `widgets` edits. */
export function textsOf(
  schema: z.ZodObject,
  settings: Readonly<Record<string, unknown>>,
  widgets: readonly FieldMeta['widget'][],
): SettingText[] {
  const texts: SettingText[] = []
  mapTexts(schema, settings, (text, path, meta) => {
    if (widgets.includes(meta.widget)) texts.push({ path, text, meta })
    return text
  })
  return texts
}

/** A `${name}` in a text; `$${` is a `${` that is meant as it stands. */
const placeholder = /\$?\$\{([^}]*)\}/g

/** The settings of a node with each `${name}` under the name that `rename` gives it; undefined: it stays. */
export const withParameterNames = (
  kind: NodeKind,
  settings: Readonly<Record<string, unknown>>,
  rename: (name: string) => string | undefined,
) =>
  mapTexts(kind.settings, settings, (text) =>
    text.replace(placeholder, (whole, name: string) => {
      const renamed = whole.startsWith('$$') ? undefined : rename(name.trim())
      return renamed === undefined ? whole : `\${${renamed}}`
    }),
  )

interface Value {
  readonly value: string
  readonly type: string
}

/** The values that `${name}` stands for in one run. */
export interface Bindings {
  readonly values: ReadonlyMap<string, Value>
  readonly problems: readonly Problem[]
}

const sqlTypes = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  decimal: 'DECIMAL(18,6)',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
} as const

const forms: Readonly<Record<Parameter['type'], z.ZodType>> = {
  text: z.string(),
  integer: z.string().regex(/^[+-]?\d{1,18}$/),
  decimal: z.string().regex(/^[+-]?\d{1,12}(\.\d{1,6})?$/),
  boolean: z.enum(['true', 'false']),
  date: z.iso.date(),
  timestamp: z.iso.datetime({ local: true, offset: true }),
}

/**
 * Binds the flow's parameters, and `today`, `now` (of `clock`, an ISO instant, in UTC) and `run_id`.
 * `given` overrides defaults; an unknown name or a value of the wrong form is a problem.
 */
export function bindParameters(
  flow: Flow,
  given: Readonly<Record<string, string>>,
  clock: string,
  runId: string,
): Bindings {
  return bindOver(flow, given, [
    ['today', { value: clock.slice(0, 10), type: 'DATE' }],
    ['now', { value: clock.slice(0, 19).replace('T', ' '), type: 'TIMESTAMP' }],
    ['run_id', { value: runId, type: 'VARCHAR' }],
  ])
}

/** Names that every flow knows without a parameter. */
export const clockNames: ReadonlySet<string> = new Set(['today', 'now', 'run_id'])

/** Binds the parameters of a flow that another one uses; the clock is that of the flow around it. */
export const bindInner = (flow: Flow, given: Readonly<Record<string, string>>, around: Bindings): Bindings =>
  bindOver(
    flow,
    given,
    [...around.values].filter(([name]) => clockNames.has(name)),
  )

const typeNames: Readonly<Record<ParameterType, Label>> = {
  text: { en: 'text', zh: '文本' },
  integer: { en: 'integer', zh: '整数' },
  decimal: { en: 'decimal', zh: '小数' },
  boolean: { en: 'boolean', zh: '是 / 否' },
  date: { en: 'date', zh: '日期' },
  timestamp: { en: 'timestamp', zh: '日期时间' },
}

function bindOver(
  flow: Flow,
  given: Readonly<Record<string, string>>,
  known: readonly (readonly [string, Value])[],
): Bindings {
  const problems: Problem[] = []
  const values = new Map<string, Value>(known)
  for (const parameter of flow.parameters) {
    const value = Object.hasOwn(given, parameter.name) ? (given[parameter.name] ?? '') : parameter.default
    if (!forms[parameter.type].safeParse(value).success)
      problems.push(
        createProblem('parameter.invalid', { name: parameter.name, type: typeNames[parameter.type], value }),
      )
    values.set(parameter.name, { value, type: sqlTypes[parameter.type] })
  }
  const own = new Set(flow.parameters.map((parameter) => parameter.name))
  for (const name of Object.keys(given))
    if (!own.has(name)) problems.push(createProblem('parameter.unknown', { name }, {}, [...own].slice(0, 3)))
  return { values, problems }
}

export const isCode = ({ widget }: FieldMeta): boolean => widget === 'expression' || widget === 'sql'

export interface BoundText {
  readonly text: string
  /** Names that are no parameters and where; they are left as they stand. */
  readonly unknown: readonly { readonly name: string; readonly position: number }[]
  /** The place in the text as it was written of a place in this one. */
  origin(position: number): number
}

/** How the value of a parameter is written into a text. */
type Written = (value: string, type: string) => string

const asItIs: Written = (value) => value
const asConstant: Written = (value, type) => `CAST(${literal(value).text} AS ${type})`
const quoted: Written = (value) => `'${value.replaceAll("'", "''")}'`

function writtenIn(meta: FieldMeta): Written {
  if (isCode(meta)) return asConstant
  if (meta.widget !== 'textarea' || !meta.constants) return asItIs
  return meta.constants === 'standard'
    ? quoted
    : (value, type) => quoted(value.replaceAll('\\', '\\\\'), type)
}

/** Puts values in the place of `${name}`: as constants in code, as they are elsewhere; `$${` becomes `${`. */
export const bindText = (text: string, bindings: Bindings, code: boolean): BoundText =>
  bindWith(text, bindings, code ? asConstant : asItIs)

function bindWith(text: string, { values }: Bindings, written: Written): BoundText {
  const unknown: BoundText['unknown'][number][] = []
  /** Where each replacement ends in the new text, and how much longer than the old one it is. */
  const shifts: { readonly start: number; readonly end: number; readonly longer: number }[] = []
  let longer = 0
  const result = text.replace(placeholder, (whole, name: string, offset: number) => {
    const bound = whole.startsWith('$$') ? undefined : values.get(name.trim())
    if (!bound && !whole.startsWith('$$')) unknown.push({ name, position: offset + 2 })
    const value = bound ? written(bound.value, bound.type) : whole.replace(/^\$\$/, '$')
    const start = offset + longer
    longer += value.length - whole.length
    shifts.push({ start, end: start + value.length, longer })
    return value
  })
  return {
    text: result,
    unknown,
    origin(position) {
      const inside = shifts.find(({ start, end }) => start <= position && position < end)
      const before = shifts.findLast(({ end }) => end <= position)?.longer ?? 0
      return inside ? inside.start - before : position - before
    },
  }
}

/** The problem of a `${name}` that is no parameter; it stands at the name, which is what is mended. */
export function unknownParameter(
  { name, position }: BoundText['unknown'][number],
  { values }: Bindings,
  location: Location,
): Problem {
  const known = [...values.keys()]
  const similar = nearest(name, known)
  const meant = similar.length > 0 ? similar : known.toReversed().slice(0, 3)
  return createProblem('parameter.unknown', { name }, { ...location, position }, meant)
}

export interface ResolvedSettings {
  /** Undefined when the settings do not satisfy their schema. */
  readonly settings: Readonly<Record<string, unknown>> | undefined
  readonly problems: readonly Problem[]
}

/** Fills in parameters and checks the settings of a node against the schema of its kind. */
export function resolveSettings(node: FlowNode, kind: NodeKind, bindings: Bindings): ResolvedSettings {
  const problems: Problem[] = []
  const filled = mapTexts(kind.settings, node.settings, (text, path, meta) => {
    const bound = bindWith(text, bindings, writtenIn(meta))
    for (const name of bound.unknown)
      problems.push(unknownParameter(name, bindings, { nodeId: node.id, field: path }))
    return bound.text
  })
  const parsed = kind.settings.safeParse(filled, { reportInput: true })
  if (parsed.success) return { settings: parsed.data, problems }
  problems.push(...settingProblems(kind, parsed.error, { nodeId: node.id }))
  return { settings: undefined, problems }
}

const inChinese = zhCN().localeError

/** What Zod says of an issue, in both languages; what a schema of ours says stays as it is. */
export function wordsOf(issue: z.core.$ZodIssue): Label {
  if (issue.code === 'invalid_format' && issue.format === 'regex')
    return { en: 'this is not of the form that is wanted', zh: '格式不正确' }
  if (issue.code === 'invalid_type' && issue.expected === 'int') return { en: issue.message, zh: '应为整数' }
  if (issue.code === 'too_small' && issue.origin === 'number')
    return { en: issue.message, zh: `不能小于${issue.inclusive ? '' : '或等于'} ${issue.minimum}` }
  if (issue.code === 'too_big' && ['number', 'int'].includes(issue.origin))
    return { en: issue.message, zh: `不能大于${issue.inclusive ? '' : '或等于'} ${issue.maximum}` }
  // Zod words an issue before it is one: with the same parts, which its types tell apart.
  const said = issue.code === 'custom' ? undefined : inChinese(issue as z.core.$ZodRawIssue)
  const zh = typeof said === 'string' ? said : said?.message
  return { en: issue.message, zh: zh ?? issue.message }
}

/**
 * What does not satisfy a schema, in the words of its fields, each at its setting. `error`: of a parse that
 * reports inputs, without which what is missing could not be told from what is of another type.
 */
export function settingProblems(
  form: { readonly label: Label; readonly settings: z.ZodObject },
  error: z.ZodError,
  location: Location,
): Problem[] {
  const fields = fieldsOf(form.settings)
  return error.issues.flatMap((issue) => {
    const { path } = issue
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((name) =>
        createProblem('setting.unknown', { name }, { ...location, field: [...path, name].join('.') }),
      )
    const [first] = path
    const own = fields.find((field) => field.name === first)
    // In a row it is a setting of the row that is wrong.
    const inside =
      own?.meta.widget === 'rows' && path.length > 2
        ? fieldsOf(rowSchemaOf(own.schema)).find((field) => field.name === path[2])
        : undefined
    const meta = (inside ?? own)?.meta
    const label = meta?.label ?? { en: String(first ?? form.label.en), zh: String(first ?? form.label.zh) }
    const at = { ...location, field: path.map(String).join('.') }
    const missing =
      (issue.code === 'invalid_type' && issue.input === undefined) ||
      (issue.code === 'too_small' && issue.minimum === 1 && issue.origin !== 'number')
    return missing
      ? createProblem('setting.required', { label }, at)
      : createProblem('setting.invalid', { label, detail: wordsOf(issue) }, at)
  })
}

/** The name of a port's relation in DuckDB; node ids have no dot, so names cannot clash. */
export const portRelation = (nodeId: string, port: string): string => quoteIdentifier(`${nodeId}.${port}`)
