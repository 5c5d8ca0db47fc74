import { type FieldOf, fieldsOf, type Label, nodeKinds, rowSchemaOf } from '@millrace/engine'

/** One step of a setting's path as a form calls it: the name of a field, or the number of a row, from 1. */
export type NamePart = Label | string | number

/** The names that a form gives the steps of a setting's path; what no form shows keeps its own. */
export function settingName(path: readonly (string | number)[], fields: readonly FieldOf[]): NamePart[] {
  const [first, ...rest] = path
  if (first === undefined) return []
  if (typeof first === 'number') return [first + 1, ...settingName(rest, fields)]
  const field = fields.find(({ name }) => name === first)
  if (!field) return [first, ...rest]
  const inner = field.meta.widget === 'rows' ? fieldsOf(rowSchemaOf(field.schema)) : []
  return [field.meta.label, ...settingName(rest, inner)]
}

/** The field that a setting's path ends at; undefined where no form shows it. */
export function settingField(
  path: readonly (string | number)[],
  fields: readonly FieldOf[],
): FieldOf | undefined {
  const [first, ...rest] = path.filter((step) => typeof step === 'string')
  const field = fields.find(({ name }) => name === first)
  if (!field || rest.length === 0) return field
  return field.meta.widget === 'rows' ? settingField(rest, fieldsOf(rowSchemaOf(field.schema))) : undefined
}

/** The same of a path as problems and changes write it: `columns.0.expression`. */
export function fieldName(kindName: string, path: string): NamePart[] {
  const kind = nodeKinds.get(kindName)
  const steps = path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step))
  return settingName(steps, kind ? fieldsOf(kind.settings) : [])
}
