import type { z } from 'zod'
import type { Operator } from '../spec/index.ts'
import { filter } from './filter/compile.ts'
import { map } from './map/compile.ts'

/** Every operator, by its kind. Adding one is a folder and a line here. */
const list = [map, filter] as const

/** Operators are held without the type of their settings: `graph/` parses them by `spec.settings`. */
export type AnyOperator = Operator<z.ZodObject>

export const operators: ReadonlyMap<string, AnyOperator> = new Map(
  list.map((operator) => [operator.spec.kind, operator as unknown as AnyOperator]),
)
