import { type ReactFlowState, useStore } from '@xyflow/react'
import { shallow } from 'zustand/shallow'
import { gridStep } from '../editor/new-node.ts'
import styles from './canvas.module.css'

/** Between two dots as they are seen, in pixels: closer ones are left out. */
const closest = 12

const transformOf = ({ transform }: ReactFlowState) => transform

/** The dotted ground. It is moved by less than one step, so that a movement of the canvas paints nothing anew. */
export function Grid() {
  const [x, y, zoom] = useStore(transformOf, shallow)
  const step = gridStep * zoom * 2 ** Math.max(0, Math.ceil(Math.log2(closest / (gridStep * zoom))))
  const place = {
    backgroundSize: `${step}px ${step}px`,
    transform: `translate(${x % step}px, ${y % step}px)`,
  }
  return <div className={styles['grid']} style={place} aria-hidden />
}
