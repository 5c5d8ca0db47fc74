import { Button, Switch, Textarea, TextInput } from '@mantine/core'
import { fieldsOf, isShown, nodeKinds } from '@millrace/engine'
import { useMemo } from 'react'
import { useDocument } from '../../../editor/document-store.ts'
import { columnsAt, useInference } from '../../../editor/inference.ts'
import { readingChanged } from '../../../editor/source-columns.ts'
import { useView } from '../../../editor/view-store.ts'
import { useText } from '../../../i18n/index.ts'
import { CursorPanel } from './cursor/CursorPanel.tsx'
import { FieldGroup } from './FieldGroup.tsx'
import { FieldProblem } from './FieldProblem.tsx'
import { type FormContents, FormContext } from './field-context.ts'
import { GuardField } from './GuardField.tsx'
import styles from './inspector.module.css'
import { RetryField } from './RetryField.tsx'
import { SettingField } from './SettingField.tsx'

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
        <Switch
          size="sm"
          label={t('approval.label')}
          description={t('approval.help')}
          checked={flow.requiresApproval ?? false}
          onChange={(event) => setHeader({ requiresApproval: event.currentTarget.checked || undefined })}
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
  const usesConnection = fields.some(
    (field) => field.name === 'connection' && isShown(field, fields, node.settings),
  )
  const elsewhere = (found ?? []).filter(
    ({ location }) =>
      !location.field ||
      !fields.some(({ name }) => location.field === name || location.field?.startsWith(`${name}.`)),
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
            <FieldProblem key={`${problem.code} ${problem.location.port}`} problem={problem} />
          ))}
          <FieldGroup
            fields={fields}
            prefix=""
            values={node.settings}
            Field={SettingField}
            onChange={(name, value) => {
              // From the store: two fields may change within one render.
              const now = useDocument.getState().flow.nodes.find((item) => item.id === nodeId)?.settings
              setSettings(nodeId, { ...now, [name]: value }, name)
              readingChanged(nodeId, name)
            }}
          />
          {node.settings['mode'] === 'incremental' && <CursorPanel />}
          <GuardField node={node} />
          {usesConnection && <RetryField node={node} />}
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
