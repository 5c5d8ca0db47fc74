import { notifications } from '@mantine/notifications'
import type { Run, UsableFlow } from '@millrace/contract'
import { type Label, type NodeKind, nodeKinds } from '@millrace/engine'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { boundsOf, type CanvasInstance, legibleZoom, moving, viewOf, wholeView } from '../../canvas/index.ts'
import { publishDraft } from '../../editor/autosave.ts'
import { readClipboard } from '../../editor/clipboard.ts'
import { type CommandTarget, command } from '../../editor/commands.ts'
import { useDocument } from '../../editor/document-store.ts'
import { useInference } from '../../editor/inference.ts'
import { columnStep, freePlace } from '../../editor/new-node.ts'
import { useRun } from '../../editor/run-store.ts'
import { settle, startRun } from '../../editor/running.ts'
import { settingsFor, subflowKind } from '../../editor/used-flows.ts'
import { useView } from '../../editor/view-store.ts'
import { useText } from '../../i18n/index.ts'
import { announce } from '../../ui/Announcer.tsx'
import { useErrorText } from '../../ui/use-error-text.ts'
import { ApprovalDialog } from './ApprovalDialog.tsx'
import { ColumnDialogs } from './columns/ColumnOverlays.tsx'
import { Overlays } from './Overlays.tsx'
import { PublishDialog } from './PublishDialog.tsx'
import { RunDialog } from './RunDialog.tsx'

export interface Actions {
  readonly target: CommandTarget
  readonly dialogs: ReactNode
  add(kind: NodeKind): void
  addFlow(flow: UsableFlow): void
  /** Tells what went wrong. */
  fail(error: unknown): void
  refuse(reason: Label): void
  ready(instance: CanvasInstance): void
}

/** The output that a new node most naturally follows: the one asked for, else of the selected node. */
function following(kind: NodeKind, settings: unknown = {}) {
  const { addAfter, nodes, overlay } = useView.getState()
  const { flow } = useDocument.getState()
  if (kind.inputs(settings).length === 0) return undefined
  if (addAfter && addAfter.port !== '') return addAfter
  const id = addAfter?.node ?? (overlay === null || nodes.length === 1 ? nodes[0] : undefined)
  const node = flow.nodes.find((item) => item.id === id)
  if (!node) return undefined
  const port = outputOf(node.kind, node.settings)
  return port === undefined ? undefined : { node: node.id, port }
}

const outputOf = (kindName: string, settings: unknown) =>
  nodeKinds
    .get(kindName)
    ?.outputs(settings)
    .find((port) => port.name !== 'rejects')?.name

const canvasBox = () => document.querySelector('.react-flow')?.getBoundingClientRect()

/** After the dialog that it was chosen in has closed, ms. */
const closing = 160

/** The new node has the focus, unless somebody has gone on to work elsewhere by then. */
function focusNode(id: string): void {
  setTimeout(() => {
    if (document.activeElement?.closest('[data-area=toolbar], [data-area=settings], [data-area=data]')) return
    document
      .querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)
      ?.focus({ preventScroll: true })
  }, closing)
}

