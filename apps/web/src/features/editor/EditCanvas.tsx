import { Menu } from '@mantine/core'
import { nodeKinds } from '@millrace/engine'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { FlowCanvas, type MenuPlace } from '../../canvas/index.ts'
import { type ColumnPlace, useColumns, usePassage } from '../../editor/columns.ts'
import type { MenuKind } from '../../editor/commands.ts'
import { useDocument } from '../../editor/document-store.ts'
import { insertion } from '../../editor/graph-edits.ts'
import { useInference } from '../../editor/inference.ts'
import { noteChange, retitling } from '../../editor/marks.ts'
import { useRun } from '../../editor/run-store.ts'
import { settingsFor, subflowKind, usedBy, usedFlowMark } from '../../editor/used-flows.ts'
import { useView } from '../../editor/view-store.ts'
import { useText } from '../../i18n/index.ts'
import { CommandItems } from './CommandItems.tsx'
import styles from './editor.module.css'
import type { Actions } from './use-actions.tsx'
import { useFileDrop } from './use-file-drop.tsx'

const doc = () => useDocument.getState()
const groupOf = (id: string) => doc().flow.groups?.find((group) => group.id === id)

/** The canvas of the flow that is being edited: what happens on it becomes edits, or is chosen. */
export function EditCanvas({ actions }: { actions: Actions }) {
  const { label } = useText()
  const navigate = useNavigate()
  const flow = useDocument((state) => state.flow)
  const problems = useInference((state) => state.byNode)
  const nodes = useView((state) => state.nodes)
  const edges = useView((state) => state.edges)
  const notes = useView((state) => state.notes)
  const renaming = useView((state) => state.renaming)
  const minimap = useView((state) => state.minimap)
  const { select, rename, show } = useMemo(() => useView.getState(), [])
  const runs = useRun((state) => state.nodes)
  const runId = useRun((state) => state.runId)
  const passage = usePassage()
  const traced = useColumns(({ panel }) => (panel?.of === 'lineage' ? panel.at : null))
  const framed = useRef<ColumnPlace | null>(null)
  useEffect(() => {
    // Once for each column that is asked about; afterwards the canvas stays where the person moves it.
    if (passage && traced !== framed.current) actions.target.frame([...passage.nodes])
    if (passage || traced === null) framed.current = traced
  }, [passage, traced, actions.target])
  const [menu, setMenu] = useState<{ x: number; y: number; kind: MenuKind }>()
  const act = useMemo(() => useDocument.getState(), [])
  const drop = useFileDrop(actions.refuse)

  const onRename = useCallback(
    (id: string, name: string) => {
      rename(null)
      const node = doc().flow.nodes.find((item) => item.id === id)
      const kind = node && nodeKinds.get(node.kind)
      // The name of the kind is what a node without a name is called.
      if (node) act.rename(id, kind && name === label(kind.label) ? '' : name.slice(0, 200))
    },
    [act, rename, label],
  )
  const onSelectGroup = useCallback(
    (id: string, renames: boolean) => {
      select(groupOf(id)?.nodes ?? [])
      if (renames) rename(`group:${id}`)
    },
    [select, rename],
  )
  const onRetitle = useCallback(
    (id: string, title: string) => {
      rename(null)
      const group = groupOf(id)
      if (group && group.title !== title) act.make(retitling(doc().flow, group, title))
    },
    [act, rename],
  )
  const openMenu = (at: { x: number; y: number }, on: MenuPlace) => {
    const chosen = useView.getState()
    if (on.of === 'node' && !chosen.nodes.includes(on.id)) select([on.id])
    else if (on.of === 'group') select(groupOf(on.id)?.nodes ?? [])
    else if (on.of === 'note' && !chosen.notes.includes(on.id)) select([], [], [on.id])
    else if (on.of === 'edge') select([], [on.id])
    const isMany = useView.getState().nodes.length > 1
    const kind = on.of === 'group' || (on.of === 'node' && isMany) ? 'nodes' : on.of
    setMenu({ ...at, kind })
  }
  return (
    <>
      <FlowCanvas
        flow={flow}
        problems={problems}
        passage={passage}
        runs={runId === null ? undefined : runs}
        selectedNodes={nodes}
        selectedEdges={edges}
        selectedNotes={notes}
        renaming={renaming}
        minimap={minimap}
        onSelect={select}
        onMove={act.move}
        onConnect={act.connect}
        onRefuse={actions.refuse}
        onReady={actions.ready}
        onAddAfter={useCallback((from) => show('add', from), [show])}
        onAddInto={useCallback((edge) => show('add', null, edge), [show])}
        onRename={onRename}
        onSelectGroup={onSelectGroup}
        onRetitle={onRetitle}
        onNote={useCallback((id, edit) => act.make(noteChange(doc().flow, id, edit)), [act])}
        onDropKind={(kindName, place, edge) => {
          if (kindName.startsWith(usedFlowMark)) {
            const [flow = '', version] = kindName.slice(usedFlowMark.length).split('@')
            void settingsFor({ flow, version: Number(version) }).then((settings) => {
              const added = edge
                ? act.insertNode(subflowKind(), place, edge, settings)
                : act.addNode(subflowKind(), place, undefined, settings)
              select([added])
            }, actions.fail)
            return
          }
          const kind = nodeKinds.get(kindName)
          if (kind) select([edge ? act.insertNode(kind, place, edge) : act.addNode(kind, place)])
        }}
        onDropNode={(id, edge, places) => {
          const node = doc().flow.nodes.find((one) => one.id === id)
          const change = node && insertion(doc().flow, node, edge, places.get(id))
          if (change) act.make(change)
          select([id])
        }}
        onDropFiles={drop.take}
        onMenu={openMenu}
        onOpen={(id) => {
          const used = usedBy(doc().flow.nodes.find((node) => node.id === id))
          if (used) void navigate(`/flows/${used.flow}`)
        }}
      />
      {drop.dialog}
      <Menu
        key={menu && `${menu.x} ${menu.y} ${menu.kind}`}
        opened={menu !== undefined}
        onClose={() => setMenu(undefined)}
        position="bottom-start"
        width={304}
        offset={2}
        // Over the pointer rather than beyond the window.
        middlewares={{ flip: false, shift: { crossAxis: true, padding: 8 } }}
      >
        <Menu.Target>
          <span aria-hidden style={{ position: 'fixed', left: menu?.x ?? 0, top: menu?.y ?? 0 }} />
        </Menu.Target>
        <Menu.Dropdown className={styles['contextMenu']}>
          {menu && <CommandItems kind={menu.kind} target={actions.target} />}
        </Menu.Dropdown>
      </Menu>
    </>
  )
}
