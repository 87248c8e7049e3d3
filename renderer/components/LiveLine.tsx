import { useId } from 'react'

/** In the units of the drawing, which is stretched to the width it is given. */
const width = 288
const height = 58
const floor = 54
const ceiling = 6.5

/** A point of a line: when, and how much of the limit, 0 to 1; more is drawn at the top. */
export interface LivePoint { atMs: number; share: number }

/**
 * A line of the time up to now, with the limit above it. Where nothing was measured there is no line: a gap is no zero.
 * `summary` says in a sentence what it shows.
 */
export function LiveLine({ points, fromMs, toMs, gapMs, summary }: { points: readonly LivePoint[]; fromMs: number; toMs: number; gapMs: number; summary: string }) {
  const id = useId()
  const x = (atMs: number) => width * (atMs - fromMs) / Math.max(1, toMs - fromMs)
  const y = (share: number) => floor - (floor - ceiling) * Math.min(1, Math.max(0, share))
  const stretches = stretchesOf(points, gapMs).map((stretch) => stretch.map(({ atMs, share }) => `${x(atMs).toFixed(1)} ${y(share).toFixed(1)}`))
  return (
    <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={summary} className="block h-14.5 w-full rtl:-scale-x-100">
      <defs>
        <linearGradient id={id} x1="0" x2="0" y1="0" y2="1">
          <stop offset="0" className="[stop-color:var(--c-on)] [stop-opacity:.24]" />
          <stop offset="1" className="[stop-color:var(--c-on)] [stop-opacity:.02]" />
        </linearGradient>
      </defs>
      {stretches.map((stretch) => (
        <g key={stretch[0]}>
          <path d={`M${stretch.join('L')}L${stretch.at(-1)?.split(' ')[0] ?? 0} ${floor}L${stretch[0]?.split(' ')[0] ?? 0} ${floor}Z`} fill={`url(#${id})`} />
          <path d={`M${stretch.join('L')}`} fill="none" vectorEffect="non-scaling-stroke" className="stroke-on [stroke-linejoin:round] [stroke-width:1.75]" />
        </g>
      ))}
      <line x1="0" x2={width} y1={ceiling} y2={ceiling} vectorEffect="non-scaling-stroke" strokeDasharray="3 4" className="stroke-line-strong" />
      <line x1="0" x2={width} y1={floor} y2={floor} vectorEffect="non-scaling-stroke" className="stroke-line" />
    </svg>
  )
}

/** Where more than `gapMs` passed between two, another begins. */
export function stretchesOf(points: readonly LivePoint[], gapMs: number): LivePoint[][] {
  const stretches: LivePoint[][] = []
  let lastMs = Number.NEGATIVE_INFINITY
  for (const point of points) {
    if (point.atMs - lastMs > gapMs) stretches.push([])
    stretches.at(-1)?.push(point)
    lastMs = point.atMs
  }
  return stretches
}
