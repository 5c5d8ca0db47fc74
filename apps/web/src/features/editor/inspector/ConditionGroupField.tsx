import { ActionIcon, Button, SegmentedControl } from '@mantine/core'
import type { ConditionGroup } from '@millrace/engine'
import { IconFolderPlus, IconPlus, IconX } from '@tabler/icons-react'
import { useText } from '../../../i18n/index.ts'
import { useRowKeys } from '../row-keys.ts'
import { ConditionRow, type ConditionRowProps } from './ConditionRow.tsx'
import styles from './inspector.module.css'
import type { OfferedValue } from './use-arriving.ts'

/** Groups within groups are hard to read long before they are hard to compute. */
const deepest = 4

const emptyCondition = { column: '', operator: 'equals' as const, values: [] }

const countOf = ({ conditions, groups = [] }: ConditionGroup): number =>
  groups.reduce((sum, inner) => sum + countOf(inner), conditions.length)

interface Props {
  readonly group: ConditionGroup
  /** As problems are located: `where`, `where.groups.0`. */
  readonly path: string
  /** How many conditions stand before those of the group. */
  readonly before?: number
  readonly depth?: number
  readonly columns: ConditionRowProps['columns']
  readonly offered: (column: string) => readonly OfferedValue[]
  readonly isFaulty: (path: string) => boolean
  readonly onChange: (group: ConditionGroup) => void
}

/** Conditions and groups of conditions, all of which or any of which must hold. */
export function ConditionGroupField({ group, path, before = 0, depth = 0, onChange, ...shared }: Props) {
  const { t } = useText()
  const { columns, offered, isFaulty } = shared
  const groups = group.groups ?? []
  const rows = useRowKeys(group.conditions.length)
  const inner = useRowKeys(groups.length)
  const putGroups = (next: readonly ConditionGroup[]) => {
    const { groups: _, ...rest } = group
    onChange(next.length > 0 ? { ...rest, groups: [...next] } : rest)
  }
  const starts = groups.map((_, index) =>
    groups.slice(0, index).reduce((sum, one) => sum + countOf(one), before + group.conditions.length),
  )
  return (
    <div className={styles['rows']}>
      {group.conditions.length + groups.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label={t('editor.conditions.combine')}
          value={group.combine}
          onChange={(combine) => onChange({ ...group, combine })}
          data={[
            { value: 'and', label: t('editor.conditions.and') },
            { value: 'or', label: t('editor.conditions.or') },
          ]}
        />
      )}
      {group.conditions.map((condition, index) => (
        <div key={rows.keys[index]} className={styles['row']}>
          <ConditionRow
            condition={condition}
            number={before + index + 1}
            columns={columns}
            offered={offered(condition.column)}
            faulty={isFaulty(`${path}.conditions.${index}`)}
            onChange={(next) => onChange({ ...group, conditions: group.conditions.with(index, next) })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t('editor.rows.remove', { number: before + index + 1 })}
            onClick={() => {
              rows.remove(index)
              onChange({ ...group, conditions: group.conditions.toSpliced(index, 1) })
            }}
          >
            <IconX size={14} />
          </ActionIcon>
        </div>
      ))}
      {groups.map((one, index) => (
        <fieldset
          key={inner.keys[index]}
          className={styles['group']}
          aria-label={t('editor.rules.groupOf', { number: index + 1 })}
        >
          <div className={styles['groupHead']}>
            <span>{t('editor.rules.group')}</span>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={t('editor.rules.removeGroup', { number: index + 1 })}
              onClick={() => {
                inner.remove(index)
                putGroups(groups.toSpliced(index, 1))
              }}
            >
              <IconX size={14} />
            </ActionIcon>
          </div>
          <ConditionGroupField
            {...shared}
            group={one}
            path={`${path}.groups.${index}`}
            before={starts[index] ?? 0}
            depth={depth + 1}
            onChange={(next) => putGroups(groups.with(index, next))}
          />
        </fieldset>
      ))}
      <div className={styles['suggestions']}>
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange({ ...group, conditions: [...group.conditions, emptyCondition] })}
        >
          {t('editor.conditions.add')}
        </Button>
        {depth < deepest && (
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<IconFolderPlus size={14} />}
            onClick={() =>
              putGroups([
                ...groups,
                { combine: group.combine === 'and' ? 'or' : 'and', conditions: [emptyCondition] },
              ])
            }
          >
            {t('editor.rules.addGroup')}
          </Button>
        )}
      </div>
    </div>
  )
}
