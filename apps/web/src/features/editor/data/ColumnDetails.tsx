import type { ColumnProfile } from '@millrace/contract'
import { type Column, kindOf } from '@millrace/engine'
import { IconArrowDown, IconArrowsSort, IconArrowUp, IconTrash } from '@tabler/icons-react'
import { useFormat, useText } from '../../../i18n/index.ts'
import { ColumnActions } from '../columns/ColumnActions.tsx'
import { Distribution } from './Distribution.tsx'
import { KindMark } from './KindMark.tsx'
import styles from './profile.module.css'
import { shareOf } from './profile-summary.ts'
import type { RowView } from './use-port-data.ts'

interface ColumnDetailsProps {
  readonly column: Column
  readonly profile: ColumnProfile | undefined
  readonly rows: number
  readonly sort: RowView['sort']
  readonly onSort: ((sort: RowView['sort']) => void) | undefined
  readonly onRemove: (() => void) | undefined
  /** What was asked for is about to be done elsewhere. */
  readonly onDone: () => void
}

/** All that is known about a column, in words, and what can be done with it. */
export function ColumnDetails({ column, profile, rows, sort, onSort, onRemove, onDone }: ColumnDetailsProps) {
  const { t } = useText()
  const format = useFormat()
  const choices = [
    { text: t('editor.sort.ascending'), Mark: IconArrowUp, sort: { column: column.name, descending: false } },
    {
      text: t('editor.sort.descending'),
      Mark: IconArrowDown,
      sort: { column: column.name, descending: true },
    },
    { text: t('editor.sort.none'), Mark: IconArrowsSort, sort: undefined },
  ]
  const share = (count: number) => t('editor.profile.percent', { share: shareOf(count, rows) })
  const figures = profile && [
    { name: t('editor.profile.rows'), text: format.number(rows) },
    {
      name: t('editor.profile.missing'),
      text: `${format.number(profile.missing)} · ${share(profile.missing)}`,
    },
    { name: t('editor.profile.distinct'), text: format.number(profile.distinct) },
    ...(profile.minimum === null ? [] : [{ name: t('editor.profile.minimum'), text: profile.minimum }]),
    ...(profile.maximum === null ? [] : [{ name: t('editor.profile.maximum'), text: profile.maximum }]),
  ]
  const most = Math.max(1, ...(profile?.top ?? []).map(({ count }) => count))
  return (
    <div className={styles['details']}>
      <div className={styles['title']}>
        <KindMark kind={kindOf(column.type)} />
        <strong>{column.name}</strong>
        <code>{column.type}</code>
      </div>
      {onSort && (
        <fieldset className={styles['sorts']} aria-label={t('editor.sort.title')}>
          {choices.map(({ text, Mark, sort: choice }) => (
            <button
              key={text}
              type="button"
              aria-pressed={sort?.descending === choice?.descending && (sort === undefined) === !choice}
              onClick={() => onSort(choice)}
            >
              <Mark size={14} aria-hidden />
              {text}
            </button>
          ))}
        </fieldset>
      )}
      {figures && (
        <dl className={styles['figures']}>
          {figures.map(({ name, text }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd title={text}>{text}</dd>
            </div>
          ))}
        </dl>
      )}
      {profile && profile.bins.length > 0 && (
        <figure className={styles['chart']}>
          <Distribution profile={profile} rows={rows} height={64} />
          <figcaption>
            <span>{profile.minimum}</span>
            <span>{profile.maximum}</span>
          </figcaption>
        </figure>
      )}
      {profile && profile.top.length > 0 && (
        <table className={styles['top']}>
          <caption>{t('editor.profile.top')}</caption>
          <tbody>
            {profile.top.map(({ value, count }) => (
              <tr key={value}>
                <th scope="row" title={value}>
                  {value === '' ? <i>{t('editor.data.emptyCell')}</i> : value}
                </th>
                <td className={styles['share']}>
                  <span style={{ width: `${(count / most) * 100}%` }} />
                </td>
                <td>{format.number(count)}</td>
                <td>{share(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <ColumnActions column={column.name} onDone={onDone} />
      {onRemove && (
        <button type="button" className={styles['remove']} onClick={onRemove}>
          <IconTrash size={14} aria-hidden />
          {t('editor.pin.removeColumn')}
        </button>
      )}
    </div>
  )
}
