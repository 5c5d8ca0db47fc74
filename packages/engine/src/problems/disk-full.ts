/**
 * How the system, SQLite and DuckDB say it, in the places where no value of a row can stand: an error over a
 * value quotes it.
 */
const words =
  /^(ENOSPC|EDQUOT):|(no space left on device|disk quota exceeded)$|^database or disk is full$|^([A-Z][A-Za-z ]* Error: )?failed to offload data block/i

/** SQLITE_FULL, and SQLITE_IOERR_SHMSIZE: the index of a WAL could not grow. */
const sqliteCodes: readonly unknown[] = [13, 4874]

/** The sentence of an error that DuckDB gives as JSON, and the first line of any other. */
function sentenceOf(message: string): string {
  const text =
    /"exception_message":"((?:[^"\\]|\\.)*)"/.exec(message)?.[1]?.replaceAll('\\n', '\n') ?? message
  return (text.split('\n')[0] ?? text).trim()
}

/**
 * Whether an error says that a disk of this machine is full, or a quota of it used up: an error of the system, of
 * SQLite, of DuckDB, or one that was caused by such. What servers of databases say of their own disks is theirs.
 */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return typeof error === 'string' && words.test(sentenceOf(error))
  // PostgreSQL and MySQL.
  if ('severity' in error || 'sqlState' in error) return false
  if ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return true
  if ('errcode' in error && sqliteCodes.includes(error.errcode)) return true
  return words.test(sentenceOf(error.message)) || isDiskFull(error.cause)
}
