import { Anchor, Button } from '@mantine/core'
import { type Flow, inputsOfFlow, outputsOfFlow, type UsedFlow, usedFlow } from '@millrace/engine'
import { IconArrowUp, IconExternalLink } from '@tabler/icons-react'
import { Link } from 'react-router'
import { call } from '../../../api/client.ts'
import { useFlows } from '../../../api/queries.ts'
import { useText } from '../../../i18n/index.ts'
import { textOf, useForm, type WidgetProps } from './field-context.ts'
import styles from './inspector.module.css'

const portsOf = (content: Flow) => ({
  'editor.subflow.inputs': inputsOfFlow(content),
  'editor.subflow.outputs': outputsOfFlow(content),
})

/** Which flow a node stands for, in which version; a newer one is taken by a click. */
export function SubflowField({ value, onChange }: WidgetProps<'subflow'>) {
  const { t } = useText()
  const { nodeId } = useForm()
  const flows = useFlows()
  const parsed = usedFlow.safeParse(value)
  if (!parsed.success) return <p className={styles['help']}>{t('editor.subflow.none')}</p>
  const { flow, version, content } = parsed.data
  const stored = flows.data?.find(({ id }) => id === flow)
  const newest = stored?.publishedVersion ?? version
  const take = async () => {
    const newer = await call('getVersion', { params: { id: flow, version: String(newest) } })
    onChange({ flow, version: newest, content: newer } satisfies UsedFlow)
  }
  return (
    <div className={styles['subflow']}>
      <div className={styles['subflowHead']}>
        <strong>{content.name}</strong>
        <span className={styles['help']}>{t('editor.subflow.version', { version })}</span>
      </div>
      {Object.entries(portsOf(content)).map(([key, ports]) =>
        ports.length === 0 ? null : (
          <p key={key} className={styles['help']}>
            {t(key as keyof ReturnType<typeof portsOf>, {
              ports: ports
                .map(({ name, columns }) =>
                  columns.length === 0
                    ? name
                    : `${name} (${columns.map((column) => column.name).join(', ')})`,
                )
                .join(', '),
            })}
          </p>
        ),
      )}
      {newest > version && (
        <Button
          size="xs"
          variant="light"
          leftSection={<IconArrowUp size={14} aria-hidden />}
          onClick={() => void take()}
        >
          {t('editor.subflow.take', { version: newest })}
        </Button>
      )}
      {stored ? (
        <Anchor component={Link} to={`/flows/${flow}`} size="sm" data-open-subflow={nodeId}>
          <IconExternalLink size={14} aria-hidden /> {t('editor.subflow.open')}
        </Anchor>
      ) : (
        flows.data && <p className={styles['help']}>{t('editor.subflow.gone')}</p>
      )}
    </div>
  )
}

/** The flow that the node of the form stands for. */
export function useUsedFlow(): Flow | undefined {
  const parsed = usedFlow.safeParse(useForm().settings['uses'])
  return parsed.success ? parsed.data.content : undefined
}

export const textsOfRecord = (value: unknown): Record<string, string> =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, text]) => [name, textOf(text)]))
    : {}
