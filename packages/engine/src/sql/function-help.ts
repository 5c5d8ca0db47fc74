import type { Label } from '../model/label.ts'
import { conversionFunctions } from './function-help-conversion.ts'
import { dateFunctions } from './function-help-date.ts'
import type { FunctionHelp } from './function-help-entry.ts'
import { logicFunctions } from './function-help-logic.ts'
import { numberFunctions } from './function-help-number.ts'
import { textFunctions } from './function-help-text.ts'

export type { FunctionHelp } from './function-help-entry.ts'

export interface FunctionGroup {
  readonly name: string
  readonly label: Label
  readonly functions: readonly FunctionHelp[]
}

/** The functions that analysts need most, by what they are about; every example is run by a test. */
export const functionGroups: readonly FunctionGroup[] = [
  { name: 'text', label: { en: 'Text', zh: '文本' }, functions: textFunctions },
  { name: 'number', label: { en: 'Numbers', zh: '数值' }, functions: numberFunctions },
  { name: 'date', label: { en: 'Dates and times', zh: '日期与时间' }, functions: dateFunctions },
  { name: 'logic', label: { en: 'Conditions and lists', zh: '条件与列表' }, functions: logicFunctions },
  { name: 'conversion', label: { en: 'Conversion', zh: '类型转换' }, functions: conversionFunctions },
]

export const functionHelp: readonly FunctionHelp[] = functionGroups.flatMap(({ functions }) => functions)
