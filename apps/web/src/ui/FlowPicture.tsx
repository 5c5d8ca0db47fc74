import type { FlowSummary } from '@millrace/contract'

type Thumbnail = FlowSummary['thumbnail']

const nodeWidth = 180
const nodeHeight = 64

/** The hue of each category, the same as on the canvas. */
const fills: Readonly<Record<string, string>> = {
  source: 'var(--mantine-color-teal-6)',
  shape: 'var(--mantine-color-blue-6)',
  clean: 'var(--mantine-color-violet-6)',
  combine: 'var(--mantine-color-orange-6)',
  summarise: 'var(--mantine-color-pink-6)',
  advanced: 'var(--mantine-color-gray-6)',
  flow: 'var(--mantine-color-green-8)',
  target: 'var(--mantine-color-cyan-8)',
}

/** A small picture of a graph. */
export function FlowPicture({ thumbnail, title }: { readonly thumbnail: Thumbnail; readonly title: string }) {
  const { nodes, edges } = thumbnail
  const places = new Map(nodes.map((node) => [node.id, node]))
  const left = Math.min(...nodes.map(({ x }) => x), 0)
  const top = Math.min(...nodes.map(({ y }) => y), 0)
  const width = Math.max(...nodes.map(({ x }) => x + nodeWidth), left + 600) - left
  const height = Math.max(...nodes.map(({ y }) => y + nodeHeight), top + 120) - top
  return (
    <svg
      viewBox={`${left - 20} ${top - 20} ${width + 40} ${height + 40}`}
      width="100%"
      height="100%"
      role="img"
    >
      <title>{title}</title>
      {edges.map(({ from, to }) => {
        const [a, b] = [places.get(from), places.get(to)]
        if (!a || !b) return null
        const [x1, y1, x2, y2] = [a.x + nodeWidth, a.y + nodeHeight / 2, b.x, b.y + nodeHeight / 2]
        const bend = Math.max(40, (x2 - x1) / 2)
        return (
          <path
            key={`${from}>${to}`}
            d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
            fill="none"
            stroke="var(--mantine-color-gray-5)"
            strokeWidth={8}
          />
        )
      })}
      {nodes.map(({ id, category, x, y }) => (
        <rect
          key={id}
          x={x}
          y={y}
          width={nodeWidth}
          height={nodeHeight}
          rx={16}
          fill={fills[category] ?? fills['advanced']}
        />
      ))}
    </svg>
  )
}
