import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { reasonIn } from '../problems/index.ts'
import { type ExampleTable, fieldMeta, fieldsOf, inputPorts, rowSchemaOf } from '../spec/index.ts'
import { sql } from '../sql/index.ts'
import { Bench, compileWith } from '../testing/conformance.ts'
import { operators } from './index.ts'

let bench: Bench
beforeAll(async () => {
  bench = await Bench.open()
})

/** Names that have broken other tools. */
const hostileNames = [
  'quo"te',
  'a b',
  '😀',
  '中文',
  'constructor',
  '__proto__',
  'select',
  "it's",
  'x'.repeat(200),
]

const all = [...operators.values()].map((operator) => [operator.spec.kind, operator] as const)

const tableOf = (
  output: { columns: { name: string; type: string }[]; rows: (string | null)[][] } | undefined,
): ExampleTable | undefined =>
  output && {
    columns: Object.fromEntries(output.columns.map(({ name, type }) => [name, type])),
    rows: output.rows,
  }

/** Everything in a schema that a form shows must say how. */
function fieldsWithoutMeta(schema: z.ZodObject, at = ''): string[] {
  return Object.entries(schema.shape).flatMap(([name, child]) => {
    const meta = fieldMeta.get(child as z.ZodType)
    if (!meta) return [`${at}${name}`]
    return meta.widget === 'rows' ? fieldsWithoutMeta(rowSchemaOf(child as z.ZodType), `${at}${name}.`) : []
  })
}

describe('the registry', () => {
  it('lists every operator folder', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    )
    expect([...operators.keys()].sort()).toEqual(folders.map(({ name }) => name).sort())
  })
})

