import { Button, Switch, Textarea, TextInput } from '@mantine/core'
import { fieldsOf, nodeKinds } from '@millrace/engine'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useDocument } from '../../../editor/document-store.ts'
import { columnsAt, useInference } from '../../../editor/inference.ts'
import { useView } from '../../../editor/view-store.ts'
import { useText } from '../../../i18n/index.ts'
import { type FormContents, FormContext } from './field-context.ts'
import styles from './inspector.module.css'
import { FieldProblem, SettingField } from './SettingField.tsx'

/** The settings of the selected node, as a form that its spec describes. */
export function Inspector() {
  const { t } = useText()
  const selected = useView((state) => state.nodes)
  const [only] = selected
  if (selected.length === 0 || only === undefined) return <FlowSettings />
  if (selected.length > 1)
    return <p className={styles['empty']}>{t('editor.inspector.several', { count: selected.length })}</p>
  return <NodeForm key={only} nodeId={only} />
}

function FlowSettings() {
  const { t } = useText()
  const flow = useDocument((state) => state.flow)
  const setHeader = useDocument((state) => state.setHeader)
  const show = useView((state) => state.show)
  return (
    <div className={styles['pane']}>
      <div className={styles['head']}>
        <strong>{t('editor.inspector.flow')}</strong>
        <p className={styles['summary']}>{t('editor.inspector.selectHint')}</p>
      </div>
      <div className={styles['body']}>
        <Textarea
          label={t('editor.inspector.description')}
          autosize
          minRows={3}
          value={flow.description}
          onChange={(event) => setHeader({ description: event.currentTarget.value }, 'description')}
        />
        <div>
          <span className={styles['label']}>{t('editor.parameters.title')}</span>
          <p className={styles['help']}>
            {flow.parameters.length === 0
              ? t('editor.parameters.help')
              : flow.parameters.map(({ name }) => `\${${name}}`).join(', ')}
          </p>
          <Button size="xs" variant="default" onClick={() => show('parameters')}>
            {t('editor.parameters.edit')}
          </Button>
        </div>
      </div>
    </div>
  )
}

function NodeForm({ nodeId }: { nodeId: string }) {
  const { t, label, language } = useText()
  const flow = useDocument((state) => state.flow)
  const { setSettings, rename, setNote, toggleDisabled } = useDocument.getState()
  const ports = useInference((state) => state.ports)
  const found = useInference((state) => state.byNode.get(nodeId))
  const focus = useView((state) => state.focus)
  const [more, setMore] = useState(false)
  const node = flow.nodes.find((item) => item.id === nodeId)
  const kind = node && nodeKinds.get(node.kind)
  const fields = useMemo(() => (kind ? fieldsOf(kind.settings) : []), [kind])
  const form = useMemo(
    (): FormContents | undefined =>
      node &&
      kind && {
        nodeId,
        kind,
        settings: node.settings,
        problems: found ?? [],
        columns: (input) => columnsAt(flow, ports, nodeId, input),
        setAll: (settings) => setSettings(nodeId, settings, 'all'),
      },
    [node, kind, nodeId, found, flow, ports, setSettings],
  )
  if (!node) return null
  if (!form || !kind) return <p className={styles['empty']}>{t('editor.card.unknown')}</p>
  const visible = fields.filter(
    ({ meta: { when } }) => !when || when.is.some((wanted) => wanted === node.settings[when.field]),
  )
  const basic = visible.filter(({ meta }) => !meta.advanced)
  const advanced = visible.filter(({ meta }) => meta.advanced)
  const isOpen =
    more || advanced.some(({ name }) => focus?.field === name || focus?.field.startsWith(`${name}.`))
  const elsewhere = (found ?? []).filter(
    ({ location }) =>
      !location.field ||
      !fields.some(({ name }) => location.field === name || location.field?.startsWith(`${name}.`)),
  )
  const setting = (field: (typeof fields)[number]) => (
    <SettingField
      key={field.name}
      field={field}
      path={field.name}
      value={node.settings[field.name]}
      onChange={(value) => {
        // From the store: two fields may change within one render.
        const now = useDocument.getState().flow.nodes.find((item) => item.id === nodeId)?.settings
        setSettings(nodeId, { ...now, [field.name]: value }, field.name)
      }}
    />
  )
  return (
    <FormContext value={form}>
      <div className={styles['pane']}>
        <div className={styles['head']}>
          <TextInput
            aria-label={t('editor.inspector.name')}
            size="sm"
            value={node.label}
            placeholder={label(kind.label)}
            onChange={(event) => rename(nodeId, event.currentTarget.value.slice(0, 200))}
          />
          <p className={styles['summary']}>{label(kind.summary)}</p>
        </div>
        <div className={styles['body']}>
          {elsewhere.map((problem) => (
            <FieldProblem
              key={`${problem.code} ${problem.location.port}`}
              problem={problem}
              value={undefined}
              onChange={undefined}
            />
          ))}
          {basic.map(setting)}
          {advanced.length > 0 && (
            <Button
              size="compact-sm"
              variant="subtle"
              color="gray"
              justify="flex-start"
              aria-expanded={isOpen}
              leftSection={isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
              onClick={() => setMore(!isOpen)}
            >
              {t('editor.inspector.more')}
            </Button>
          )}
          {isOpen && advanced.map(setting)}
          {kind.role === 'target' && <p className={styles['help']}>{kind.end.guaranteeNote[language]}</p>}
          <Textarea
            label={t('editor.inspector.note')}
            size="sm"
            autosize
            minRows={1}
            value={node.note}
            onChange={(event) => setNote(nodeId, event.currentTarget.value)}
          />
          <Switch
            size="sm"
            label={t('editor.inspector.enabled')}
            checked={!node.disabled}
            onChange={() => toggleDisabled([nodeId])}
          />
        </div>
      </div>
    </FormContext>
  )
}
