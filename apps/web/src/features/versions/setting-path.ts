import {
  conditionGroup,
  conditionWords,
  type FieldOf,
  fieldsOf,
  type Label,
  type Language,
  nodeKinds,
  usedFlow,
  type ValueChange,
} from '@millrace/engine'
import { type NamePart, settingField, settingName } from '../../editor/setting-name.ts'

/** A text, what a form calls the value, yes or no, or `null`: that side has no such value. */
export type ShownValue = string | Label | boolean | null

/** One difference as it is shown: where, in words, and both values. */
export interface ShownChange {
  readonly where: readonly NamePart[]
  readonly before: ShownValue
  readonly after: ShownValue
}

const textOf = (value: unknown): string | null => {
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'string') return value
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value)
}

/** Conditions in the words of their builder: how code writes a value depends on its column's type, which a version does not tell. */
function conditionsText(value: unknown, language: Language): string | null {
  const parsed = conditionGroup.safeParse(value)
  return textOf(parsed.success ? conditionWords(parsed.data, language) : value)
}

/** Of a flow that is used, what a person chose: which, and in which version. */
function usedFlowText(value: unknown): string | null {
  const parsed = usedFlow.safeParse(value)
  return parsed.success ? `${parsed.data.content.name} · ${parsed.data.version}` : textOf(value)
}

/** A choice by the name that people chose it by. */
function shownValue(value: unknown, field: FieldOf | undefined): ShownValue {
  if (typeof value === 'boolean') return value
  const options = field?.meta.widget === 'select' ? field.meta.options : []
  return options.find((option) => option.value === value)?.label ?? textOf(value)
}

/** Settings that are told as a whole. */
const wholeTexts: Readonly<Record<string, (value: unknown, language: Language) => string | null>> = {
  conditions: conditionsText,
  subflow: usedFlowText,
}

/**
 * The differences in a node's settings with the names that its form gives them. Lists that a form shows as
 * rows are told by the number of the row; conditions and flows that are used are told once, as a whole.
 */
export function settingChanges(
  kindName: string,
  changes: readonly ValueChange[],
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  language: Language,
): ShownChange[] {
  const kind = nodeKinds.get(kindName)
  const fields = kind ? fieldsOf(kind.settings) : []
  const whole = new Set<string>()
  return changes.flatMap(({ path, before: old, after: young }): ShownChange[] => {
    const name = String(path[1])
    const field = fields.find((one) => one.name === name)
    const wholeText = field && wholeTexts[field.meta.widget]
    if (field && wholeText) {
      if (whole.has(name)) return []
      whole.add(name)
      const [was, is] = [wholeText(before[name], language), wholeText(after[name], language)]
      return [{ where: [field.meta.label], before: was, after: is }]
    }
    const steps = path.slice(1)
    const leaf = settingField(steps, fields)
    const builder = fields.find(({ meta }) => meta.widget === 'conditions' && meta.code === name)
    // Without conditions the form shows the code in the place of their builder.
    const isAlone =
      builder && [before, after].every((all) => conditionsText(all[builder.name], language) === null)
    const where = isAlone ? [builder.meta.label] : settingName(steps, fields)
    return [{ where, before: shownValue(old, leaf), after: shownValue(young, leaf) }]
  })
}

/** Any other values of a node or a flow. */
export const plainChange = (where: string, { before, after }: ValueChange): ShownChange => ({
  where: [where],
  before: textOf(before),
  after: textOf(after),
})
