import type { Column, FieldMeta, FieldOf, NodeKind, Problem } from '@millrace/engine'
import { createContext, useContext } from 'react'

/** What the fields of a node's form need to know of the node. */
export interface FormContents {
  readonly nodeId: string
  readonly kind: NodeKind
  readonly settings: Readonly<Record<string, unknown>>
  readonly problems: readonly Problem[]
  /** Columns at an input of the node; the first input when none is named. */
  columns(input?: string): readonly Column[]
  /** Replaces several settings at once, as one change. */
  setAll(settings: Record<string, unknown>): void
}

export const FormContext = createContext<FormContents | null>(null)

export function useForm(): FormContents {
  const form = useContext(FormContext)
  if (!form) throw new TypeError('a form field stands outside of a form')
  return form
}

/** What every widget is given. `path` as in a problem's location: `columns.2.expression`. */
export interface WidgetProps<Widget extends FieldMeta['widget'] = FieldMeta['widget']> {
  readonly meta: Extract<FieldMeta, { widget: Widget }>
  readonly path: string
  readonly name: string
  readonly value: unknown
  readonly problems: readonly Problem[]
  readonly onChange: (value: unknown) => void
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
export const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
export const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}

export interface SettingFieldProps {
  readonly field: FieldOf
  /** Leave out what helps to understand the field: it was said above. */
  readonly quiet?: boolean
  readonly path: string
  readonly value: unknown
  readonly onChange: (value: unknown) => void
}

/** What a setting is while the flow says nothing of it. */
export function defaultOf({ schema }: FieldOf): unknown {
  const parsed = schema.safeParse(undefined)
  return parsed.success ? parsed.data : ''
}
