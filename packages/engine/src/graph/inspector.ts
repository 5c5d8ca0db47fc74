import type { Column } from '../model/index.ts'
import type { Input } from '../spec/index.ts'
import type { Sql } from '../sql/index.ts'

/** What the graph asks of a SQL engine: it never reads data, only binds statements. */
export interface Inspector {
  /**
   * Output columns of a SELECT; `inputs` are relations of it that need not be there. Throws `SqlFault`
   * when it does not bind.
   */
  describe(statement: Sql, inputs: readonly Input[]): Promise<Column[]>
  /** The parse tree of a text as JSON (`json_serialize_sql`); a syntax error is inside it. */
  parse(text: string): Promise<string>
  /** Names of the keys that there are; undefined where that is not known. */
  keyNames?(): readonly string[]
}

/** A statement that does not parse or bind. `position`: character offset into its text. */
export class SqlFault extends Error {
  readonly position: number | undefined
  readonly candidates: readonly string[]
  constructor(message: string, position: number | undefined, candidates: readonly string[]) {
    super(message)
    this.name = 'SqlFault'
    this.position = position
    this.candidates = candidates
  }
}
