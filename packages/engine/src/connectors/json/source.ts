import { fail } from '../../problems/index.ts'
import type { ConnectorContext, Detection, SourceColumn, SourceRuntime } from '../../spec/index.ts'
import { identifier, join, jsonPointer, type Sql, sql } from '../../sql/index.ts'
import { readHead, toPlainFile } from '../files/byte-source.ts'
import { type Landed, openLanded } from '../files/landed-source.ts'
import { displayName, unreadable } from '../files/located.ts'
import { nestingOf } from './nesting.ts'
import type { JsonSourceSettings, json } from './spec.ts'

/** Levels of nesting that are read; real documents have far fewer. */
const deepest = 200
/** Bytes that one line may have. */
const largestLine = 4 * 2 ** 20
/** Bytes that one document, or one object of a list, may have. */
const largestDocument = 16 * 2 ** 20

interface Documents {
  readonly name: string
  /** A SELECT of `doc` JSON (NULL where it is not JSON) and `line` VARCHAR. */
  readonly select: Sql
}

async function documentsOf(
  context: ConnectorContext,
  settings: JsonSourceSettings,
  file: string,
): Promise<Documents> {
  const name = displayName(settings.path, file)
  const location = { nodeId: context.nodeId, field: 'path' }
  const plain = await toPlainFile(context, file, name, 'auto')
  if ((await nestingOf(plain.path, deepest)) > deepest)
    fail(
      'file.unreadable',
      {
        path: name,
        detail: { en: `it nests more than ${deepest} levels deep`, zh: `嵌套超过 ${deepest} 层` },
      },
      location,
    )
  const options = sql`maximum_object_size = ${largestDocument}`
  const items = settings.itemsPath.split('.').filter((part) => part !== '')
  if (items.length > 0) {
    const list = sql`json_extract(json, ${items.map(jsonPointer).join('')})`
    const documents = sql`(SELECT ${list} AS list FROM read_json_objects(${plain.path}, format = 'unstructured', ${options}))`
    return {
      name,
      select: sql`SELECT unnest(CAST(list AS JSON[])) AS doc, CAST(NULL AS VARCHAR) AS line FROM ${documents}`,
    }
  }
  const start = (await readHead(plain.path))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
  if (start === '') fail('file.empty', { path: name }, location)
  if (start.startsWith('['))
    return {
      name,
      select: sql`SELECT json AS doc, CAST(NULL AS VARCHAR) AS line FROM read_json_objects(${plain.path}, format = 'array', ${options})`,
    }
  const lines = sql`read_csv(${plain.path}, auto_detect = false, header = false, delim = ${'\u0001'}, quote = '', escape = '', max_line_size = ${largestLine}, columns = {'line': 'VARCHAR'})`
  return {
    name,
    select: sql`SELECT CASE WHEN json_valid(line) THEN CAST(line AS JSON) END AS doc, line FROM ${lines}`,
  }
}

