import { Anchor, Breadcrumbs, Button, Text } from '@mantine/core'
import { type Flow, innerId } from '@millrace/engine'
import { IconZoomIn } from '@tabler/icons-react'
import { useState } from 'react'
import { FlowCanvas } from '../../canvas/index.ts'
import { insideOf } from '../../editor/inner-runs.ts'
import type { NodeRun } from '../../editor/run-store.ts'
import { usedBy } from '../../editor/used-flows.ts'
import { useText } from '../../i18n/index.ts'
import { useNodeName } from '../../ui/node-name.ts'
import classes from './runs.module.css'

/** The drawing is low: over fewer nodes a map of them would hide more than it shows. */
const minimapFrom = 30

interface RunCanvasProps {
  readonly flow: Flow
  readonly runs: ReadonlyMap<string, NodeRun>
  readonly onSelect: (nodeId: string | undefined) => void
}

/** A run on the canvas of its flow. What stands for a flow can be opened: inside, its nodes have states and rows of their own. */
export function RunCanvas({ flow, runs, onSelect }: RunCanvasProps) {
  const { t } = useText()
  const nameOf = useNodeName(flow)
  /** Ids of the nodes that were opened, the outermost first. */
  const [path, setPath] = useState<readonly string[]>([])
  const shown = path.reduce((at, id) => insideOf(at.flow, at.runs, id) ?? at, { flow, runs })
  const idOf = (id: string) => path.reduceRight((inner, outer) => innerId(outer, inner), id)
  const inside = shown.flow.nodes.filter((node) => !node.disabled && usedBy(node))
  const open = (id: string) => {
    if (inside.some((node) => node.id === id)) setPath([...path, id])
  }
  const last = (id: string) => nameOf(id).split(' › ').at(-1)
  return (
    <>
      {(path.length > 0 || inside.length > 0) && (
        <div className={classes.path}>
          {path.length > 0 && (
            <nav aria-label={t('run.path')}>
              <Breadcrumbs separator="›">
                <Anchor component="button" type="button" size="sm" onClick={() => setPath([])}>
                  {t('run.whole')}
                </Anchor>
                {path.map((id, depth) => {
                  const whole = path.slice(0, depth).reduceRight((inner, outer) => innerId(outer, inner), id)
                  return depth < path.length - 1 ? (
                    <Anchor
                      key={whole}
                      component="button"
                      type="button"
                      size="sm"
                      onClick={() => setPath(path.slice(0, depth + 1))}
                    >
                      {last(whole)}
                    </Anchor>
                  ) : (
                    <Text key={whole} size="sm" fw={600} aria-current="page">
                      {last(whole)}
                    </Text>
                  )
                })}
              </Breadcrumbs>
            </nav>
          )}
          {inside.map(({ id }) => (
            <Button
              key={id}
              size="compact-xs"
              variant="default"
              leftSection={<IconZoomIn size={14} aria-hidden />}
              onClick={() => open(id)}
            >
              {t('run.inside', { node: last(idOf(id)) ?? id })}
            </Button>
          ))}
        </div>
      )}
      <div className={classes.drawing}>
        <FlowCanvas
          key={path.join('/')}
          flow={shown.flow}
          runs={shown.runs}
          readOnly
          minimap={shown.flow.nodes.length >= minimapFrom}
          onOpen={open}
          onSelect={([id]) => onSelect(id === undefined ? undefined : idOf(id))}
        />
      </div>
    </>
  )
}
