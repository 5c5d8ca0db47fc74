import type { ColumnProfile } from '@millrace/contract'
import styles from './profile.module.css'

interface DistributionProps {
  readonly profile: ColumnProfile
  /** Rows at the port. */
  readonly rows: number
  readonly height: number
}

/**
 * How the values of a column are spread: bars of equal width from the least to the greatest, or one bar per
 * frequent value and a paler one for all others. A picture beside figures that say the same in words.
 */
export function Distribution({ profile, rows, height }: DistributionProps) {
  const bars = barsOf(profile, rows)
  const highest = Math.max(1, ...bars.map(({ count }) => count))
  const step = 100 / Math.max(1, bars.length)
  // Bars touch where they are bins of one axis, and stand apart where they are values.
  const gap = profile.bins.length > 0 ? Math.min(0.8, step * 0.1) : Math.min(2, step * 0.2)
  return (
    <svg
      className={styles['distribution']}
      viewBox={`0 0 100 ${height}`}
      height={height}
      preserveAspectRatio="none"
      aria-hidden
    >
      <line className={styles['axis']} x1={0} x2={100} y1={height - 0.5} y2={height - 0.5} />
      {bars.map(({ count, isRest }, index) => {
        // A value that is there at all is seen.
        const size = count === 0 ? 0 : Math.max(1.5, (count / highest) * (height - 1))
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            key={index}
            className={styles['bar']}
            data-rest={isRest || undefined}
            x={index * step + gap / 2}
            width={step - gap}
            y={height - 1 - size}
            height={size}
          />
        )
      })}
    </svg>
  )
}

interface Bar {
  readonly count: number
  readonly isRest: boolean
}

function barsOf({ bins, top, missing }: ColumnProfile, rows: number): Bar[] {
  if (bins.length > 0) return bins.map((count) => ({ count, isRest: false }))
  // Values that all stand once are no distribution.
  if (top.every(({ count }) => count <= 1)) return []
  const rest = rows - missing - top.reduce((sum, { count }) => sum + count, 0)
  const values = top.map(({ count }) => ({ count, isRest: false }))
  return rest > 0 ? [...values, { count: rest, isRest: true }] : values
}
