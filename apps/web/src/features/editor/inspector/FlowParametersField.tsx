import { TextInput } from '@mantine/core'
import { useText } from '../../../i18n/index.ts'
import type { WidgetProps } from './field-context.ts'
import styles from './inspector.module.css'
import { textsOfRecord, useUsedFlow } from './SubflowField.tsx'

/** Values for the parameters of the flow that the node stands for; empty takes the flow's own default. */
export function FlowParametersField({ value, path, problems, onChange }: WidgetProps<'flowParameters'>) {
  const { t } = useText()
  const parameters = useUsedFlow()?.parameters ?? []
  const given = textsOfRecord(value)
  if (parameters.length === 0) return <p className={styles['help']}>{t('editor.subflow.noParameters')}</p>
  return (
    <div className={styles['subflow']}>
      {parameters.map(({ name, type, default: initial, description }) => (
        <TextInput
          key={name}
          size="sm"
          label={name}
          description={description || type}
          placeholder={initial}
          value={given[name] ?? ''}
          error={problems.some(({ location }) => location.field === `${path}.${name}`)}
          onChange={(event) => {
            const { [name]: _, ...others } = given
            const text = event.currentTarget.value
            onChange(text === '' ? others : { ...others, [name]: text })
          }}
        />
      ))}
    </div>
  )
}
