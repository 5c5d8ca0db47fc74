import {
  autocompletion,
  type CompletionSource,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { keywordCompletionSource, PostgreSQL, sql } from '@codemirror/lang-sql'
import { syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, placeholder as placeholderText } from '@codemirror/view'
import type { Column, Problem } from '@millrace/engine'
import { useEffect, useMemo, useRef } from 'react'
import { useDocument } from '../../../editor/document-store.ts'
import { useText } from '../../../i18n/index.ts'
import { mendedText } from '../data/mending.ts'
import { codeColors } from './code-colors.ts'
import { expressionCompletions } from './expression-completion.ts'
import styles from './inspector.module.css'

interface CodeFieldProps {
  readonly value: string
  readonly name: string
  readonly columns: readonly Column[]
  readonly problems: readonly Problem[]
  /** A whole statement: more room, keywords offered. */
  readonly statement?: boolean
  readonly placeholder?: string
  /** More room, for a dialog. */
  readonly tall?: boolean
  readonly onChange: (value: string) => void
  /** Where the cursor is, in UTF-16 units; undefined once it has left. */
  readonly onCursor?: (position: number | undefined) => void
  /** Told of the editor, for what puts texts into it. */
  readonly onEditor?: (view: EditorView | null) => void
}

/** Parameters that every flow has. */
const given = ['today', 'now', 'run_id']

/** A text field for expressions and SQL: colours, columns to complete, problems under the text. */
export function CodeField({
  value,
  name,
  columns,
  problems,
  statement = false,
  placeholder = '',
  tall = false,
  onChange,
  onCursor,
  onEditor,
}: CodeFieldProps) {
  const { t, language } = useText()
  const parameters = useDocument((state) => state.flow.parameters)
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<EditorView | null>(null)
  const changed = useRef(onChange)
  changed.current = onChange
  const told = useRef({ onCursor, onEditor })
  told.current = { onCursor, onEditor }
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
          // What is offered changes with every answer of the engine; the list that is open stays open.
          autocompletion({
            override: [
              (context) => offers.current(context),
              ...(isStatement ? [keywordCompletionSource(PostgreSQL)] : []),
            ],
            defaultKeymap: false,
            maxRenderedOptions: 60,
          }),
          // Tab leaves the field, as everywhere else in the form.
          keymap.of([
            ...closeBracketsKeymap,
            ...completionKeymap,
            ...defaultKeymap.filter((binding) => binding.key !== 'Tab'),
            ...historyKeymap,
          ]),
          EditorView.contentAttributes.of({
            'aria-label': label,
            // Escape closes the list of completions, not the dialog around the field.
            'data-mantine-stop-propagation': 'true',
            'aria-multiline': isStatement ? 'true' : 'false',
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged || update.selectionSet || update.focusChanged)
              told.current.onCursor?.(update.view.hasFocus ? update.state.selection.main.head : undefined)
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
    told.current.onEditor?.(created)
    return () => {
      told.current.onEditor?.(null)
      created.destroy()
      editor.current = null
    }
  }, [])

  useEffect(() => {
    const view = editor.current
    if (view && view.state.doc.toString() !== value)
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } })
  }, [value])

  const [example, parameter] = [t('editor.rules.example'), t('editor.rules.parameter')]
  const offers = useRef<CompletionSource>(() => null)
  offers.current = useMemo(
    () =>
      expressionCompletions(columns, [...parameters.map((one) => one.name), ...given], {
        language,
        example,
        parameter,
      }),
    [columns, parameters, language, example, parameter],
  )

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
          actions: problem.suggestions.slice(0, 3).map((suggestion) => ({
            name: suggestion,
            apply: (edited, start) => {
              const insert = mendedText(edited.state.doc.toString(), start, suggestion)
              edited.dispatch({
                changes: { from: 0, to: edited.state.doc.length, insert },
                userEvent: 'input.mend',
              })
            },
          })),
        },
      ]
    })
    view.dispatch(setDiagnostics(view.state, found))
  }, [problems, language])

  return (
    <div
      ref={host}
      className={styles['code']}
      data-statement={statement || tall || undefined}
      data-faulty={problems.length > 0 || undefined}
    />
  )
}
