import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { keywordCompletionSource, PostgreSQL, sql } from '@codemirror/lang-sql'
import { syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, setDiagnostics } from '@codemirror/lint'
import { Compartment, EditorState } from '@codemirror/state'
import { EditorView, keymap, placeholder as placeholderText } from '@codemirror/view'
import type { Column, Problem } from '@millrace/engine'
import { useEffect, useRef } from 'react'
import { useText } from '../../../i18n/index.ts'
import { codeColors } from './code-colors.ts'
import styles from './inspector.module.css'

interface CodeFieldProps {
  readonly value: string
  readonly name: string
  readonly columns: readonly Column[]
  readonly problems: readonly Problem[]
  /** A whole statement: more room, keywords offered. */
  readonly statement?: boolean
  readonly placeholder?: string
  readonly onChange: (value: string) => void
}

const functions = [
  'upper',
  'lower',
  'trim',
  'concat',
  'substr',
  'replace',
  'length',
  'coalesce',
  'nullif',
  'round',
  'abs',
  'strftime',
  'strptime',
  'try_cast',
  'cast',
  'date_trunc',
  'date_diff',
  'regexp_matches',
  'regexp_replace',
  'split_part',
  'lpad',
  'greatest',
  'least',
]

const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/
const quoted = (name: string) => (plainName.test(name) ? name : `"${name.replaceAll('"', '""')}"`)

function offers(columns: readonly Column[]) {
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/"?[\p{L}\p{N}_]*$/u)
    if (!word || (word.from === word.to && !context.explicit)) return null
    return {
      from: word.from,
      options: [
        ...columns.map(({ name, type }) => ({
          label: name,
          apply: quoted(name),
          detail: type,
          type: 'property',
          boost: 10,
        })),
        ...functions.map((label) => ({ label, apply: `${label}(`, type: 'function' })),
      ],
    }
  }
}

/** A text field for expressions and SQL: colours, columns to complete, problems under the text. */
export function CodeField({
  value,
  name,
  columns,
  problems,
  statement = false,
  placeholder = '',
  onChange,
}: CodeFieldProps) {
  const { language } = useText()
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<EditorView | null>(null)
  const completion = useRef(new Compartment())
  const changed = useRef(onChange)
  changed.current = onChange
  const first = useRef({ value, name, statement, placeholder })

  useEffect(() => {
    if (!host.current) return
    const { value: doc, name: label, statement: isStatement, placeholder: hint } = first.current
    const created = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc,
        extensions: [
          history(),
          closeBrackets(),
          sql({ dialect: PostgreSQL }),
          syntaxHighlighting(codeColors),
          EditorView.lineWrapping,
          placeholderText(hint),
          completion.current.of([]),
          // Tab leaves the field, as everywhere else in the form.
          keymap.of([...defaultKeymap.filter((binding) => binding.key !== 'Tab'), ...historyKeymap]),
          EditorView.contentAttributes.of({
            'aria-label': label,
            'aria-multiline': isStatement ? 'true' : 'false',
          }),
          EditorView.updateListener.of((update) => {
            if (
              update.docChanged &&
              update.transactions.some(
                (one) =>
                  one.isUserEvent('input') ||
                  one.isUserEvent('delete') ||
                  one.isUserEvent('undo') ||
                  one.isUserEvent('redo') ||
                  one.isUserEvent('move'),
              )
            )
              changed.current(update.state.doc.toString())
          }),
        ],
      }),
    })
    editor.current = created
    return () => {
      created.destroy()
      editor.current = null
    }
  }, [])

  useEffect(() => {
    const view = editor.current
    if (view && view.state.doc.toString() !== value)
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } })
  }, [value])

  useEffect(() => {
    const sources = [offers(columns), ...(statement ? [keywordCompletionSource(PostgreSQL)] : [])]
    editor.current?.dispatch({
      effects: completion.current.reconfigure(autocompletion({ override: sources, icons: false })),
    })
  }, [columns, statement])

  useEffect(() => {
    const view = editor.current
    if (!view) return
    const { length } = view.state.doc
    const found = problems.flatMap((problem): Diagnostic[] => {
      if (problem.location.position === undefined) return []
      const from = Math.min(problem.location.position, length)
      const word = /^[\p{L}\p{N}_"]+/u.exec(view.state.sliceDoc(from))?.[0].length ?? 1
      const to = Math.min(length, from + word)
      return [
        {
          from: from === to ? Math.max(0, from - 1) : from,
          to,
          severity: problem.severity,
          message: problem.message[language],
        },
      ]
    })
    view.dispatch(setDiagnostics(view.state, found))
  }, [problems, language])

  return (
    <div
      ref={host}
      className={styles['code']}
      data-statement={statement || undefined}
      data-faulty={problems.length > 0 || undefined}
    />
  )
}
