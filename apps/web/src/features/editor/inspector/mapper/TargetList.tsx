import { ActionIcon, TextInput } from '@mantine/core'
import { kindOf, type MappingProposal, type Problem } from '@millrace/engine'
import {
  IconAlertCircle,
  IconCheck,
  IconLinkOff,
  IconMathFunction,
  IconSearch,
  IconX,
} from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useText } from '../../../../i18n/index.ts'
import { KindMark } from '../../data/KindMark.tsx'
import { useRowKeys } from '../../row-keys.ts'
import { ConvertMenu } from './ConvertMenu.tsx'
import styles from './mapper.module.css'
import { isMismatch, type Link, type MapRow } from './mapping.ts'

/** A new column with all that the dialog says of it. */
export interface TargetRow extends MapRow {
  readonly link: Link
  /** Types as DuckDB spells them: of the value, and as wanted by a file; undefined where not known. */
  readonly actual: string | undefined
  readonly wanted: string | undefined
  /** The table that it is written to takes no row without it. */
  readonly isMandatory: boolean
  readonly problems: readonly Problem[]
  readonly proposal: MappingProposal | undefined
  readonly proposed: string | undefined
  /** A Convert node can be put before, or takes one conversion more. */
  readonly canPutBefore: boolean
}

interface Props {
  readonly rows: readonly TargetRow[]
  readonly selected: number | undefined
  readonly tools: ReactNode
  /** What has to be said of all of them. */
  readonly notice: ReactNode
  readonly onSelect: (index: number) => void
  readonly onRename: (index: number, name: string) => void
  readonly onRemove: (index: number) => void
  readonly onUnlink: (index: number) => void
  readonly onConvert: (index: number, type: string) => void
  readonly onConvertBefore: (index: number, type: string) => void
  readonly onAccept: (index: number) => void
}

/** The new columns: what each is made of, what is missing or does not fit, and what is proposed. */
export function TargetList({ rows, selected, tools, notice, onSelect, ...act }: Props) {
  const { t, label } = useText()
  const [search, setSearch] = useState('')
  const identity = useRowKeys(rows.length)
  const wanted = search.trim().toLowerCase()
  const state = (row: TargetRow, index: number) => {
    const { name, link, actual, proposal, proposed } = row
    const [problem] = row.problems
    if (proposal && proposed !== undefined)
      return (
        <>
          <span className={styles['tag']} data-kind="proposed">
            {proposed} · {t('editor.rules.map.confidence', { share: Math.round(proposal.confidence * 100) })}
          </span>
          <ActionIcon
            size="sm"
            variant="light"
            aria-label={t('editor.rules.map.acceptOne', { source: proposed, target: name })}
            onClick={() => act.onAccept(index)}
          >
            <IconCheck size={14} />
          </ActionIcon>
        </>
      )
    if (link.how === 'nothing')
      return (
        <span className={styles['tag']} data-kind={row.isMandatory ? 'wrong' : 'missing'}>
          {t(row.isMandatory ? 'editor.rules.map.mandatory' : 'editor.rules.map.unmapped')}
        </span>
      )
    if (problem)
      return (
        <span className={styles['tag']} data-kind="wrong" title={label(problem.message)}>
          <IconAlertCircle size={12} aria-hidden /> {label(problem.message)}
        </span>
      )
    if (actual !== undefined && row.wanted !== undefined && isMismatch(actual, row.wanted)) {
      const to = t(`editor.kind.${kindOf(row.wanted)}`)
      const type = row.wanted
      return (
        <>
          <span className={styles['tag']} data-kind="missing">
            {t('editor.rules.map.mismatch', { from: t(`editor.kind.${kindOf(actual)}`), to })}
          </span>
          {link.how === 'copy' && (
            <ConvertMenu
              label={t('editor.rules.map.convertOf', { target: name, to })}
              canPutBefore={row.canPutBefore}
              onCast={() => act.onConvert(index, type)}
              onBefore={() => act.onConvertBefore(index, type)}
            />
          )}
        </>
      )
    }
    if (link.how === 'calculation')
      return (
        <span className={styles['tag']} title={row.expression}>
          <IconMathFunction size={12} aria-hidden /> {t('editor.rules.map.calculated')}
        </span>
      )
    return <span className={styles['tag']}>{link.sources[0]}</span>
  }
  return (
    <section className={styles['side']} aria-label={t('editor.rules.map.targets')}>
      <div className={styles['sideHead']}>
        <h3>{t('editor.rules.map.targets')}</h3>
        {tools}
      </div>
      <TextInput
        size="xs"
        aria-label={t('editor.rules.map.searchTargets')}
        placeholder={t('editor.rules.map.searchTargets')}
        leftSection={<IconSearch size={14} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {notice}
      <ul className={styles['list']} data-list>
        {rows.length === 0 && <li className={styles['quiet']}>{t('editor.rules.map.noTargets')}</li>}
        {rows.map((row, index) =>
          row.name.toLowerCase().includes(wanted) ? (
            <li
              key={identity.keys[index]}
              className={styles['item']}
              data-target={index}
              data-selected={selected === index || undefined}
            >
              <button
                type="button"
                className={styles['dot']}
                data-linked={row.link.how !== 'nothing' || undefined}
                aria-pressed={selected === index}
                aria-label={row.name}
                onClick={() => onSelect(index)}
              />
              {row.actual !== undefined && <KindMark kind={kindOf(row.actual)} />}
              <TextInput
                className={styles['name']}
                variant="unstyled"
                size="xs"
                aria-label={t('editor.rules.map.newName')}
                value={row.name}
                onChange={(event) => act.onRename(index, event.currentTarget.value)}
              />
              {state(row, index)}
              {row.link.how !== 'nothing' && (
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="gray"
                  aria-label={t('editor.rules.map.unlink', { target: row.name })}
                  onClick={() => act.onUnlink(index)}
                >
                  <IconLinkOff size={14} />
                </ActionIcon>
              )}
              <ActionIcon
                size="sm"
                variant="subtle"
                color="gray"
                aria-label={t('editor.rules.map.remove', { target: row.name })}
                onClick={() => {
                  identity.remove(index)
                  act.onRemove(index)
                }}
              >
                <IconX size={14} />
              </ActionIcon>
            </li>
          ) : null,
        )}
      </ul>
    </section>
  )
}
