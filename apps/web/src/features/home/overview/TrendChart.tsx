import { useElementSize } from '@mantine/hooks'
import { nice, ticks } from 'd3-array'
import { useState } from 'react'
import classes from './overview.module.css'

/** One span of time: what the bar reaches, and what lies above it. */
export interface TrendBar {
  /** Where it is on the axis; empty where there is no room. */
  readonly tick: string
  readonly name: string
  readonly value: number | null
  /** `stacked`: as much on top of the bar; `mark`: a line at this height. */
  readonly above: number | null
  /** What is said of the bar, line by line. */
  readonly details: readonly string[]
}

interface TrendChartProps {
  readonly title: string
  /** All of it in a sentence, for those who do not see it. */
  readonly summary: string
  readonly bars: readonly TrendBar[]
  readonly above: 'stacked' | 'mark'
  readonly axisText: (value: number) => string
}

const height = 132
const plot = { top: 8, bottom: 20, left: 48, right: 4 }
const floor = height - plot.bottom

const topOf = ({ value, above }: TrendBar, kind: TrendChartProps['above']): number =>
  kind === 'stacked' ? (value ?? 0) + (above ?? 0) : Math.max(value ?? 0, above ?? 0)

/** Rows and milliseconds are whole. */
const wholeTicks = (end: number): readonly number[] => ticks(0, end, 3).filter(Number.isInteger)

/** Bars over time. The second part of each is told apart by its pattern or form as well as by its colour. */
export function TrendChart({ title, summary, bars, above, axisText }: TrendChartProps) {
  const { ref, width } = useElementSize()
  const [active, setActive] = useState<number>()
  const highest = Math.max(1, ...bars.map((bar) => topOf(bar, above)))
  const [, end] = nice(0, highest, 3)
  const step = Math.max(0, width - plot.left - plot.right) / Math.max(1, bars.length)
  const y = (value: number) => floor - (value / end) * (floor - plot.top)
  const shown = active === undefined ? undefined : bars[active]
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what it shows is in the table too
    <div ref={ref} className={classes['chart']} onMouseLeave={() => setActive(undefined)}>
      <svg width="100%" height={height} role="img" aria-label={`${title}. ${summary}`}>
        {above === 'stacked' && (
          <defs>
            <pattern id="trend-hatch" width={5} height={5} patternUnits="userSpaceOnUse">
              <path d="M-1 1L1 -1M0 5L5 0M4 6L6 4" className={classes['hatch']} />
            </pattern>
          </defs>
        )}
        {wholeTicks(end).map((value) => (
          <g key={value}>
            <line
              className={classes['rule']}
              x1={plot.left}
              x2={width - plot.right}
              y1={Math.round(y(value)) + 0.5}
              y2={Math.round(y(value)) + 0.5}
            />
            <text className={classes['tick']} x={plot.left - 8} y={y(value) + 4} textAnchor="end">
              {axisText(value)}
            </text>
          </g>
        ))}
        {width > 0 &&
          bars.map((bar, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            <g key={index} transform={`translate(${plot.left + index * step} 0)`}>
              <Bar
                bar={bar}
                kind={above}
                step={step}
                y={y}
                isActive={index === active}
                isLast={index === bars.length - 1}
              />
              {/** biome-ignore lint/a11y/noStaticElementInteractions: what it shows is in the table too */}
              <rect width={step} height={height} fill="transparent" onMouseEnter={() => setActive(index)} />
            </g>
          ))}
      </svg>
      {shown && active !== undefined && (
        <div
          className={classes['bubble']}
          aria-hidden
          data-side={active * 2 > bars.length ? 'left' : 'right'}
          style={{ left: plot.left + (active + 0.5) * step }}
        >
          <strong>{shown.name}</strong>
          {shown.details.map((line) => (
            <span key={line}>{line}</span>
          ))}
        </div>
      )}
    </div>
  )
}

interface BarProps {
  readonly bar: TrendBar
  readonly kind: TrendChartProps['above']
  readonly step: number
  readonly y: (value: number) => number
  readonly isActive: boolean
  readonly isLast: boolean
}

function Bar({ bar, kind, step, y, isActive, isLast }: BarProps) {
  const width = Math.min(28, Math.max(2, step * 0.66))
  const x = (step - width) / 2
  const value = bar.value ?? 0
  const above = bar.above ?? 0
  // What is there at all is seen.
  const size = (from: number, to: number) => (to > from ? Math.max(1.5, y(from) - y(to)) : 0)
  const solid = size(0, value)
  const hatched = kind === 'stacked' ? size(value, value + above) : 0
  return (
    <>
      {isActive && <rect className={classes['band']} width={step} y={plot.top} height={floor - plot.top} />}
      <rect className={classes['bar']} x={x} y={floor - solid} width={width} height={solid} rx={1} />
      {kind === 'stacked' && hatched > 0 && (
        <g transform={`translate(${x} ${floor - solid - hatched - 1})`}>
          <rect className={classes['over']} width={width} height={hatched} />
          <rect fill="url(#trend-hatch)" width={width} height={hatched} />
        </g>
      )}
      {kind === 'mark' && above > value && (
        <path
          className={classes['whisker']}
          d={`M${step / 2} ${floor - solid}V${y(above)}M${x} ${y(above)}h${width}`}
        />
      )}
      <text
        className={classes['tick']}
        x={isLast ? (step + width) / 2 : step / 2}
        y={height - 5}
        // The last one would reach over the edge.
        textAnchor={isLast ? 'end' : 'middle'}
      >
        {bar.tick}
      </text>
    </>
  )
}
