import { Copy, Download } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { Guest } from '../../../contract/nouns/guest.ts'
import { download } from '../../base/download.ts'
import { useNow } from '../../base/useNow.ts'
import { IconButton } from '../../components/Button.tsx'
import { useCopy } from '../../components/CopyButton.tsx'
import { Field } from '../../components/Field.tsx'
import { Problem } from '../../components/Problem.tsx'
import { Segments } from '../../components/Segments.tsx'
import { LoadingLines } from '../../components/Waiting.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useKnown, useStores } from '../../stores/context.tsx'
import { historyOf } from '../../stores/history.ts'
import { filterLines, guestLines, linesAsText } from './guestLines.ts'

/** This computer's own log of one guest: what it did, never what the app printed. New lines come by themselves. */
export function GuestLog({ guest: { leaseId, createdAtMs } }: { guest: Guest }) {
  const f = useFormat()
  const stores = useStores()
  const nowMs = useNow(stores.clock, 60_000)
  const isOpen = useStore(stores.connection.state, ({ kind }) => kind === 'open')
  const [history] = useState(() => stores.createHistory())
  const state = useStore(history.store)
  const live = useKnown('activity')
  const [search, setSearch] = useState('')
  const [only, setOnly] = useState<'all' | 'warnings'>('all')
  const copy = useCopy()
  useEffect(() => {
    if (isOpen) void history.readTo(createdAtMs)
  }, [isOpen, history, createdAtMs])

  const lines = useMemo(() => guestLines(leaseId, [historyOf(state), live ?? []], f, nowMs), [leaseId, state, live, f, nowMs])
  const shown = filterLines(lines, { search, warningsOnly: only === 'warnings' })
  return (
    <>
      <div className="flex flex-wrap items-center gap-2.5 px-5 py-3">
        <div className="min-w-40 flex-1"><Field label={f.t('log.search')} placeholder={f.t('log.search')} labelHidden type="search" value={search} onChange={setSearch} /></div>
        <Segments label={f.t('log.source')} chosen={only} onChoose={setOnly} segments={[{ id: 'all', label: f.t('log.all') }, { id: 'warnings', label: f.t('guest.warnings') }]} />
        <IconButton icon={Copy} look="plain" label={f.t('log.copy')} onPress={() => copy(linesAsText(shown))} />
        <IconButton icon={Download} look="plain" label={f.t('log.download')} onPress={() => download('guest.log', linesAsText(shown))} />
      </div>
      {state.kind === 'failed' && <div className="px-5 pb-3"><Problem error={state.error} onRetry={() => void history.readTo(createdAtMs)} /></div>}
      <div role="log" aria-live="off" aria-label={f.t('log.title')} tabIndex={0} className="max-h-96 min-h-40 overflow-y-auto border-t border-line py-2 text-small">
        {shown.length === 0 && (state.kind === 'loading' && lines.length === 0
          ? <div className="px-5"><LoadingLines lines={3} /></div>
          : <p className="px-5 py-2 text-ink-2">{f.t(lines.length === 0 ? 'guest.noLines' : 'log.noMatch')}</p>)}
        {shown.map((line) => (
          <p key={line.seq} className="guest-line" {...line.warns && { 'data-warn': '' }}>
            <time dateTime={new Date(line.atMs).toISOString()} className="num text-ink-3">{f.exactly(line.atMs, nowMs)}</time>
            <span>{line.text}</span>
          </p>
        ))}
      </div>
    </>
  )
}
