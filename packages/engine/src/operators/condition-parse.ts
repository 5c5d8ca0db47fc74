import { type Column, type ColumnKind, kindOf, type Label, sameName } from '../model/index.ts'
import {
  type Condition,
  type ConditionGroup,
  type ConditionOperator,
  conditionOperators,
} from '../spec/condition.ts'
import { isPlainNumber } from './condition-text.ts'

/** Conditions that mean what the text says, or why there are none and where (UTF-16 units). */
export type ConditionReading =
  | { readonly ok: true; readonly group: ConditionGroup }
  | { readonly ok: false; readonly reason: Label; readonly position: number }

interface Token {
  readonly kind: 'name' | 'quoted' | 'text' | 'number' | 'parameter' | 'sign' | 'end'
  /** Names and texts without their quotes; bare words as they stand. */
  readonly value: string
  readonly start: number
}

class NotConditions extends Error {
  readonly reason: Label
  readonly position: number
  constructor(reason: Label, position: number) {
    super(reason.en)
    this.reason = reason
    this.position = position
  }
}

const pattern =
  /\s+|"((?:[^"]|"")*)"|'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)(?![\p{L}\p{N}_.])|([\p{L}_][\p{L}\p{N}_]*)|(<>|!=|<=|>=|[<>=(),])|(\$\{[^}]*\})/uy

function tokens(text: string): Token[] {
  const found: Token[] = []
  pattern.lastIndex = 0
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex
    const match = pattern.exec(text)
    if (!match)
      throw new NotConditions(
        { en: `“${text[start]}” does not belong to a condition`, zh: `条件中不能出现“${text[start]}”` },
        start,
      )
    const [, quoted, string, number, name, sign, parameter] = match
    if (quoted !== undefined) found.push({ kind: 'quoted', value: quoted.replaceAll('""', '"'), start })
    else if (string !== undefined) found.push({ kind: 'text', value: string.replaceAll("''", "'"), start })
    else if (number !== undefined) found.push({ kind: 'number', value: number, start })
    else if (name !== undefined) found.push({ kind: 'name', value: name, start })
    else if (parameter !== undefined) found.push({ kind: 'parameter', value: parameter, start })
    else if (sign !== undefined) found.push({ kind: 'sign', value: sign, start })
  }
  return [...found, { kind: 'end', value: '', start: text.length }]
}

type Item = Condition | ConditionGroup
const isGroup = (item: Item): item is ConditionGroup => 'conditions' in item

const signs: Readonly<Record<string, ConditionOperator>> = {
  '=': 'equals',
  '<': 'lessThan',
  '<=': 'atMost',
  '>': 'greaterThan',
  '>=': 'atLeast',
}
const calls: Readonly<Record<string, ConditionOperator>> = {
  contains: 'contains',
  starts_with: 'startsWith',
  ends_with: 'endsWith',
  regexp_matches: 'matches',
}
const deepest = 40

function grouped(combine: 'and' | 'or', items: readonly Item[]): Item {
  const [only] = items
  if (items.length === 1 && only) return only
  const groups = items.filter(isGroup)
  const conditions = items.filter((item): item is Condition => !isGroup(item))
  return { combine, conditions, ...(groups.length > 0 && { groups }) }
}

/** Reads a text of conditions from left to right; throws NotConditions at the first thing that is none. */
class Reader {
  private at = 0
  private readonly list: readonly Token[]
  private readonly columns: readonly Column[]
  constructor(text: string, columns: readonly Column[]) {
    this.list = tokens(text)
    this.columns = columns
  }

  private get next(): Token {
    return this.list[this.at] ?? { kind: 'end', value: '', start: 0 }
  }
  private take(): Token {
    const token = this.next
    this.at++
    return token
  }
  private isWord(word: string): boolean {
    return this.next.kind === 'name' && this.next.value.toUpperCase() === word
  }
  private accept(...words: readonly string[]): boolean {
    const fits = words.every((word, index) => {
      const token = this.list[this.at + index]
      return token?.kind === 'name'
        ? token.value.toUpperCase() === word
        : token?.value === word && token.kind === 'sign'
    })
    if (fits) this.at += words.length
    return fits
  }
  private expect(sign: string): void {
    if (!this.accept(sign)) this.refuse({ en: `“${sign}” is expected here`, zh: `此处应为“${sign}”` })
  }
  private refuse(reason: Label, position = this.next.start): never {
    throw new NotConditions(reason, position)
  }

  all(): ConditionGroup {
    const item = this.either(0)
    if (this.next.kind !== 'end')
      this.refuse({ en: 'Conditions are joined by AND or OR', zh: '条件之间须用 AND 或 OR 连接' })
    return isGroup(item) ? item : { combine: 'and', conditions: [item] }
  }

