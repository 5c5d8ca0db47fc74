import { snippet } from '@codemirror/autocomplete'
import type { EditorView } from '@codemirror/view'
import { Modal } from '@mantine/core'
import { type FunctionHelp, kindOf, nameInText, type Problem } from '@millrace/engine'
import { useRef, useState } from 'react'
import { useText } from '../../../i18n/index.ts'
import { KindMark } from '../data/KindMark.tsx'
import { CodeField } from './CodeField.tsx'
import { ExpressionResult } from './ExpressionResult.tsx'
import { functionAround, insertion } from './expression-completion.ts'
import { FieldProblem } from './FieldProblem.tsx'
import { FunctionList } from './FunctionList.tsx'
import { useForm } from './field-context.ts'
import styles from './rules.module.css'
import { useEvaluation } from './use-evaluation.ts'

interface Props {
  readonly value: string
  readonly name: string
  readonly input: string | undefined
  readonly expects: string | undefined
  readonly problems: readonly Problem[]
  readonly placeholder: string
  readonly onChange: (value: string) => void
  readonly onClose: () => void
}

/** An expression with room: columns and functions to put in, and the result for the first rows beside it. */
export function ExpressionDialog(props: Props) {
  const { value, name, input, expects, problems, placeholder, onChange, onClose } = props
  const { t, language } = useText()
  const { nodeId, kind, settings, columns } = useForm()
  const [cursor, setCursor] = useState<number | undefined>()
  const editor = useRef<EditorView | null>(null)
  const port = input ?? kind.inputs(settings)[0]?.name ?? 'in'
  const evaluation = useEvaluation({ nodeId, port, expression: value, expects, limit: 12 }, true)
  const help = cursor === undefined ? undefined : functionAround(value, cursor)
  const insert = (template: string) => {
    const view = editor.current
    if (!view) return
    const { from, to } = view.state.selection.main
    snippet(template)(view, null, from, to)
    onChange(view.state.doc.toString())
    view.focus()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={name}
      size="min(1160px, 94vw)"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <div className={styles['dialog']}>
        <div className={styles['writing']}>
          <CodeField
            tall
            value={value}
            name={name}
            columns={columns(input)}
            problems={problems}
            placeholder={placeholder}
            onChange={onChange}
            onCursor={setCursor}
            onEditor={(view) => {
              editor.current = view
            }}
          />
          {problems.map((problem) => (
            <FieldProblem key={`${problem.code} ${problem.location.position}`} problem={problem} />
          ))}
          <div className={styles['hint']} data-still>
            {help ? (
              <>
                <code>{help.signature}</code> {help.summary[language]}
                <br />
                {t('editor.rules.example')} <code>{`${help.example} → ${help.result}`}</code>
              </>
            ) : (
              t('editor.rules.tip')
            )}
          </div>
          <h3>{t('editor.rules.result')}</h3>
          <div className={styles['results']}>
            {problems.length === 0 && evaluation?.type ? (
              <ExpressionResult evaluation={evaluation} expression={value} most={4} />
            ) : (
              <p className={styles['quiet']}>{t('editor.rules.noResult')}</p>
            )}
          </div>
        </div>
        <div className={styles['reference']}>
          {columns(input).length > 0 && <h3>{t('editor.rules.columns')}</h3>}
          <div className={styles['chips']}>
            {columns(input).map((column) => (
              <button
                key={column.name}
                type="button"
                onClick={() => insert(nameInText(column.name).replaceAll(/[\\$#{}]/g, '\\$&'))}
              >
                <KindMark kind={kindOf(column.type)} />
                {column.name}
              </button>
            ))}
          </div>
          <h3>{t('editor.rules.functions')}</h3>
          <FunctionList onInsert={(entry: FunctionHelp) => insert(insertion(entry))} />
        </div>
      </div>
    </Modal>
  )
}