/** What the page can do beyond editing: adding with placement, running, publishing, zooming. */
export function useActions(): Actions {
  const { t, language } = useText()
  const errorText = useErrorText()
  const canvas = useRef<CanvasInstance | null>(null)
  const [asking, setAsking] = useState<'run' | 'dryRun' | 'approval'>()
  const [publishing, setPublishing] = useState(false)
  const navigate = useNavigate()
  const goTo = useRef(navigate)
  goTo.current = navigate
  const texts = useRef({ t, language, errorText })
  texts.current = { t, language, errorText }

  const actions = useMemo(() => {
    const fail = (error: unknown) => {
      const message = texts.current.errorText(error)
      notifications.show({ color: 'red', message })
    }
    const run = async (parameters: Record<string, string>, dry: boolean, environment?: string) => {
      setAsking(undefined)
      if (useRun.getState().preparing) return
      const onEnd = ({ id, status, flowId }: Run) => {
        const isHere = window.location.pathname === `/flows/${flowId}`
        if (dry && isHere && status === 'succeeded') void goTo.current(`/runs/${id}?tab=changes`)
      }
      try {
        if (await startRun(parameters, { environment, dry, onEnd })) useView.getState().openTab('run')
        else notifications.show({ color: 'red', message: texts.current.t('editor.run.notSaved') })
      } catch (error) {
        fail(error)
      }
    }
    const publish = async (message: string, author: string) => {
      setPublishing(false)
      try {
        const version = await publishDraft(message, author)
        if (version === undefined) return
        const told = texts.current.t('editor.published', { version })
        notifications.show({ message: told })
        announce(told)
      } catch (error) {
        fail(error)
      }
    }
    const refuse = (reason: Label, title?: string) => {
      const message = reason[texts.current.language]
      notifications.show({ color: 'orange', message, ...(title && { title }) })
      announce(message)
    }
    const target: CommandTarget = {
      readClipboard,
      refuse: (reason) => refuse(reason),
      zoomIn: () => void canvas.current?.zoomIn({ duration: moving(120) }),
      zoomOut: () => void canvas.current?.zoomOut({ duration: moving(120) }),
      zoomTo: (scale) => void canvas.current?.zoomTo(scale, { duration: moving(120) }),
      fit() {
        const nodes = canvas.current?.getNodes() ?? []
        const box = canvasBox()
        if (nodes.length === 0 || !box) return
        void canvas.current?.setViewport(wholeView(nodes, box), { duration: moving(160) })
      },
      reveal(nodeIds) {
        // What has just been added must be drawn before its size is known.
        setTimeout(() => {
          const now = canvas.current
          const box = canvasBox()
          const nodes = now?.getNodes().filter(({ id }) => nodeIds.includes(id)) ?? []
          if (!now || !box || nodes.length === 0) return
          const { x, y, width, height } = boundsOf(nodes)
          const start = now.flowToScreenPosition({ x, y })
          const end = now.flowToScreenPosition({ x: x + width, y: y + height })
          const isSeen =
            start.x >= box.left && end.x <= box.right && start.y >= box.top && end.y <= box.bottom
          if (isSeen) return
          const most = Math.max(legibleZoom, now.getZoom())
          const view = viewOf({ x, y, width, height }, box, legibleZoom, most)
          void now.setViewport(view, { duration: moving(160) })
        }, 80)
      },
      frame(nodeIds) {
        const box = canvasBox()
        const nodes = canvas.current?.getNodes().filter(({ id }) => nodeIds.includes(id)) ?? []
        if (!box || nodes.length === 0) return
        const panel = document.querySelector('[data-column-panel]')?.getBoundingClientRect()
        const width = Math.max(120, (panel?.left ?? box.right) - box.left)
        const view = wholeView(nodes, { width, height: box.height })
        void canvas.current?.setViewport(view, { duration: moving(200) })
      },
      freePlace() {
        const box = canvasBox()
        const at = box && { x: box.x + box.width / 2 - 112, y: box.y + 48 }
        const wanted = (at && canvas.current?.screenToFlowPosition(at)) ?? { x: 0, y: 0 }
        const { nodes, notes = [] } = useDocument.getState().flow
        return freePlace({ nodes: [...nodes, ...notes] }, wanted)
      },
      writeNote(noteId) {
        setTimeout(
          () => document.querySelector<HTMLElement>(`[data-id="note:${noteId}"] textarea`)?.focus(),
          80,
        )
      },
      async run(dry = false) {
        if (useRun.getState().preparing) return
        await settle()
        const errors = useInference.getState().problems.filter(({ severity }) => severity === 'error')
        if (errors.length > 0) {
          useView.getState().openTab('problems')
          const message = texts.current.t('editor.run.hasProblems', { count: errors.length })
          notifications.show({ color: 'orange', message })
        } else if (useDocument.getState().flow.requiresApproval && !dry) setAsking('approval')
        else if (useDocument.getState().flow.parameters.length > 0) setAsking(dry ? 'dryRun' : 'run')
        else void run({}, dry)
      },
      publish: () => setPublishing(true),
      history: () => goTo.current(`/flows/${useDocument.getState().flowId}/versions`),
      tests: () => goTo.current(`/flows/${useDocument.getState().flowId}/tests`),
    }
    const addFlow = async (usable: UsableFlow) => {
      try {
        add(subflowKind(), await settingsFor(usable))
      } catch (error) {
        fail(error)
      }
    }
    const add = (kind: NodeKind, settings?: Record<string, unknown>) => {
      const { flow, addNode, insertNode } = useDocument.getState()
      const { addInto } = useView.getState()
      const after = following(kind, settings)
      const before = flow.nodes.find(({ id }) => id === after?.node)
      const box = canvasBox()
      const middle =
        box &&
        canvas.current?.screenToFlowPosition({
          x: box.x + box.width / 2 - 112,
          y: box.y + box.height / 2 - 44,
        })
      const place = before
        ? { x: before.position.x + columnStep, y: before.position.y + (after?.port === 'rejects' ? 144 : 0) }
        : flow.nodes.length === 0
          ? { x: 0, y: 0 }
          : (middle ?? { x: 0, y: 0 })
      const id = addInto ? insertNode(kind, place, addInto, settings) : addNode(kind, place, after, settings)
      useView.getState().select([id])
      useView.setState({ addAfter: null, addInto: null })
      announce(kind.label[texts.current.language])
      target.reveal([id])
      focusNode(id)
    }
    return {
      target,
      run,
      publish,
      add,
      fail,
      addFlow: (usable: UsableFlow) => void addFlow(usable),
      refuse: (reason: Label) => refuse(reason, texts.current.t('editor.refused')),
      ready(instance: CanvasInstance) {
        canvas.current = instance
      },
    }
  }, [])

  const dialogs = (
    <>
      <Overlays target={actions.target} onAdd={actions.add} onAddFlow={actions.addFlow} />
      <ColumnDialogs />
      {publishing && (
        <PublishDialog
          onPublish={(message, author) => void actions.publish(message, author)}
          onClose={() => setPublishing(false)}
        />
      )}
      {asking === 'approval' && (
        <ApprovalDialog
          onDryRun={() => {
            setAsking(undefined)
            void actions.target.run(true)
          }}
          onClose={() => setAsking(undefined)}
        />
      )}
      {asking && asking !== 'approval' && (
        <RunDialog
          parameters={useDocument.getState().flow.parameters}
          submit={command(asking).label}
          onRun={(values, environment) => void actions.run(values, asking === 'dryRun', environment)}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  )
  return {
    target: actions.target,
    add: actions.add,
    addFlow: actions.addFlow,
    fail: actions.fail,
    refuse: actions.refuse,
    ready: actions.ready,
    dialogs,
  }
}
