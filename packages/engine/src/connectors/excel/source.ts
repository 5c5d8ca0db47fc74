import { fail } from '../../problems/index.ts'
import type {
  ColumnEvidence,
  ConnectorContext,
  Detection,
  SourceColumn,
  SourceRuntime,
} from '../../spec/index.ts'
import { faultsType, identifier, join, type Sql, sql, typeText } from '../../sql/index.ts'
import { type Landed, openLanded } from '../files/landed-source.ts'
import { displayName, unreadable } from '../files/located.ts'
import { agreedColumns } from '../files/source-columns.ts'
import { type Area, parseArea } from './area.ts'
import { headerRowOf, rowsLookedAt } from './header-row.ts'
import { type LandedSheet, Landing, within } from './landing.ts'
import { openPackage, type WorkbookPackage } from './package.ts'
import { type SheetRow, sheetRows } from './sheet.ts'
import type { ExcelSourceSettings, excel } from './spec.ts'
import { ColumnSurvey } from './survey.ts'
import { readWorkbook, type Workbook } from './workbook.ts'

interface NamedSheet extends LandedSheet {
  readonly name: string
}

interface Work {
  readonly context: ConnectorContext
  readonly settings: ExcelSourceSettings
  readonly area: Area | undefined
}

function areaOf(context: ConnectorContext, { range }: ExcelSourceSettings): Area | undefined {
  if (range.trim() === '') return undefined
  const area = parseArea(range)
  if (area) return area
  return fail(
    'setting.invalid',
    {
      label: { en: 'Range', zh: '区域' },
      detail: { en: `“${range}” is not a range such as B3:F200`, zh: `“${range}”不是 B3:F200 这样的区域` },
    },
    { nodeId: context.nodeId, field: 'range' },
  )
}

/** What goes wrong with the file is said of the file; what goes wrong in the database stays as it is. */
async function* located({ context }: Work, name: string, rows: AsyncIterable<SheetRow[]>) {
  try {
    yield* rows
  } catch (error) {
    context.signal.throwIfAborted()
    throw unreadable(context, name, error)
  }
}

/** Opens the sheet that is wanted of a file, for as long as it is worked with. */
async function withSheet<Result>(
  { context, settings }: Work,
  file: string,
  use: (sheet: { zip: WorkbookPackage; workbook: Workbook; name: string }) => Promise<Result>,
): Promise<Result> {
  const name = displayName(settings.path, file)
  const zip = await openPackage(context, file, name)
  try {
    const workbook = await readWorkbook(zip, settings.sheet).catch((error: unknown) => {
      context.signal.throwIfAborted()
      throw unreadable(context, name, error)
    })
    return await use({ zip, workbook, name })
  } finally {
    zip.close()
  }
}

/** Which row of the first file has the names of the columns, by its looks. */
async function guessHeaderRow(context: ConnectorContext, settings: ExcelSourceSettings): Promise<number> {
  const work: Work = { context, settings, area: areaOf(context, settings) }
  const { area } = work
  const [file] = await context.resolvePattern(settings.path)
  if (file === undefined) return settings.headerRow
  return withSheet(work, file, async ({ zip, workbook, name }) => {
    const top: SheetRow[] = []
    for await (const rows of located(work, name, sheetRows(zip, workbook))) {
      top.push(...(area ? within(rows, area) : rows))
      if (top.length >= rowsLookedAt) break
    }
    return headerRowOf(top.slice(0, rowsLookedAt), area?.top)
  })
}

function landFile(work: Work, file: string, index: number): Promise<NamedSheet> {
  const { context, settings, area } = work
  return withSheet(work, file, async ({ zip, workbook, name }) => {
    const table = `${context.nodeId} sheet ${index}`
    const { headerRow } = settings
    const rows = located(work, name, sheetRows(zip, workbook))
    const sheet = await new Landing(rows, { context, name, area, headerRow, table }).run()
    if (sheet.names.length === 0)
      zip.refuse(
        {
          en: `its sheet “${workbook.sheetName}” has no cells with values there.`,
          zh: `其工作表“${workbook.sheetName}”在此处没有任何值。`,
        },
        area ? 'range' : 'path',
      )
    return { ...sheet, name }
  })
}

/** Every file must have the columns that are read: one that lacks some would fill them with nothing. */
function requireColumns(
  { context, settings }: Work,
  first: NamedSheet,
  sheet: NamedSheet,
  wanted: readonly string[],
): void {
  const missing = wanted.filter((name) => first.names.includes(name) && !sheet.names.includes(name))
  const more = settings.columns.length > 0 ? [] : sheet.names.filter((name) => !first.names.includes(name))
  if (missing.length === 0 && more.length === 0) return
  const [lacks, has] = [missing.slice(0, 10).join(', '), more.slice(0, 10).join(', ')]
  fail(
    'file.unreadable',
    {
      path: sheet.name,
      detail: {
        en: `its columns differ from those of “${first.name}”.${lacks && ` Missing: ${lacks}.`}${has && ` Besides: ${has}.`}`,
        zh: `其列与“${first.name}”不同。${lacks && `缺少：${lacks}。`}${has && `多出：${has}。`}`,
      },
    },
    { nodeId: context.nodeId, field: 'path' },
  )
}

