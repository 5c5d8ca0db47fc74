import { ActionIcon, Tooltip } from '@mantine/core'
import { kindOf, type Problem } from '@millrace/engine'
import { IconArrowsMaximize } from '@tabler/icons-react'
import { useState } from 'react'
import { useText } from '../../../i18n/index.ts'
import { ExpressionDialog } from './ExpressionDialog.tsx'
import { ExpressionResult } from './ExpressionResult.tsx'
import { functionAround } from './expression-completion.ts'
import { useForm } from './field-context.ts'
import { NearCodeField } from './NearCodeField.tsx'
import styles from './rules.module.css'
import { useEvaluation } from './use-evaluation.ts'

interface Props {
  readonly value: string
  readonly name: string
  /** An input port of the node; its first when none is named. */
  readonly input: string | undefined
  /** A DuckDB type. */
  readonly expects: string | undefined
  readonly problems: readonly Problem[]
  readonly placeholder?: string
  readonly onChange: (value: string) => void
}

/** An expression with help while it is typed, and what it gives for the first rows. */
export function ExpressionField({ value, name, input, expects, problems, placeholder, onChange }: Props) {
  const { t, language } = useText()
  const { nodeId, kind, settings, columns } = useForm()
  const [cursor, setCursor] = useState<number | undefined>()
  const [isLarge, setLarge] = useState(false)
  const port = input ?? kind.inputs(settings)[0]?.name ?? 'in'
  const evaluation = useEvaluation(
    { nodeId, port, expression: value, expects, limit: 3 },
    cursor !== undefined,
  )
  const help = cursor === undefined ? undefined : functionAround(value, cursor)
  const hint =
    placeholder ?? (expects ? t('editor.field.expects', { type: t(`editor.kind.${kindOf(expects)}`) }) : '')
  return (
    <div className={styles['expression']}>
      <NearCodeField
        value={value}
        name={name}
        columns={columns(input)}
        problems={problems}
        placeholder={hint}
        onChange={onChange}
        onCursor={setCursor}
      />
      <Tooltip label={t('editor.rules.open')}>
        <ActionIcon
          className={styles['enlarge']}
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={t('editor.rules.openOf', { name })}
          onClick={() => setLarge(true)}
        >
          <IconArrowsMaximize size={13} />
        </ActionIcon>
      </Tooltip>
      {help && (
        <div className={styles['hint']}>
          <code>{help.signature}</code> {help.summary[language]}
        </div>
      )}
      {cursor !== undefined && problems.length === 0 && (
        <ExpressionResult evaluation={evaluation} expression={value} most={1} />
      )}
      {isLarge && (
        <ExpressionDialog
          value={value}
          name={name}
          input={input}
          expects={expects}
          problems={problems}
          placeholder={hint}
          onChange={onChange}
          onClose={() => setLarge(false)}
        />
      )}
    </div>
  )
}
