import { type Column, sameName } from '../model/index.ts'
import { createProblem, type Location, type Problem } from '../problems/index.ts'
import { nearest } from '../problems/nearest.ts'
import { saidIn } from '../problems/said-in.ts'
import type { Input } from '../spec/index.ts'
import { scalarFunctions } from '../sql/allowed-functions.ts'
import { placeOfProblem } from '../sql/character-offsets.ts'
import { checkScalar } from '../sql/check.ts'
import { expression, sql } from '../sql/index.ts'
import { isKeyword, nameInText } from '../sql/quoted-name.ts'
import { type Inspector, SqlFault } from './inspector.ts'

type Parse = (statement: string) => Promise<string>

/** An expression of a node's settings that is well-formed, over the input that it is about. */
export interface Expression {
  readonly text: string
  readonly input: Input
  readonly expects: string | undefined
  readonly location: Location
}

const prefix = 'SELECT ('
const statementOf = (text: string): string => `${prefix}${text}\n)`

/** What keeps a text from being one scalar expression; found without binding it. */
export async function formProblems(
  text: string,
  columns: readonly Column[],
  parse: Parse,
  location: Location,
): Promise<Problem[]> {
  const checked = checkScalar(await parse(statementOf(text)))
  if (checked.problems.some(({ code }) => code === 'sql.invalid')) {
    const unquoted = await keywordProblems(text, columns, parse, location)
    if (unquoted.length > 0) return unquoted
  }
  return checked.problems.map((problem) => {
    const { code, detail } = problem
    const offset = (placeOfProblem(problem, statementOf(text)) ?? -1) - prefix.length
    const place = { ...location, position: offset >= 0 ? Math.min(offset, text.length) : undefined }
    if (code === 'sql.invalid') return createProblem('expression.invalid', { detail: saidIn(detail) }, place)
    const meant = code === 'sql.notAllowed' ? similarFunctions(detail) : []
    return meant.length > 0
      ? createProblem('function.unknown', { name: detail }, place, meant)
      : createProblem(code, { detail: saidIn(detail) }, place)
  })
}

/** Functions that a mistyped name may have meant, best first. */
function similarFunctions(name: string): string[] {
  if (!/^[a-z]\w*$/i.test(name)) return []
  const functions = [...scalarFunctions].filter(
    (one) => /^[a-z]/.test(one) && Math.abs(one.length - name.length) < 3,
  )
  return nearest(name, functions)
}

const words = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|[\p{L}_][\p{L}\p{N}_$]*/gu

/**
 * Columns named like words of SQL and written without quotes, where quotes make the text parse: such a
 * text does not parse, and DuckDB's message and place point at what follows.
 */
async function keywordProblems(
  text: string,
  columns: readonly Column[],
  parse: Parse,
  location: Location,
): Promise<Problem[]> {
  const suspects = [...text.matchAll(words)].flatMap(({ 0: word, index }) => {
    const column = isKeyword(word) ? columns.find(({ name }) => sameName(name, word)) : undefined
    return column ? [{ word, index, quoted: nameInText(column.name, true) }] : []
  })
  const parses = async (chosen: typeof suspects): Promise<boolean> => {
    let mended = text
    for (const { word, index, quoted } of chosen.toReversed())
      mended = mended.slice(0, index) + quoted + mended.slice(index + word.length)
    return !checkScalar(await parse(statementOf(mended))).problems.some(({ code }) => code === 'sql.invalid')
  }
  const problems = (chosen: typeof suspects) =>
    chosen.map(({ word, index, quoted }) =>
      createProblem('expression.keyword', { word }, { ...location, position: index }, [quoted]),
    )
  if (suspects.length === 0) return []
  if (await parses(suspects)) return problems(suspects)
  // A word of SQL may stand beside a column of the same name: CASE WHEN case = 1.
  for (const one of suspects) if (await parses([one])) return problems([one])
  return []
}

/** Whether a type is what is expected; a bare NULL is anything. */
export const fulfils = (type: string | undefined, expects: string | undefined): boolean =>
  expects === undefined || type === expects || type === '"NULL"'

/** Binds a well-formed expression over its input: its type, or why there is none and where. */
export async function bindExpression(
  checked: Expression,
  inspector: Inspector,
): Promise<{ readonly type: string | undefined; readonly problems: readonly Problem[] }> {
  const { text, input, expects, location } = checked
  try {
    const [column] = await inspector.describe(
      sql`SELECT ${expression(text)} AS value FROM ${input.relation}`,
      [input],
    )
    const type = column?.type
    if (!expects || fulfils(type, expects)) return { type, problems: [] }
    return {
      type,
      problems: [createProblem('expression.type', { expected: expects, actual: type ?? '' }, location)],
    }
  } catch (error) {
    if (!(error instanceof SqlFault)) throw error
    return { type: undefined, problems: [bindingProblem(error, checked)] }
  }
}

function bindingProblem(
  { message, position, candidates }: SqlFault,
  { text, input: { columns }, location }: Expression,
): Problem {
  const offset = position === undefined ? -1 : position - prefix.length
  const place = { ...location, position: offset >= 0 && offset <= text.length ? offset : undefined }
  const mistyped = /^Referenced column "(.*)" not found/.exec(message)?.[1]
  if (mistyped !== undefined) {
    const meant = meantColumns(mistyped, candidates, columns)
    return createProblem('column.unknown', { column: mistyped }, place, meant)
  }
  const call = /^No function matches the given name and argument types '([^(]*)\((.*)\)'/.exec(message)
  const forms = candidates.flatMap((form) => /^[^(]*(\(.*\)) ->/.exec(form)?.[1] ?? [])
  if (call && forms.length > 0)
    return createProblem(
      'function.arguments',
      {
        name: call[1] ?? '',
        given: typesInWords(call[2] ?? ''),
        forms: [...new Set(forms)].slice(0, 3).join(', '),
      },
      place,
    )
  return createProblem('expression.invalid', { detail: saidIn(message) }, place)
}

/** DuckDB separates its candidates by commas, which names may hold; only what is a column is taken. */
function meantColumns(mistyped: string, candidates: readonly string[], columns: readonly Column[]): string[] {
  const found = candidates.flatMap((candidate) => columns.filter(({ name }) => sameName(name, candidate)))
  const similar = nearest(
    mistyped,
    columns.map(({ name }) => name),
  )
  const names = similar.length > 0 ? similar : found.map(({ name }) => name).slice(0, 3)
  return names.map((name) => nameInText(name))
}

/** DuckDB calls the type of a bare number INTEGER_LITERAL. */
const typesInWords = (types: string): string => types.replaceAll(/_LITERAL\b/g, '')
