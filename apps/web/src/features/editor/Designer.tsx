import { Kbd, Menu } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { nodeKinds } from '@millrace/engine'
import { type ReactNode, useMemo, useState } from 'react'
import { FlowCanvas } from '../../canvas/index.ts'
import { type Command, commands, shortcutText } from '../../editor/commands.ts'
import { useDocument } from '../../editor/document-store.ts'
import { useInference } from '../../editor/inference.ts'
import { resizePane, usePaneSizes } from '../../editor/pane-sizes.ts'
import { useRun } from '../../editor/run-store.ts'
import { useView } from '../../editor/view-store.ts'
import { useText } from '../../i18n/index.ts'
import { DataPane } from './data/DataPane.tsx'
import styles from './editor.module.css'
import { Inspector } from './inspector/Inspector.tsx'
import { isMac } from './Overlays.tsx'
import { Palette } from './Palette.tsx'
import { Splitter } from './Splitter.tsx'
import type { Actions } from './use-actions.tsx'

/** Palette, canvas, settings and data, each as wide or high as the person likes. */
export function Designer({ actions, children }: { actions: Actions; children: ReactNode }) {
  const { t } = useText()
  const { palette, inspector, data } = useView()
  const { ref, width, height } = useElementSize()
  const sizes = usePaneSizes()
  const narrow = width > 0 && width < 1100
  const left = Math.min(sizes.palette, narrow ? 176 : 360)
  const right = Math.min(sizes.inspector, narrow ? 304 : 640)
  const below = Math.min(sizes.data, Math.max(120, height - 200))
  const tracks = [
    ...(palette ? [`${left}px 1px`] : []),
    'minmax(0, 1fr)',
    ...(inspector ? [`1px ${right}px`] : []),
  ]
  return (
    <div ref={ref} className={styles['body']} style={{ gridTemplateColumns: tracks.join(' ') }}>
      {palette && (
        <>
          <section className={styles['pane']} aria-label={t('editor.palette.title')}>
            <Palette onAdd={actions.add} />
          </section>
          <Splitter
            pane={t('editor.palette.title')}
            orientation="vertical"
            size={left}
            min={160}
            max={360}
            after={false}
            onSize={(size) => resizePane('palette', size)}
          />
        </>
      )}
      <div
        className={styles['center']}
        style={{ gridTemplateRows: data ? `minmax(0, 1fr) 1px ${below}px` : 'minmax(0, 1fr)' }}
      >
        <div className={styles['canvas']}>
          <EditCanvas actions={actions} />
          {children}
        </div>
        {data && (
          <>
            <Splitter
              pane={t('editor.data.title')}
              orientation="horizontal"
              size={below}
              min={120}
              max={640}
              after
              onSize={(size) => resizePane('data', size)}
            />
            <section className={styles['pane']} aria-label={t('editor.data.title')}>
              <DataPane />
            </section>
          </>
        )}
      </div>
      {inspector && (
        <>
          <Splitter
            pane={t('editor.inspector.title')}
            orientation="vertical"
            size={right}
            min={264}
            max={640}
            after
            onSize={(size) => resizePane('inspector', size)}
          />
          <section className={styles['pane']} aria-label={t('editor.inspector.title')}>
            <Inspector />
          </section>
        </>
      )}
    </div>
  )
}

function EditCanvas({ actions }: { actions: Actions }) {
  const { label } = useText()
  const flow = useDocument((state) => state.flow)
  const problems = useInference((state) => state.byNode)
  const { nodes, edges, renaming, select, rename, show } = useView()
  const runs = useRun((state) => state.nodes)
  const runId = useRun((state) => state.runId)
  const [menu, setMenu] = useState<{ x: number; y: number }>()
  const act = useMemo(() => useDocument.getState(), [])
  const inMenu = commands.filter(
    (item) => item.group === 'edit' || item.id === 'arrange' || item.id === 'fit',
  )
  return (
    <>
      <FlowCanvas
        flow={flow}
        problems={problems}
        runs={runId === null ? undefined : runs}
        selectedNodes={nodes}
        selectedEdges={edges}
        renaming={renaming}
        onSelect={select}
        onMove={act.move}
        onConnect={act.connect}
        onRefuse={actions.refuse}
        onReady={actions.ready}
        onAddAfter={(from) => show('add', from)}
        onRename={(id, name) => {
          rename(null)
          const node = useDocument.getState().flow.nodes.find((item) => item.id === id)
          const kind = node && nodeKinds.get(node.kind)
          // The name of the kind is what a node without a name is called.
          if (node) act.rename(id, kind && name === label(kind.label) ? '' : name.slice(0, 200))
        }}
        onDropKind={(kindName, place, edge) => {
          const kind = nodeKinds.get(kindName)
          if (!kind) return
          select([edge ? act.insertNode(kind, place, edge) : act.addNode(kind, place)])
        }}
        onMenu={(at, nodeId) => {
          if (nodeId !== undefined && !nodes.includes(nodeId)) select([nodeId])
          setMenu(at)
        }}
      />
      <Menu
        opened={menu !== undefined}
        onClose={() => setMenu(undefined)}
        position="bottom-start"
        width={240}
        offset={2}
      >
        <Menu.Target>
          <span aria-hidden style={{ position: 'fixed', left: menu?.x ?? 0, top: menu?.y ?? 0 }} />
        </Menu.Target>
        <Menu.Dropdown>
          {inMenu.map((item: Command) => {
            const [shortcut] = item.shortcuts
            return (
              <Menu.Item
                key={item.id}
                disabled={!item.enabled()}
                rightSection={shortcut && <Kbd size="xs">{shortcutText(shortcut, isMac)}</Kbd>}
                onClick={() => void item.run(actions.target)}
              >
                {label(item.label)}
              </Menu.Item>
            )
          })}
        </Menu.Dropdown>
      </Menu>
    </>
  )
}
