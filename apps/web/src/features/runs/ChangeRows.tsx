import { type ChangeKind, type ChangeRow, changeKinds } from '@millrace/contract'
import { IconKey } from '@tabler/icons-react'
import { useText } from '../../i18n/index.ts'
import { cellsOf, changeLooks } from './change-looks.ts'
import classes from './changes.module.css'

/** The kind of a change as colour, shape and word. */
export function ChangeBadge({ change }: { readonly change: ChangeKind }) {
  const { t } = useText()
  const { Icon, mark } = changeLooks[change]
  return (
    <span className={classes['badge']} data-mark={mark}>
      <Icon size={13} stroke={2.4} aria-hidden />
      {t(`run.change.${change}`)}
    </span>
  )
}

interface Props {
  readonly label: string
  readonly rows: readonly ChangeRow[]
  /** Columns by which the target finds its rows; they stand first. */
  readonly keys: readonly string[]
}

/** Rows that would be inserted, updated and deleted; of an update each changed cell as it was and as it would be. */
export function ChangeRows({ label, rows, keys }: Props) {
  const { t } = useText()
  const found = rows.map((row, at) => ({
    at,
    row,
    before: cellsOf(row.before),
    after: cellsOf(row.after),
    key: cellsOf(row.key),
  }))
  const names = new Set(keys)
  for (const { before, after, key } of found)
    for (const cells of [after, before, key]) for (const name of Object.keys(cells)) names.add(name)
  const kinds = changeKinds.filter((kind) => rows.some(({ change }) => change === kind))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className={classes['scroller']} aria-label={label} tabIndex={0} data-kinds={kinds.join(' ')}>
      <table className={classes['rows']}>
        <thead>
          <tr>
            <th scope="col">{t('run.change')}</th>
            {[...names].map((name) => (
              <th scope="col" key={name}>
                {keys.includes(name) && (
                  <IconKey size={12} stroke={2.2} role="img" aria-label={t('run.change.key')} />
                )}
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {found.map(({ at, row, before, after, key }) => (
            <tr key={at} data-change={row.change}>
              <td>
                <ChangeBadge change={row.change} />
              </td>
              {[...names].map((name) =>
                row.columns.includes(name) ? (
                  <td key={name} data-changed>
                    <del>
                      <Value cell={before[name]} />
                    </del>
                    <ins>
                      <Value cell={after[name]} />
                    </ins>
                  </td>
                ) : (
                  <td key={name} title={after[name] ?? before[name] ?? ''}>
                    <Value cell={after[name] ?? before[name] ?? key[name]} />
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Value({ cell }: { readonly cell: string | null | undefined }) {
  const { t } = useText()
  if (cell === null || cell === undefined)
    return <span className={classes['null']}>{t('differences.missing')}</span>
  return cell
}
