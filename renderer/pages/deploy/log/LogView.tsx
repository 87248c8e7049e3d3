import { ArrowDown } from 'lucide-react'
import { useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { UIEvent } from 'react'
import { Button } from '../../../components/Button.tsx'
import { tame } from '../../../format/text.ts'
import type { MessageId } from '../../../i18n/messages.ts'
import { useFormat } from '../../../i18n/Language.tsx'
import type { LogEntry } from '../../../stores/logBuffer.ts'
import type { LogPhase } from '../../../stores/logs.ts'
import { visibleRange } from './filter.ts'

/** As `log-row` has it, in root font sizes. */
const rowRem = 1.375
/** A line this close to the end counts as following; px. */
const nearEndPx = 8
/** What one line shows; copying and downloading give all of it. */
const shownCharacters = 1000

/**
 * The lines, of which only those on screen are drawn. Scrolling back holds the picture still while the log goes on; the
 * button at the end goes back to following. Always left to right, as logs are.
 */
export function LogView({ entries, filtered, phase, manyCopies }: {
  entries: readonly LogEntry[]
  filtered: boolean
  phase: LogPhase['kind']
  manyCopies: boolean
}) {
  const f = useFormat()
  const box = useRef<HTMLDivElement>(null)
  const [held, setHeld] = useState<readonly LogEntry[] | null>(null)
  const [view, setView] = useState({ scrollPx: 0, heightPx: 600 })
  const rowPx = useSyncExternalStore(neverChanges, rowHeightPx, () => rowRem * 16)
  const shown = held ?? entries
  const fresh = held === null ? 0 : (entries.at(-1)?.id ?? 0) - (held.at(-1)?.id ?? 0)

  useLayoutEffect(() => {
    if (held === null && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  }, [held, shown])

  function onScroll({ currentTarget }: UIEvent<HTMLDivElement>) {
    const { scrollTop, clientHeight, scrollHeight } = currentTarget
    setView({ scrollPx: scrollTop, heightPx: clientHeight })
    const atEnd = scrollHeight - scrollTop - clientHeight <= nearEndPx
    if (atEnd !== (held === null)) setHeld(atEnd ? null : entries)
  }

  const { first, end } = visibleRange(view.scrollPx, view.heightPx, rowPx, shown.length)
  return (
    <div className="relative border-t border-line">
      <div ref={box} role="log" aria-live="off" aria-label={f.t('log.title')} tabIndex={0} dir="ltr" onScroll={onScroll}
        className="log-box overflow-auto py-3 font-mono text-small">
        {shown.length === 0 && <p className="px-4 font-sans text-ink-2">{f.t(filtered ? 'log.noMatch' : emptyTexts[phase])}</p>}
        <div className="w-max min-w-full" style={{ blockSize: `${shown.length * rowPx}px`, paddingBlockStart: `${first * rowPx}px` }}>
          {shown.slice(first, end).map((entry) => <Row key={entry.id} entry={entry} manyCopies={manyCopies} />)}
        </div>
      </div>
      <div className="flex min-h-11 items-center gap-3 border-t border-line bg-well px-5 py-1.5 text-caption text-ink-2">
        <span>{f.t(held !== null ? 'log.held' : phaseTexts[phase])}</span>
        {held !== null && (
          <span className="ms-auto"><Button size="small" icon={ArrowDown} onPress={() => setHeld(null)}>{f.t('log.follow', { count: Math.max(0, fresh) })}</Button></span>
        )}
      </div>
    </div>
  )
}

/** People set the size of text in their browser; the page is drawn anew when they do. */
function neverChanges() {
  return () => undefined
}

function rowHeightPx(): number {
  return rowRem * Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
}

const emptyTexts: Record<LogPhase['kind'], MessageId> = {
  loading: 'common.loading', following: 'log.nothing', away: 'log.nothing', ended: 'log.nothing', failed: 'log.nothing',
}
const phaseTexts: Record<LogPhase['kind'], MessageId> = {
  loading: 'common.loading', following: 'log.following', away: 'log.away', ended: 'log.ended', failed: 'log.stopped',
}

function Row({ entry, manyCopies }: { entry: LogEntry; manyCopies: boolean }) {
  const f = useFormat()
  const from = manyCopies ? `${entry.service}#${entry.replica + 1}` : entry.service
  return (
    <div className="log-row" {...entry.source === 'stderr' && { 'data-warn': '' }}>
      <time dateTime={new Date(entry.atMs).toISOString()} className="text-ink-3">{f.timeWithSeconds(entry.atMs)}</time>
      <span className={entry.replica % 2 === 0 ? 'truncate text-primary-text' : 'truncate text-lagoon-text'}>{from}</span>
      <span>{tame(entry.text, shownCharacters).replaceAll('\n', '⏎')}</span>
    </div>
  )
}
