import { nodeKinds } from '@millrace/engine'
import { useEffect } from 'react'
import { useDocument } from '../../../editor/document-store.ts'
import { useInference } from '../../../editor/inference.ts'
import { useRun } from '../../../editor/run-store.ts'
import { useView } from '../../../editor/view-store.ts'
import { useText } from '../../../i18n/index.ts'
import styles from './data.module.css'
import { type PortChoice, PortRows } from './PortRows.tsx'
import { ProblemList } from './ProblemList.tsx'
import { RunSummaryPane } from './RunSummaryPane.tsx'

/** What lies under the canvas: rows of the selected node, problems of the flow, the run. */
export function DataPane() {
  const { t } = useText()
  const tab = useView((state) => state.dataTab)
  const openTab = useView((state) => state.openTab)
  const problems = useInference((state) => state.problems)
  const status = useRun((state) => state.status)
  const hasErrors = problems.some((problem) => problem.severity === 'error')
  useEffect(() => {
    if (status === null && tab === 'run') openTab('output')
  }, [status, tab, openTab])
  const tabs = [
    { id: 'output' as const, text: t('editor.data.title') },
    { id: 'problems' as const, text: t('editor.problems.tab') },
    ...(status === null ? [] : [{ id: 'run' as const, text: t('editor.run.tab') }]),
  ]
  return (
    <div className={styles['pane']}>
      <div className={styles['tabs']} role="tablist" aria-label={t('editor.data.title')}>
        {tabs.map(({ id, text }) => (
          <button
            key={id}
            type="button"
            role="tab"
            aria-selected={tab === id}
            className={styles['tab']}
            onClick={() => openTab(id)}
          >
            {text}
            {id === 'problems' && problems.length > 0 && (
              <span className={styles['count']} data-severity={hasErrors ? 'error' : 'warning'}>
                {problems.length}
              </span>
            )}
          </button>
        ))}
      </div>
      <div className={styles['body']}>
        {tab === 'output' && <SelectedRows />}
        {tab === 'problems' && <ProblemList />}
        {tab === 'run' && <RunSummaryPane />}
      </div>
    </div>
  )
}

function SelectedRows() {
  const { t, label } = useText()
  const selected = useView((state) => state.nodes)
  const flow = useDocument((state) => state.flow)
  const node = selected.length === 1 ? flow.nodes.find(({ id }) => id === selected[0]) : undefined
  const kind = node && nodeKinds.get(node.kind)
  if (!node || !kind) return <p className={styles['note']}>{t('editor.data.select')}</p>
  if (node.disabled) return <p className={styles['note']}>{t('editor.data.disabled')}</p>
  const inputs = kind.inputs(node.settings).map((port) => ({
    port,
    edges: flow.edges.filter((edge) => edge.to.node === node.id && edge.to.port === port.name),
  }))
  const outputs = kind.outputs(node.settings)
  return (
    <>
      {inputs.length > 0 && (
        <PortRows
          key={`in ${node.id}`}
          title={t('editor.data.input')}
          isOutput={false}
          ports={inputs.flatMap(({ port, edges }): PortChoice[] =>
            edges.length === 0
              ? [{ id: port.name, text: label(port.label), at: undefined }]
              : edges.map((edge) => ({
                  id: `${port.name} ${edge.from.node} ${edge.from.port}`,
                  text: inputs.length > 1 ? label(port.label) : edges.length > 1 ? edge.from.node : '',
                  at: { nodeId: edge.from.node, port: edge.from.port },
                })),
          )}
        />
      )}
      {outputs.length > 0 && (
        <PortRows
          key={`out ${node.id}`}
          title={t('editor.data.output')}
          isOutput
          ports={outputs.map((port) => ({
            id: port.name,
            text: outputs.length > 1 ? label(port.label) : '',
            at: { nodeId: node.id, port: port.name },
          }))}
        />
      )}
    </>
  )
}