  private either(depth: number): Item {
    if (depth > deepest) this.refuse({ en: 'Too many parentheses', zh: '括号层数过多' })
    const items = [this.both(depth)]
    while (this.accept('OR')) items.push(this.both(depth))
    return grouped('or', items)
  }
  private both(depth: number): Item {
    const items = [this.one(depth)]
    while (this.accept('AND')) items.push(this.one(depth))
    return grouped('and', items)
  }

  private one(depth: number): Item {
    const { start } = this.next
    if (this.isWord('NOT'))
      this.refuse({
        en: 'NOT is not a condition of its own; “is not”, “is none of” and “does not contain” are',
        zh: '不支持单独的 NOT，请使用“不等于”“不属于其中任一”“不包含”',
      })
    if (this.accept('(')) {
      const inner = this.either(depth + 1)
      this.expect(')')
      if (!this.accept('IS', 'NOT', 'TRUE')) return inner
      if (isGroup(inner) || inner.operator !== 'oneOf')
        this.refuse({ en: 'Only a list can be negated like this', zh: '只有列表条件可以这样取反' }, start)
      return { ...inner, operator: 'notOneOf' }
    }
    const token = this.next
    const after = this.list[this.at + 1]
    if (token.kind === 'name' && after?.value === '(' && after.kind === 'sign') return this.call()
    return this.comparison()
  }

  private column(): Column {
    const { kind, value, start } = this.next
    if (kind !== 'name' && kind !== 'quoted')
      this.refuse({ en: 'A condition starts with a column', zh: '条件须以列名开头' })
    const known = this.columns.find(({ name }) => sameName(name, value))
    if (!known && (this.columns.length > 0 || kind === 'name'))
      this.refuse({ en: `There is no column “${value}”`, zh: `没有名为“${value}”的列` }, start)
    this.take()
    return known ?? { name: value, type: 'VARCHAR' }
  }

  private text(): string {
    if (this.isWord('CAST')) return this.constant('VARCHAR')
    if (this.next.kind !== 'text')
      this.refuse({ en: 'A text in quotes is expected', zh: '此处应为引号中的文本' })
    return this.take().value
  }

  /** A constant of the column's type, as the user would type it into the form. */
  private constant(type: string): string {
    const { kind, value, start } = this.next
    if (this.accept('CAST', '(')) {
      const text = this.next.kind === 'parameter' ? this.take().value : this.text()
      if (!this.accept('AS')) this.refuse({ en: '“AS” is expected here', zh: '此处应为“AS”' })
      const from = this.at
      for (let open = 1; this.next.kind !== 'end'; this.take()) {
        if (this.next.value === '(') open++
        if (this.next.value === ')') open--
        if (open === 0) break
      }
      const cast = this.list
        .slice(from, this.at)
        .map((token) => token.value)
        .join(' ')
      this.expect(')')
      const bare = (one: string) => one.replace(/\s/g, '').toUpperCase()
      if (bare(cast) !== bare(type))
        this.refuse(
          { en: `The column is ${type}, not ${cast}`, zh: `该列类型为 ${type}，不是 ${cast}` },
          start,
        )
      return text
    }
    if (kind === 'text' && kindOf(type) === 'text') return this.take().value
    if (kind === 'number' && isPlainNumber(value, type)) return this.take().value
    const wanted: Partial<Record<ColumnKind, Label>> = {
      text: { en: 'A text in quotes is expected', zh: '此处应为引号中的文本' },
    }
    return this.refuse(
      wanted[kindOf(type)] ?? {
        en: `A constant of type ${type} is expected, such as CAST('…' AS ${type})`,
        zh: `此处应为 ${type} 类型的常量，例如 CAST('…' AS ${type})`,
      },
    )
  }

  private call(): Condition {
    const { start } = this.next
    const name = this.take().value.toLowerCase()
    this.expect('(')
    if (name === 'coalesce') return this.emptiness(start)
    const operator = Object.hasOwn(calls, name) ? calls[name] : undefined
    if (!operator)
      this.refuse(
        {
          en: `“${name}” is a calculation, which only the code view has`,
          zh: `“${name}”是计算，只能用代码表示`,
        },
        start,
      )
    const isCast = this.accept('CAST', '(')
    const { name: column, type } = this.column()
    if (isCast) {
      if (!this.accept('AS', 'VARCHAR', ')'))
        this.refuse({ en: '“AS VARCHAR)” is expected here', zh: '此处应为“AS VARCHAR)”' })
    } else if (kindOf(type) !== 'text')
      this.refuse({ en: `${column} is not a text`, zh: `${column} 不是文本` })
    this.expect(',')
    const value = this.text()
    this.expect(')')
    if (!this.accept('IS', 'NOT', 'TRUE')) return { column, operator, values: [value] }
    if (operator !== 'contains')
      this.refuse({ en: 'Only “contains” can be negated', zh: '只有“包含”可以取反' }, start)
    return { column, operator: 'notContains', values: [value] }
  }

