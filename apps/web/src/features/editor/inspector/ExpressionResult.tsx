import type { EvaluationResponse } from '@millrace/contract'
import { kindOf, nameInText, sameName } from '@millrace/engine'
import { useText } from '../../../i18n/index.ts'
import { KindMark } from '../data/KindMark.tsx'
import styles from './rules.module.css'

/** Columns that the expression names, as far as a look at its words tells; else the first ones. */
function shownColumns({ columns }: EvaluationResponse, expression: string, most: number): number[] {
  const words = new Set(expression.match(/"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_]*/gu) ?? [])
  const named = columns.flatMap(({ name }, index) =>
    [...words].some((word) => sameName(word, nameInText(name)) || sameName(word, nameInText(name, true)))
      ? [index]
      : [],
  )
  return (named.length > 0 ? named : columns.map((_, index) => index)).slice(0, most)
}

interface Props {
  readonly evaluation: EvaluationResponse | undefined
  readonly expression: string
  /** Input columns that there is room for. */
  readonly most: number
}

/** What an expression gives for the first rows, beside the columns that it reads. */
export function ExpressionResult({ evaluation, expression, most }: Props) {
  const { t } = useText()
  if (!evaluation || evaluation.type === null || evaluation.rows.length === 0) return null
  const shown = shownColumns(evaluation, expression, most)
  const cell = (value: string | null | undefined) =>
    value === null || value === undefined ? <em>{t('editor.data.null')}</em> : value
  return (
    <table className={styles['result']} aria-label={t('editor.rules.result')}>
      <thead>
        <tr>
          {shown.map((index) => (
            <th key={index} scope="col">
              {evaluation.columns[index]?.name}
            </th>
          ))}
          <th scope="col" className={styles['value']}>
            <KindMark kind={kindOf(evaluation.type)} /> {t('editor.rules.value')}
          </th>
        </tr>
      </thead>
      <tbody>
        {evaluation.rows.map(({ cells, value, fault }, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of a sample have no identity but their place
          <tr key={row}>
            {shown.map((index) => (
              <td key={index} title={cells[index] ?? undefined}>
                {cell(cells[index])}
              </td>
            ))}
            <td
              className={styles['value']}
              data-fault={fault !== null || undefined}
              title={fault ?? value ?? undefined}
            >
              {fault ?? cell(value)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
