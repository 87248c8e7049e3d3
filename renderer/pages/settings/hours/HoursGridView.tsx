import { useRef, useState } from 'react'
import type { KeyboardEvent, PointerEvent } from 'react'
import { useLocale } from 'react-aria-components'
import type { HoursGrid } from '../../../../contract/nouns/owner.ts'
import { useFormat } from '../../../i18n/Language.tsx'
import { days, hours, moved, paint, sameHours } from './hours.ts'
import type { Cell } from './hours.ts'

/**
 * A box for each hour. Arrow keys go from box to box, Space changes one, with Shift they take all on the way along; a
 * pointer paints from where it goes down to where it is let go.
 */
export function HoursGridView({ grid, onChange }: { grid: HoursGrid; onChange: (grid: HoursGrid) => void }) {
  const f = useFormat()
  const { direction } = useLocale()
  const box = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState<Cell>({ day: 0, hour: 0 })
  const [stroke, setStroke] = useState<{ from: Cell; to: Cell; shared: boolean } | null>(null)
  const shown = stroke === null ? grid : paint(grid, stroke.from, stroke.to, stroke.shared)

  function finish() {
    if (stroke === null) return
    setStroke(null)
    if (!sameHours(shown, grid)) onChange(shown)
  }

  function focus(cell: Cell) {
    setAt(cell)
    box.current?.querySelector<HTMLElement>(`[data-cell="${cell.day}-${cell.hour}"]`)?.focus()
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault()
      onChange(paint(grid, at, at, grid[at.day]?.[at.hour] !== true))
      return
    }
    const to = moved(at, event.key, direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight')
    if (to === null) return
    event.preventDefault()
    // Shift takes the hour it began on as the example, and paints until it is let go.
    if (event.shiftKey) setStroke(stroke === null ? { from: at, to, shared: grid[at.day]?.[at.hour] !== true } : { ...stroke, to })
    focus(to)
  }

  function onPointerDown(event: PointerEvent, cell: Cell) {
    if (event.button !== 0) return
    event.currentTarget.releasePointerCapture(event.pointerId)
    setStroke({ from: cell, to: cell, shared: grid[cell.day]?.[cell.hour] !== true })
  }

  return (
    <div className="overflow-x-auto p-1">
      <div ref={box} role="grid" aria-label={f.t('hours.grid')} aria-multiselectable="true" className="hours-grid" onKeyDown={onKeyDown}
        onKeyUp={(event) => event.key === 'Shift' && finish()} onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && finish()}
        onPointerUp={finish} onPointerLeave={finish}>
        <HeadRow />
        {days.map((day) => (
          <div key={day} role="row" className="hours-row">
            <span role="rowheader" className="pe-2 text-caption text-ink-2">{f.weekday(day, 'short')}</span>
            {hours.map((hour) => (
              <span key={hour} role="gridcell" data-cell={`${day}-${hour}`} tabIndex={at.day === day && at.hour === hour ? 0 : -1} className="hours-cell"
                aria-selected={shown[day]?.[hour] === true} aria-label={f.t('hours.cell', { day: f.weekday(day, 'long'), time: f.hour(hour) })}
                onFocus={() => setAt({ day, hour })} onPointerDown={(event) => onPointerDown(event, { day, hour })}
                onPointerEnter={() => stroke !== null && setStroke({ ...stroke, to: { day, hour } })} />
            ))}
          </div>
        ))}
      </div>
    </div>
  )
}

/** Every sixth hour by its name: for eyes, since each box says its own. */
function HeadRow() {
  const f = useFormat()
  return (
    <div aria-hidden="true" className="hours-row">
      <span />
      {hours.map((hour) => <span key={hour} className="num h-4 overflow-visible text-caption whitespace-nowrap text-ink-3">{hour % 6 === 0 ? f.hour(hour) : ''}</span>)}
    </div>
  )
}
