import type { RowComparison } from '@millrace/contract'
import { kindOf } from '@millrace/engine'
import { useText } from '../i18n/index.ts'
import { DiffBadge } from './DiffBadge.tsx'
import styles from './differences.module.css'

type Row = RowComparison['rows'][number]

/** Rows that differ, cell by cell: what was, struck through, over what is. */
export function RowDifferences({ label, found }: { label: string; found: RowComparison }) {
  const { t } = useText()
  const { columns } = found
  const typeInWords = (before: string | null, after: string | null) => {
    const [was = '', is = ''] = [before, after].flatMap((type) =>
      type === null ? [] : [t(`editor.kind.${kindOf(type)}`)],
    )
    if (before === null || after === null || before === after) return was
    return was === is ? `${before} → ${after}` : `${was} → ${is}`
  }
  const rows = found.rows.map((row, at) => ({ row, at }))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className={styles['scroller']} aria-label={label} tabIndex={0}>
      <table className={styles['rows']}>
        <thead>
          <tr>
            <th scope="col">{t('differences.kind')}</th>
            {columns.map(({ name, before, after }) => (
              <th scope="col" key={name}>
                {name} {before === null && <DiffBadge mark="added" isSmall />}
                {after === null && <DiffBadge mark="removed" isSmall />}
                {before !== null && after !== null && before !== after && (
                  <DiffBadge mark="changed" isSmall />
                )}
                <small title={after ?? before ?? ''}>{typeInWords(before, after)}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ row, at }) => (
            <tr key={at} data-kind={row.kind}>
              <td>
                <DiffBadge mark={row.kind} />
              </td>
              {columns.map(({ name }, index) => (
                <Cell key={name} row={row} name={name} index={index} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Cell({ row, name, index }: { row: Row; name: string; index: number }) {
  const { t } = useText()
  const text = (value: string | null | undefined) =>
    value === null || value === undefined ? (
      <span className={styles['missing']}>{t('differences.missing')}</span>
    ) : (
      value
    )
  const before = row.before?.[index]
  const after = row.after?.[index]
  if (!row.changed.includes(name))
    return <td title={after ?? before ?? ''}>{text(row.after ? after : before)}</td>
  return (
    <td data-changed title={`${before ?? ''} → ${after ?? ''}`}>
      <del>{text(before)}</del>
      <ins>{text(after)}</ins>
    </td>
  )
}