async function land(
  context: ConnectorContext,
  settings: JsonSourceSettings,
): Promise<Landed & { found: SourceColumn[] }> {
  const documents = `${context.nodeId} documents`
  const limit = context.sample === undefined ? sql`` : sql` LIMIT ${context.sample}`
  const files = await context.resolvePattern(settings.path)
  for (const [index, file] of files.entries()) {
    const { name, select } = await documentsOf(context, settings, file)
    const numbered = sql`SELECT doc, line, ${name} AS "__mr_file", row_number() OVER () AS "__mr_line" FROM (${select})${limit}`
    const statement =
      index === 0
        ? sql`CREATE OR REPLACE TEMP TABLE ${identifier(documents)} AS ${numbered}`
        : sql`INSERT INTO ${identifier(documents)} ${numbered}`
    await context.execute(statement).catch((error: unknown) => {
      throw unreadable(context, name, error)
    })
  }
  const found = await columnsOf(context, documents)
  const cells = found.map(({ name, type }) => {
    const value = sql`json_extract(doc, ${jsonPointer(name)})`
    // JSON's own null is a missing value, not the text “null”.
    const text =
      type === 'JSON'
        ? sql`CAST(nullif(${value}, 'null') AS VARCHAR)`
        : sql`json_extract_string(doc, ${jsonPointer(name)})`
    return sql`${text} AS ${identifier(name)}`
  })
  const table = `${context.nodeId} rows`
  const list = join([...cells, sql`"__mr_file"`, sql`"__mr_line"`])
  await context.execute(
    sql`CREATE OR REPLACE TEMP VIEW ${identifier(table)} AS SELECT ${list} FROM ${identifier(documents)} WHERE json_type(doc) = 'OBJECT'`,
  )
  const structural = sql`SELECT "__mr_file", "__mr_line", coalesce(line, CAST(doc AS VARCHAR)) AS "__mr_row", [{'column': '', 'value': CAST(NULL AS VARCHAR), 'rule': 'malformed', 'reason': CASE WHEN doc IS NULL THEN 'this is not JSON' ELSE 'this is not an object' END}] AS "__mr_faults" FROM ${identifier(documents)} WHERE json_type(doc) IS DISTINCT FROM 'OBJECT' AND trim(coalesce(line, '-')) <> ''`
  return { table, names: found.map(({ name }) => name), structural, found }
}

/** Every key of every object, in the order of first appearance, with the type that all its values have. */
async function columnsOf(context: ConnectorContext, documents: string): Promise<SourceColumn[]> {
  const objects = sql`(SELECT doc, "__mr_line" FROM ${identifier(documents)} WHERE json_type(doc) = 'OBJECT')`
  const keys = sql`(SELECT unnest(json_keys(doc)) AS name, generate_subscripts(json_keys(doc), 1) AS place, "__mr_line", doc FROM ${objects})`
  const rows = await context.query(
    sql`SELECT name, array_to_string(list_sort(list_distinct(list(json_type(json_extract(doc, '/' || replace(replace(name, '~', '~0'), '/', '~1'))))), 'ASC'), ',') AS types FROM ${keys} GROUP BY name ORDER BY min("__mr_line" * 100000 + place)`,
  )
  return rows.map((row) => ({ name: row['name'] ?? '', type: typeOf(row['types'] ?? ''), format: '' }))
}

function typeOf(types: string): string {
  const kinds = types.split(',').filter((type) => type !== 'NULL' && type !== '')
  const all = (...wanted: string[]) => kinds.length > 0 && kinds.every((kind) => wanted.includes(kind))
  if (all('BIGINT', 'UBIGINT')) return 'BIGINT'
  if (all('BIGINT', 'UBIGINT', 'DOUBLE')) return 'DOUBLE'
  if (all('BOOLEAN')) return 'BOOLEAN'
  return kinds.some((kind) => kind === 'OBJECT' || kind === 'ARRAY') ? 'JSON' : 'VARCHAR'
}

export const jsonSource: SourceRuntime<typeof json.source.settings> = {
  async open(context, settings) {
    const landed = await land(context, settings)
    return openLanded(context, landed, { ...settings, found: landed.found })
  },
  async detect(context, settings): Promise<Detection> {
    const { table, found } = await land(context, settings)
    const [counts = {}] = await context.query(
      sql`SELECT ${join([sql`count(*) AS n`, ...found.map(({ name }, index) => sql`count(${identifier(name)}) AS ${identifier(`c${index}`)}`)])} FROM ${identifier(table)}`,
    )
    const sampled = Number(counts['n'] ?? 0)
    const evidence = found.map((column, index) => {
      const examined = Number(counts[`c${index}`] ?? 0)
      return { ...column, examined, fitting: examined, missing: sampled - examined, samples: [] }
    })
    return { settings: { columns: found }, evidence, sampled }
  },
}