  /** `coalesce(trim(x), '') = ''` */
  private emptiness(start: number): Condition {
    const calculation = {
      en: "Only coalesce(trim(…), '') asks whether a text is empty",
      zh: "判断文本为空请写 coalesce(trim(…), '')",
    }
    if (!this.accept('TRIM', '(')) this.refuse(calculation, start)
    const { name: column, type } = this.column()
    if (kindOf(type) !== 'text')
      this.refuse({ en: `${column} is not a text`, zh: `${column} 不是文本` }, start)
    const rest = this.accept(')', ',') && this.text() === '' && this.accept(')')
    if (!rest) this.refuse(calculation, start)
    const isEmpty = this.accept('=')
    if (!isEmpty && !this.accept('<>')) this.refuse(calculation, start)
    if (this.text() !== '') this.refuse(calculation, start)
    return { column, operator: isEmpty ? 'isEmpty' : 'isNotEmpty', values: [] }
  }

  private comparison(): Condition {
    const { name: column, type } = this.column()
    const one = (operator: ConditionOperator): Condition => ({
      column,
      operator,
      values: [this.constant(type)],
    })
    const { kind, value, start } = this.next
    if (kind === 'sign') {
      if (value === '<>' || value === '!=')
        this.refuse({
          en: `“${value}” leaves out rows without a value, “${conditionOperators.notEquals.label.en}” keeps them: write IS DISTINCT FROM`,
          zh: `“${value}”会排除缺失值，而“${conditionOperators.notEquals.label.zh}”会保留：请写 IS DISTINCT FROM`,
        })
      const operator = Object.hasOwn(signs, value) ? signs[value] : undefined
      if (operator) {
        this.take()
        return one(operator)
      }
    }
    if (this.accept('IS', 'DISTINCT', 'FROM')) return one('notEquals')
    if (this.accept('IS', 'TRUE')) return this.truth(column, type, 'isTrue', start)
    if (this.accept('IS', 'FALSE')) return this.truth(column, type, 'isFalse', start)
    const isNull = this.accept('IS', 'NULL')
    if (isNull || this.accept('IS', 'NOT', 'NULL')) {
      if (kindOf(type) === 'text')
        this.refuse(
          {
            en: `For texts, “is empty” takes blanks too: write coalesce(trim("${column}"), '') ${isNull ? '=' : '<>'} ''`,
            zh: `对文本而言“为空”也包括空白：请写 coalesce(trim("${column}"), '') ${isNull ? '=' : '<>'} ''`,
          },
          start,
        )
      return { column, operator: isNull ? 'isEmpty' : 'isNotEmpty', values: [] }
    }
    if (this.accept('BETWEEN')) {
      const from = this.constant(type)
      if (!this.accept('AND')) this.refuse({ en: '“AND” is expected here', zh: '此处应为“AND”' })
      return { column, operator: 'between', values: [from, this.constant(type)] }
    }
    if (this.accept('IN', '(')) {
      const values = [this.constant(type)]
      while (this.accept(',')) values.push(this.constant(type))
      this.expect(')')
      return { column, operator: 'oneOf', values }
    }
    return this.refuse({
      en: 'A comparison is expected here, such as = or BETWEEN',
      zh: '此处应为比较，例如 = 或 BETWEEN',
    })
  }

  private truth(column: string, type: string, operator: ConditionOperator, start: number): Condition {
    if (kindOf(type) !== 'boolean')
      this.refuse({ en: `${column} is not a yes or no`, zh: `${column} 不是布尔值` }, start)
    return { column, operator, values: [] }
  }
}

/**
 * The conditions that an expression is made of, where it is made of nothing else: the inverse of
 * `textOfConditions`. Whatever would mean something else as conditions is refused with the reason.
 */
export function readConditions(text: string, columns: readonly Column[]): ConditionReading {
  if (text.trim() === '') return { ok: true, group: { combine: 'and', conditions: [] } }
  try {
    return { ok: true, group: new Reader(text, columns).all() }
  } catch (error) {
    if (error instanceof NotConditions) return { ok: false, reason: error.reason, position: error.position }
    throw error
  }
}
