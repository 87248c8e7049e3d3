import { useId, useState } from 'react'
import type { KeyboardEvent } from 'react'
import { useLocale } from 'react-aria-components'
import { classes } from './classes.ts'

export interface DayBar {
  /** `18 June`. */
  day: string
  /** `$0.71`. */
  amount: string
  /** 0 to 100, of the highest. */
  percent: number
}

/**
 * A bar for each day, the newest at the end of reading. One stop for the keyboard: arrow keys go from day to day. The
 * summary says in a sentence what the bars show.
 */
export function DayBars({ bars, summary }: { bars: readonly DayBar[]; summary: string }) {
  const id = useId()
  const { direction } = useLocale()
  const [active, setActive] = useState<number | null>(null)
  const shown = active === null ? undefined : bars[active]

  function onKeyDown(event: KeyboardEvent) {
    const forward = direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight'
    const back = direction === 'rtl' ? 'ArrowRight' : 'ArrowLeft'
    const last = bars.length - 1
    const from = active ?? last
    const to = { [forward]: Math.min(last, from + 1), [back]: Math.max(0, from - 1), Home: 0, End: last }[event.key]
    if (to === undefined) return
    event.preventDefault()
    setActive(to)
  }

  return (
    <div>
      <div role="slider" tabIndex={0} aria-label={summary} aria-valuemin={1} aria-valuemax={bars.length} aria-valuenow={(active ?? bars.length - 1) + 1}
        aria-valuetext={spokenBar(bars[active ?? bars.length - 1])} aria-orientation="horizontal" aria-readonly="true" aria-describedby={id}
        className="flex h-16.5 items-end gap-1.5" onKeyDown={onKeyDown} onFocus={() => setActive(bars.length - 1)} onBlur={() => setActive(null)} onPointerLeave={() => setActive(null)}>
        {bars.map((bar, index) => (
          <span key={bar.day} className="flex h-full flex-1 items-end" onPointerEnter={() => setActive(index)}>
            <span className={classes('bar-fill block w-full min-h-0.5 rounded-xs', index === bars.length - 1 ? 'bg-on' : 'bg-bar', active !== null && active !== index && 'opacity-60')}
              style={{ blockSize: `${bar.percent}%` }} />
          </span>
        ))}
      </div>
      <p id={id} className="num mt-2 min-h-4 text-caption text-ink-2">{shown === undefined ? summary : spokenBar(shown)}</p>
    </div>
  )
}

function spokenBar(bar: DayBar | undefined): string {
  return bar === undefined ? '' : `${bar.day}: ${bar.amount}`
}
