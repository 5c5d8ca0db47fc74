import { conditionsOf, type FieldOf, fieldsOf, isShown, nodeKinds, rowSchemaOf } from '@millrace/engine'
import { describe, expect, it } from 'vitest'

const groups = [...nodeKinds.values()].flatMap((kind) => {
  const fields = fieldsOf(kind.settings)
  const rows = fields.filter(({ meta }) => meta.widget === 'rows')
  return [
    { name: kind.kind, fields },
    ...rows.map((field) => ({
      name: `${kind.kind} ${field.name}`,
      fields: fieldsOf(rowSchemaOf(field.schema)),
    })),
  ]
})

describe('forms', () => {
  it.each(groups)(
    '$name: what decides over a field is a field beside it, with such a value',
    ({ fields }) => {
      for (const { name, meta } of fields) {
        for (const when of conditionsOf(meta)) {
          const decisive = fields.find((field) => field.name === when.field)
          expect(decisive?.name, name).toBeDefined()
          expect(decisive?.name).not.toBe(name)
          if (decisive?.meta.widget === 'select')
            expect(decisive.meta.options.map(({ value }) => value)).toEqual(
              expect.arrayContaining([...when.is]),
            )
        }
      }
    },
  )

  it('shows of a conversion only what its type can use', () => {
    const kind = nodeKinds.get('convert')
    const [columns] = kind ? fieldsOf(kind.settings) : []
    const fields = columns ? fieldsOf(rowSchemaOf(columns.schema)) : []
    const shown = (values: Record<string, unknown>) =>
      fields.filter((field: FieldOf) => isShown(field, fields, values)).map(({ name }) => name)
    expect(shown({ type: 'DECIMAL(18,2)' })).toContain('factor')
    expect(shown({ type: 'DECIMAL(18,2)' })).not.toContain('formats')
    expect(shown({ type: 'DATE' })).toEqual(['column', 'codes', 'type', 'formats', 'name'])
    expect(shown({ type: 'BOOLEAN', codes: [{ from: 'J', to: 'true' }] })).toContain('unlisted')
    // A type that is left out is the default one.
    expect(shown({})).toEqual(shown({ type: 'VARCHAR' }))
  })
})
