import { useStoreApi, ViewportPortal } from '@xyflow/react'
import type { ReactNode } from 'react'
import styles from './edge.module.css'

/**
 * Where all edges are drawn when they are seen from afar: one picture, where React Flow has one for each, and the browser would
 * sort hundreds of them in every frame of a movement. `hold` is given the picture.
 */
export function FarEdges({ hold }: { readonly hold: (picture: SVGSVGElement | null) => void }) {
  return (
    <ViewportPortal>
      <svg ref={hold} className={styles['farEdges']} />
    </ViewportPortal>
  )
}

/** One edge in that picture. What is done to it reaches React Flow's own, in which it stands as a component. */
export function FarEdge({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  const { getState } = useStoreApi()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a picture has no buttons of its own
    <g
      className="react-flow__edge selectable nopan"
      data-id={id}
      tabIndex={0}
      role="button"
      aria-label={getState().edgeLookup.get(id)?.ariaLabel}
    >
      {children}
    </g>
  )
}