/** The rows of all tables of a sheet, under its names, with the faults of the cells that are wanted. */
function sheetSelects(sheet: LandedSheet, names: readonly string[], wanted: readonly string[]): Sql[] {
  const placeOf = (name: string) => sheet.places[sheet.names.indexOf(name)] ?? -1
  const readable = new Map(
    wanted.filter((name) => sheet.names.includes(name)).map((name) => [placeOf(name), name]),
  )
  const faults = sql`list_filter(from_json("__mr_errors", '[{"at":"INTEGER","value":"VARCHAR","rule":"VARCHAR","reason":"VARCHAR"}]'), lambda fault: list_contains([${join([...readable.keys()].map((place) => sql`${place}`))}], fault.at))`
  const places = [...readable.keys()]
  const called = sql`[${join([...readable.values()].map((name) => sql`${name}`))}][list_position([${join(places.map((place) => sql`${place}`))}], fault.at)]`
  const named = sql`list_transform(${faults}, lambda fault: {'column': ${called}, 'value': fault.value, 'rule': fault.rule, 'reason': fault.reason})`
  return sheet.tables.map(({ table, width }) => {
    const cells = names.map((name) => {
      const place = placeOf(name)
      const cell = place >= 0 && place < width ? identifier(`c${place}`) : sql`CAST(NULL AS VARCHAR)`
      return sql`${cell} AS ${identifier(name)}`
    })
    return sql`SELECT ${join(cells)}, "__mr_file", "__mr_line", CASE WHEN "__mr_errors" IS NOT NULL THEN CAST(${named} AS ${typeText(faultsType)}) END AS "__mr_faults" FROM ${identifier(table)}`
  })
}

interface LandedWorkbook extends Landed {
  readonly found: readonly SourceColumn[]
  readonly evidence: readonly ColumnEvidence[]
  readonly rows: number
}

async function land(context: ConnectorContext, settings: ExcelSourceSettings): Promise<LandedWorkbook> {
  const work: Work = { context, settings, area: areaOf(context, settings) }
  const sheets: NamedSheet[] = []
  for (const [index, file] of (await context.resolvePattern(settings.path)).entries())
    sheets.push(await landFile(work, file, index))
  const [first] = sheets
  if (!first)
    return fail('file.noMatch', { pattern: settings.path }, { nodeId: context.nodeId, field: 'path' })
  const { names } = first
  const { raw: wanted } = agreedColumns({ context, ...settings, names })
  for (const sheet of sheets) requireColumns(work, first, sheet, wanted)
  const all = `${context.nodeId} cells`
  const table = `${context.nodeId} rows`
  const selects = sheets.flatMap((sheet) => sheetSelects(sheet, names, wanted))
  await context.execute(
    sql`CREATE OR REPLACE TEMP VIEW ${identifier(all)} AS ${join(selects, ' UNION ALL ')}`,
  )
  const faulty = sql`coalesce(len("__mr_faults"), 0) > 0`
  await context.execute(
    sql`CREATE OR REPLACE TEMP VIEW ${identifier(table)} AS SELECT * EXCLUDE ("__mr_faults") FROM ${identifier(all)} WHERE NOT (${faulty})`,
  )
  const row = sql`CAST(json_object(${join(names.map((name) => sql`${name}, ${identifier(name)}`))}) AS VARCHAR)`
  const structural = sql`SELECT "__mr_file", "__mr_line", ${row} AS "__mr_row", "__mr_faults" FROM ${identifier(all)} WHERE ${faulty}`
  return { table, names, structural, ...judge(sheets, names) }
}

/** What the columns are, judged over the cells of all files. */
function judge(sheets: readonly LandedSheet[], names: readonly string[]) {
  const rows = sheets.reduce((sum, sheet) => sum + sheet.rows, 0)
  const evidence = names.map((name) => {
    const whole = new ColumnSurvey()
    for (const sheet of sheets) {
      const survey = sheet.surveys[sheet.names.indexOf(name)]
      if (survey) whole.include(survey)
    }
    return whole.evidence(name, rows)
  })
  return {
    rows,
    evidence,
    found: evidence.map(({ name: column, type }) => ({ name: column, type, format: '' })),
  }
}

export const excelSource: SourceRuntime<typeof excel.source.settings> = {
  async open(context, settings) {
    const landed = await land(context, settings)
    return openLanded(context, landed, { ...settings, found: landed.found })
  },
  async detect(context, settings, given): Promise<Detection> {
    const headerRow = given.has('headerRow') ? settings.headerRow : await guessHeaderRow(context, settings)
    const { found, evidence, rows } = await land(context, { ...settings, headerRow, columns: [] })
    return { settings: { headerRow, columns: found }, evidence, sampled: rows }
  },
}
