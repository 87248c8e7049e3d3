import { useCallback, useState } from 'react'
import { useStore } from 'zustand'
import { type Guest, type GuestSample, guestUseKeptMs } from '../../../contract/nouns/guest.ts'
import { useWhileVisible } from '../../base/useWhileVisible.ts'
import { LiveLine } from '../../components/LiveLine.tsx'
import { Problem } from '../../components/Problem.tsx'
import { LoadingLines } from '../../components/Waiting.tsx'
import type { Format } from '../../format/format.ts'
import { useFormat } from '../../i18n/Language.tsx'
import { useKnown, useStores } from '../../stores/context.tsx'
import { knownValue } from '../../stores/feed.ts'

/** Samples come every ten seconds; without three of them in a row nothing was measured. */
const gapMs = 35_000

interface Line {
  id: 'cpu' | 'memory' | 'internet'
  name: string
  /** Of a sample; null: it was not measured. */
  of: (sample: GuestSample) => number | null
  limit: number
  write: (value: number) => string
}

/** Processor, memory and internet of the last hour, each under its limit. */
export function GuestUse({ guest }: { guest: Guest }) {
  const f = useFormat()
  const stores = useStores()
  const [feed] = useState(() => stores.createGuestUse(guest.leaseId))
  useWhileVisible(useCallback(() => feed.start(), [feed]))
  const state = useStore(feed.store)
  const rateMbit = useKnown('share')?.settings.egress.rateMbit ?? 0
  const samples = knownValue(state)
  if (state.kind === 'failed' && samples === null) return <Problem error={state.error} />
  if (samples === null) return <LoadingLines lines={3} />
  const { cpuMilli, memoryMiB } = guest.resources
  const lines: Line[] = [
    { id: 'cpu', name: f.t('room.cpu'), of: (sample) => sample.cpuMilli, limit: cpuMilli, write: (milli) => f.cores(Math.round(milli / 10) * 10) },
    { id: 'memory', name: f.t('room.memory'), of: (sample) => sample.memoryMiB, limit: memoryMiB, write: f.size },
    { id: 'internet', name: f.t('guest.internet'), of: (sample) => sample.sentBytesPerS, limit: rateMbit * 1e6 / 8, write: f.bitrate },
  ]
  return <div className="grid gap-4 table:grid-cols-3">{lines.map((line) => <UseCard key={line.id} line={line} samples={samples} f={f} />)}</div>
}

function UseCard({ line, samples, f }: { line: Line; samples: readonly GuestSample[]; f: Format }) {
  const { name, of, limit, write } = line
  const measured = samples.flatMap((sample) => {
    const value = of(sample)
    return value === null ? [] : [{ atMs: sample.atMs, value }]
  })
  const now = measured.at(-1)
  const values = measured.map(({ value }) => value)
  const toMs = samples.at(-1)?.atMs ?? 0
  const limitText = limit > 0 ? f.t('guest.useLimit', { amount: write(limit) }) : ''
  const summary = now === undefined
    ? f.t('guest.useNone')
    : f.t('guest.useSummary', { name, now: write(now.value), highest: write(Math.max(...values)), lowest: write(Math.min(...values)), limit: limit > 0 ? write(limit) : '—' })
  return (
    <section className="rounded-lg border border-line bg-surface px-4 pt-3.5 pb-3 shadow-1">
      <h2 className="text-small font-medium text-ink-2">{name}</h2>
      <p className="num mb-3 flex items-baseline gap-2"><bdi className="text-h3 font-semibold">{now === undefined ? '—' : write(now.value)}</bdi><span className="text-small text-ink-2">{limitText}</span></p>
      {now === undefined
        ? <p className="flex h-14.5 items-center text-caption text-ink-2">{f.t('guest.useNone')}</p>
        : <LiveLine points={measured.map(({ atMs, value }) => ({ atMs, share: limit > 0 ? value / limit : 0 }))} fromMs={toMs - guestUseKeptMs} toMs={toMs} gapMs={gapMs} summary={summary} />}
    </section>
  )
}
