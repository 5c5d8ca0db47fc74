import type { z } from 'zod'
import type { Operator } from '../spec/index.ts'
import { aggregate } from './aggregate/compile.ts'
import { compare } from './compare/compile.ts'
import { convert } from './convert/compile.ts'
import { distinct } from './distinct/compile.ts'
import { fill } from './fill/compile.ts'
import { filter } from './filter/compile.ts'
import { flatten } from './flatten/compile.ts'
import { input } from './input/compile.ts'
import { join } from './join/compile.ts'
import { limit } from './limit/compile.ts'
import { lookup } from './lookup/compile.ts'
import { map } from './map/compile.ts'
import { mask } from './mask/compile.ts'
import { output } from './output/compile.ts'
import { pivot } from './pivot/compile.ts'
import { replace } from './replace/compile.ts'
import { route } from './route/compile.ts'
import { sort } from './sort/compile.ts'
import { sql } from './sql/compile.ts'
import { union } from './union/compile.ts'
import { unpivot } from './unpivot/compile.ts'
import { validate } from './validate/compile.ts'

/** Every operator, by its kind. Adding one is a folder and a line here. */
const list = [
  map,
  sort,
  limit,
  route,
  flatten,
  unpivot,
  filter,
  convert,
  validate,
  distinct,
  fill,
  replace,
  mask,
  join,
  lookup,
  union,
  compare,
  aggregate,
  pivot,
  sql,
  input,
  output,
] as const

/** Operators are held without the type of their settings: `graph/` parses them by `spec.settings`. */
export type AnyOperator = Operator<z.ZodObject>

export const operators: ReadonlyMap<string, AnyOperator> = new Map(
  list.map((operator) => [operator.spec.kind, operator as unknown as AnyOperator]),
)