describe.each(all)('%s', (_, operator) => {
  const { spec } = operator
  const [example] = spec.examples

  it('describes itself in both languages', () => {
    const labels = [
      spec.label,
      spec.summary,
      ...inputPorts(spec, example.settings).map(({ label }) => label),
      ...fieldsOf(spec.settings).map(({ meta }) => meta.label),
    ]
    for (const { en, zh } of labels) {
      expect(en.trim()).not.toBe('')
      expect(zh).toMatch(/[一-鿿]|SQL/)
    }
    expect(fieldsWithoutMeta(spec.settings)).toEqual([])
    expect(spec.describe(spec.settings.parse(example.settings)).en).not.toBe('')
  })

  it('has an icon that exists', () => {
    const web = path.resolve(import.meta.dirname, '../../../../apps/web/package.json')
    const icons: object = createRequire(web)('@tabler/icons-react')
    expect(Object.keys(icons)).toContain(spec.icon)
  })

  it.each(spec.examples.map((each) => [each.title.en, each] as const))(
    'does what its example says: %s',
    async (__, each) => {
      const inputs = await bench.inputs(operator, each)
      const { compiled, problems } = compileWith(operator, each.settings, inputs)
      expect(problems).toEqual([])
      const outputs = await bench.outputs(operator, compiled, inputs)
      for (const [port, expected] of Object.entries(each.outputs))
        expect(tableOf(outputs[port]), port).toEqual(expected)
    },
  )

  it('has Chinese words for why it rejects rows', () => {
    for (const { outputs } of spec.examples)
      for (const row of outputs['rejects']?.rows ?? [])
        expect(reasonIn('zh', row.at(-1) ?? '')).not.toMatch(/\b(is|was|has|the)\b/)
  })

  it('obeys its row law in its examples', async () => {
    for (const each of spec.examples) {
      const inputs = await bench.inputs(operator, each)
      const { compiled } = compileWith(operator, each.settings, inputs)
      const outputs = await bench.outputs(operator, compiled, inputs)
      const counts = new Map<string, number>([['rejected', outputs['rejects']?.rows.length ?? 0]])
      let arrived = 0
      for (const [name, table] of Object.entries(each.inputs)) {
        const port = `in:${name.replace(/#\d+$/, '')}`
        counts.set(port, (counts.get(port) ?? 0) + table.rows.length)
        arrived += table.rows.length
      }
      counts.set('in', arrived)
      const left = Object.entries(outputs).filter(([port]) => port !== 'rejects')
      counts.set(
        'out',
        left.reduce((sum, [, { rows }]) => sum + rows.length, 0),
      )
      for (const [port, { rows }] of left) counts.set(`out:${port}`, rows.length)
      for (const [term, select] of Object.entries(compiled.tallies ?? {}))
        counts.set(term, Number((await bench.rows(select))[0]?.[0]))
      if (compiled.counted)
        for (const [term, aggregate] of Object.entries(compiled.counted.terms))
          counts.set(
            term,
            Number((await bench.rows(sql`SELECT ${aggregate} FROM (${compiled.counted.select})`))[0]?.[0]),
          )
      const unknown = [...spec.law.left, ...spec.law.right].filter((term) => !counts.has(term))
      // One term may be what is missing; then it must not be negative.
      expect(unknown.length).toBeLessThanOrEqual(1)
      const sum = (terms: readonly string[]) =>
        terms.reduce((total, term) => total + (counts.get(term) ?? 0), 0)
      const difference = sum(spec.law.left) - sum(spec.law.right)
      if (unknown.length === 0) expect(difference).toBe(0)
      else expect(difference).toBeGreaterThanOrEqual(0)
    }
  })

  it('works on no rows', async () => {
    const emptied = {
      ...example,
      inputs: Object.fromEntries(
        Object.entries(example.inputs).map(([port, table]) => [port, { ...table, rows: [] }]),
      ),
    }
    const inputs = await bench.inputs(operator, emptied)
    const { compiled } = compileWith(operator, example.settings, inputs)
    const outputs = await bench.outputs(operator, compiled, inputs)
    const full = compileWith(operator, example.settings, inputs)
    for (const [port, output] of Object.entries(outputs)) {
      expect(output.columns.map(({ type }) => type)).toEqual(
        (await bench.outputs(operator, full.compiled, inputs))[port]?.columns.map(({ type }) => type),
      )
    }
  })

  it('lets columns of hostile names through', async () => {
    const hostile = (table: ExampleTable): ExampleTable => ({
      columns: Object.fromEntries([
        ...Object.entries(table.columns),
        ...hostileNames.map((name) => [name, 'VARCHAR']),
      ]),
      rows: table.rows.map((row) => [...row, ...hostileNames]),
    })
    const each = {
      ...example,
      inputs: Object.fromEntries(
        Object.entries(example.inputs).map(([port, table]) => [port, hostile(table)]),
      ),
    }
    const inputs = await bench.inputs(operator, each)
    const { compiled } = compileWith(operator, example.settings, inputs)
    for (const select of Object.values(compiled.outputs)) await bench.rows(select)
    if (compiled.rejects) await bench.rows(compiled.rejects)
  })

  it('reports a column that is not there, and does not throw', async () => {
    const renamed = (table: ExampleTable): ExampleTable => ({
      columns: { nothing_known: 'VARCHAR' },
      rows: table.rows.map(() => ['x']),
    })
    const each = {
      ...example,
      inputs: Object.fromEntries(
        Object.entries(example.inputs).map(([port, table]) => [port, renamed(table)]),
      ),
    }
    const inputs = await bench.inputs(operator, each)
    const { problems } = compileWith(operator, example.settings, inputs)
    for (const { code, location } of problems) {
      expect(code).not.toBe('')
      expect(location.field ?? location.port).toBeDefined()
    }
  })

  it.runIf(spec.provenance === 'keep')('carries the place of each row', async () => {
    const inputs = await bench.inputs(operator, example, true)
    const { compiled } = compileWith(operator, example.settings, inputs, sql`, "__mr_file", "__mr_line"`)
    for (const select of Object.values(compiled.outputs))
      await bench.rows(sql`SELECT "__mr_file", "__mr_line" FROM (${select})`)
    if (compiled.rejects)
      await bench.rows(sql`SELECT "__mr_file", "__mr_line", "__mr_faults" FROM (${compiled.rejects})`)
  })
})
