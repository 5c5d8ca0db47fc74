import { createProblem, isDiskFull, type Location, ProblemError } from '../../problems/index.ts'

/** The extended result code of SQLite, as https://www.sqlite.org/rescode.html lists them; 0: it was not SQLite. */
export const codeOf = (error: unknown): number =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0

/** The code that an extended one belongs to. */
const primary = (error: unknown): number => codeOf(error) & 0xff

export const saidBy = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Another program holds what is wanted: SQLITE_BUSY, SQLITE_LOCKED. */
export const isLocked = (error: unknown): boolean => [5, 6].includes(primary(error))

/** One row is to blame, not the statement: SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH. */
export const isRowFault = (error: unknown): boolean => [18, 19, 20].includes(primary(error))

const explained: Readonly<Record<number, { readonly en: string; readonly zh: string }>> = {
  11: { en: 'the file is damaged', zh: '文件已损坏' },
  26: { en: 'it is not a SQLite database', zh: '不是 SQLite 数据库' },
}

/** Why a file is no database that can be used; undefined: it has nothing to do with the file. */
export function fileFault(error: unknown): { readonly en: string; readonly zh: string } | undefined {
  const code = primary(error)
  const detail = saidBy(error)
  // SQLITE_PERM, SQLITE_IOERR, SQLITE_CANTOPEN
  return explained[code] ?? ([3, 10, 14].includes(code) ? { en: detail, zh: detail } : undefined)
}

/** What an analyst is told of an error while the database worked for a node. */
export function databaseProblem(error: unknown, location: Location, path: string): ProblemError {
  if (error instanceof ProblemError) return error
  if (isDiskFull(error)) return new ProblemError(createProblem('disk.full', {}, location), { cause: error })
  const detail = fileFault(error)
  const problem = detail
    ? createProblem('connection.database', { database: path, detail }, { ...location, field: 'connection' })
    : createProblem('database.refused', { detail: saidBy(error) }, location)
  return new ProblemError(problem, { cause: error })
}
