import { SegmentedControl } from '@mantine/core'
import {
  asksNothing,
  type ConditionGroup,
  conditionGroup,
  readConditions,
  textOfConditions,
} from '@millrace/engine'
import { useState } from 'react'
import { useText } from '../../../i18n/index.ts'
import { ConditionGroupField } from './ConditionGroupField.tsx'
import { ExpressionField } from './ExpressionField.tsx'
import { textOf, useForm, type WidgetProps } from './field-context.ts'
import styles from './inspector.module.css'
import { siblingPath, valueAt, withValuesAt } from './setting-path.ts'
import { offeredValues, useArriving } from './use-arriving.ts'

const nothing: ConditionGroup = { combine: 'and', conditions: [] }

/** What a text written by hand was stored as; it is shown as written for as long as that stands. */
interface Draft {
  readonly text: string
  readonly stored: string
}

/**
 * A rule, built of conditions or written as code. Both are views of the same: what the code says is kept
 * as conditions wherever they can say it, else as the expression beside them.
 */
export function ConditionsField({ meta, path, name, value, problems, onChange }: WidgetProps<'conditions'>) {
  const { t, label } = useText()
  const { nodeId, kind, settings, setAll, columns } = useForm()
  const [draft, setDraft] = useState<Draft | undefined>()
  const [wantsCode, setWantsCode] = useState(false)
  const preview = useArriving(nodeId, meta.input)
  const parsed = conditionGroup.safeParse(value)
  const group = parsed.success ? parsed.data : nothing
  const arriving = columns(meta.input)
  const beside = meta.code === undefined ? undefined : siblingPath(path, meta.code)
  const expression = beside === undefined ? '' : textOf(valueAt(settings, beside))
  const stored = JSON.stringify([group, expression])
  const isCalculated = asksNothing(group) && expression.trim() !== ''
  const reading = isCalculated ? readConditions(expression, arriving) : undefined
  const onlyCode = reading !== undefined && !reading.ok
  const isCode = wantsCode || onlyCode
  const put = (next: ConditionGroup, code: string) => {
    if (beside === undefined) onChange(next)
    else setAll(withValuesAt(settings, { [path]: next, [beside]: code }))
  }

  const conditions = textOfConditions(group, arriving)
  const both = conditions !== '' && expression.trim() !== ''
  const written = both ? `(${conditions})\nAND (${expression})` : conditions || expression
  const write = (text: string) => {
    const read = readConditions(text, arriving)
    if (!read.ok && beside === undefined) return setDraft({ text, stored })
    const [next, code] = read.ok ? [read.group, ''] : [nothing, text]
    setDraft({ text, stored: JSON.stringify([next, code]) })
    put(next, code)
  }
  const shownText = draft?.stored === stored ? draft.text : written
  const shownReading = isCode ? readConditions(shownText, arriving) : undefined

  const build = () => {
    if (reading?.ok) put(reading.group, '')
    setDraft(undefined)
    setWantsCode(false)
  }
  const isFaulty = (place: string) =>
    problems.some(({ location }) => location.field === place || location.field?.startsWith(`${place}.`))
  return (
    <div className={styles['rows']}>
      {/* The system of a source has a language of its own. */}
      {kind.role !== 'source' && (
        <SegmentedControl
          className={styles['views']}
          size="xs"
          aria-label={t('editor.rules.view')}
          value={isCode ? 'code' : 'builder'}
          onChange={(view) => (view === 'code' ? setWantsCode(true) : build())}
          data={[
            { value: 'builder', label: t('editor.rules.builder'), disabled: onlyCode },
            { value: 'code', label: t('editor.rules.code') },
          ]}
        />
      )}
      {isCode ? (
        <>
          <ExpressionField
            value={shownText}
            name={name}
            input={meta.input}
            expects="BOOLEAN"
            problems={both ? [] : problems}
            onChange={write}
          />
          {shownReading && !shownReading.ok && shownText.trim() !== '' && (
            <p className={styles['help']} role="status">
              {t(beside === undefined ? 'editor.rules.notConditions' : 'editor.rules.onlyCode', {
                reason: label(shownReading.reason),
              })}
            </p>
          )}
        </>
      ) : (
        <ConditionGroupField
          group={group}
          path={path}
          columns={arriving}
          offered={(column) => offeredValues(preview?.profile ?? [], column)}
          isFaulty={isFaulty}
          onChange={onChange}
        />
      )}
      {!isCode && expression.trim() !== '' && beside !== undefined && (
        <div className={styles['group']}>
          <div className={styles['groupHead']}>{t('editor.rules.andCode')}</div>
          <ExpressionField
            value={expression}
            name={t('editor.rules.andCode')}
            input={meta.input}
            expects="BOOLEAN"
            problems={problems.filter(({ location }) => location.field === beside)}
            onChange={(code) => setAll(withValuesAt(settings, { [beside]: code }))}
          />
        </div>
      )}
    </div>
  )
}
