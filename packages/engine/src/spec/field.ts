import { z } from 'zod'
import { kindOf } from '../model/column.ts'
import type { Label } from '../model/label.ts'

export interface Option {
  readonly value: string
  readonly label: Label
}

/**
 * How a setting is edited. A closed union: forms, reference pages and checks handle each of them.
 * `input` names the input port whose columns a column widget offers (default: the first port; of a source: its own columns).
 */
export type Widget =
  | {
      readonly widget: 'text'
      readonly placeholder?: string
      /**
       * It names a column that the node makes (and is no value, nor a port's name). Where it may stay
       * empty because the column then keeps its name, `fallback` is the sibling setting with that name.
       * Where the node's setting `given` is true, the column is one that arrives.
       */
      readonly makesColumn?: { readonly fallback?: string; readonly given?: string }
    }
  | {
      readonly widget: 'textarea'
      /**
       * It is SQL of another system: `${name}` of a parameter becomes a constant, quoted as the
       * system reads it: by standard SQL, or with backslashes that escape.
       */
      readonly constants?: 'standard' | 'backslash'
    }
  | { readonly widget: 'number'; readonly min?: number; readonly max?: number; readonly step?: number }
  | { readonly widget: 'switch' }
  | { readonly widget: 'select'; readonly options: readonly Option[] }
  /** One column name of an input. */
  | { readonly widget: 'column'; readonly input?: string }
  /** Several column names of an input (`string[]`). */
  | { readonly widget: 'columns'; readonly input?: string }
  /** A scalar expression over the columns of an input. `expects` is a DuckDB type, e.g. `BOOLEAN`. */
  | { readonly widget: 'expression'; readonly input?: string; readonly expects?: string }
  /**
   * A `conditionGroup` (spec/condition.ts), edited as rows of column, operator, value, or as code. `code` is
   * the sibling expression that must hold as well: it takes what conditions cannot say, and has no field of its own.
   * Of a source its system decides them.
   */
  | { readonly widget: 'conditions'; readonly input?: string; readonly code?: string }
  /** A DuckDB type, spelled as `typeName` allows. */
  | { readonly widget: 'type' }
  /** A SELECT over the named inputs. */
  | { readonly widget: 'sql' }
  /** A path in the Files area. `extensions` filters what is offered. */
  | { readonly widget: 'file'; readonly extensions: readonly string[] }
  /** A path in the Files area that a target will write. */
  | { readonly widget: 'newFile'; readonly extension: string }
  /** A text that must not be shown; never stored in a flow as such. */
  | { readonly widget: 'secret' }
  /** The name of a key that values are encrypted by; its bytes are never part of a flow. */
  | { readonly widget: 'key' }
  /** The id of a connection of the node's connector. */
  | { readonly widget: 'connection' }
  /** A table or view of the connection that the sibling `connection` names, as `schema.table` (see spec/table-name.ts). */
  | { readonly widget: 'table'; readonly placeholder?: string }
  /** The columns of a source: name, type, format; filled in by detection, mended by the user. */
  | { readonly widget: 'sourceColumns' }
  /** An array of objects, one form row each; the fields of the object describe themselves. */
  | { readonly widget: 'rows'; readonly add: Label }
  /** The flow that a node stands for; see graph/subflow-kind.ts. Its texts are its own: no parameter is put into them. */
  | { readonly widget: 'subflow' }
  /** Values of the parameters of that flow, by name; a value may name parameters of the flow around it. */
  | { readonly widget: 'flowParameters' }
  /** An array of texts. */
  | {
      readonly widget: 'texts'
      /** What is often wanted, each with an example of what it means. */
      readonly offered?: readonly { readonly value: string; readonly example: string }[]
    }

export type FieldMeta = Widget & {
  readonly label: Label
  readonly help?: Label
  /** Shown under “More settings”. */
  readonly advanced?: boolean
  /** Shown only while siblings are set so; of several conditions all must hold. */
  readonly when?: ShownWhen | readonly ShownWhen[]
}

/** A sibling setting has one of these values: of a type its kind (`date`), of a list whether anything is in it. */
export interface ShownWhen {
  readonly field: string
  readonly is: readonly (string | boolean)[]
}

/** Where the metadata of every setting's schema is kept. */
export const fieldMeta = z.registry<FieldMeta>()

/** Attaches the metadata to a schema: `field(z.string(), { widget: 'text', label: … })`. */
export function field<Schema extends z.ZodType>(schema: Schema, meta: FieldMeta): Schema {
  fieldMeta.add(schema, meta)
  return schema
}

/** A setting with the words of another one; shown only while `when`, if given, holds as well. */
export function fieldLike<Schema extends z.ZodType>(
  like: z.ZodType,
  schema: Schema,
  when?: ShownWhen,
): Schema {
  const meta = fieldMeta.get(like)
  if (!meta) throw new TypeError('there is no such field')
  return field(schema, when ? { ...meta, when: [when, ...conditionsOf(meta)] } : meta)
}

/** What decides whether a setting is shown; none: it always is. */
export const conditionsOf = ({ when = [] }: FieldMeta): readonly ShownWhen[] =>
  'field' in when ? [when] : when

export interface FieldOf {
  readonly name: string
  readonly schema: z.ZodType
  readonly meta: FieldMeta
}

/** The fields of a settings schema, in the order in which they are declared. */
export function fieldsOf(schema: z.ZodObject): FieldOf[] {
  return Object.entries(schema.shape).flatMap(([name, child]) => {
    const meta = fieldMeta.get(child)
    return meta ? [{ name, schema: child as z.ZodType, meta }] : []
  })
}

/** Whether a setting matters for what its siblings are set to; what they leave out has its default. */
export function isShown(
  { meta }: FieldOf,
  siblings: readonly FieldOf[],
  values: Readonly<Record<string, unknown>>,
): boolean {
  return conditionsOf(meta).every((when) => holds(when, siblings, values))
}

function holds(
  when: ShownWhen,
  siblings: readonly FieldOf[],
  values: Readonly<Record<string, unknown>>,
): boolean {
  const decisive = siblings.find(({ name }) => name === when.field)
  if (!decisive) return true
  const given = values[when.field] ?? decisive.schema.safeParse(undefined).data
  const value = Array.isArray(given)
    ? given.length > 0
    : decisive.meta.widget === 'type' && typeof given === 'string'
      ? kindOf(given)
      : given
  return when.is.some((wanted) => wanted === value)
}

/** The object schema of one row of a `rows` field. */
export function rowSchemaOf(schema: z.ZodType): z.ZodObject {
  const bare = unwrap(schema)
  if (bare instanceof z.ZodArray) {
    const element = unwrap(bare.element as z.ZodType)
    if (element instanceof z.ZodObject) return element
  }
  throw new TypeError('a rows field must be an array of objects')
}

function unwrap(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodOptional
    ? unwrap(schema.unwrap() as z.ZodType)
    : schema
}
