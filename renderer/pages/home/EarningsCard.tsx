import { useState } from 'react'
import type { Ref } from 'react'
import type { Earnings } from '../../../contract/nouns/earnings.ts'
import { useNow } from '../../base/useNow.ts'
import { TextButton } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { DayBars } from '../../components/DayBars.tsx'
import { Problem } from '../../components/Problem.tsx'
import { LoadingLines } from '../../components/Waiting.tsx'
import { lastDays, thisMonth } from '../../format/days.ts'
import type { DayAmount } from '../../format/days.ts'
import { percentOf } from '../../format/money.ts'
import type { Format } from '../../format/format.ts'
import { useFormat } from '../../i18n/Language.tsx'
import { useFeed, useStores } from '../../stores/context.tsx'

const shownDays = 14

/** What came in: this month, today, the last two weeks, and how sure it is. */
export function EarningsCard({ place }: { place: Ref<HTMLElement> }) {
  const f = useFormat()
  const feed = useFeed('earnings')
  const [asTable, setAsTable] = useState(false)
  const earnings = feed.kind === 'loading' ? null : feed.value
  const hasAny = earnings !== null && earnings.earned.total.due > 0n
  return (
    <Card place={place} title={f.t('earnings.title')} {...hasAny && { end: <TextButton expanded={asTable} onPress={() => setAsTable(!asTable)}>{f.t(asTable ? 'earnings.asBars' : 'earnings.asTable')}</TextButton> }}>
      {feed.kind === 'loading' && <LoadingLines lines={4} quiet />}
      {feed.kind === 'failed' && <div className="mt-3"><Problem error={feed.error} /></div>}
      {earnings !== null && <Figures earnings={earnings} asTable={asTable} />}
    </Card>
  )
}

function Figures({ earnings, asTable }: { earnings: Earnings; asTable: boolean }) {
  const f = useFormat()
  const nowMs = useNow(useStores().clock, 60_000)
  const hours = earnings.hours.map(({ hourMs, earnedMicro }) => ({ hourMs, micro: earnedMicro }))
  const days = lastDays(hours, { nowMs, timeZone: f.timeZone, count: shownDays })
  const today = days.at(-1)?.micro ?? 0n
  const { total } = earnings.earned
  return (
    <>
      <div className="mt-2.5 mb-3.5 flex flex-wrap items-end gap-x-6.5 gap-y-2">
        <Figure label={f.t('earnings.month')} value={f.amount(thisMonth(hours, { nowMs, timeZone: f.timeZone }), earnings.unit)} main />
        <Figure label={f.t('earnings.today')} value={f.amount(today, earnings.unit)} />
      </div>
      {total.due === 0n
        ? <p className="text-small text-ink-2">{f.t('earnings.empty')}</p>
        : (
          <>
            {asTable ? <DayTable days={days} unit={earnings.unit} /> : <DayBars bars={barsOf(days, earnings.unit, f)} summary={summaryOf(days, earnings.unit, f)} />}
            <p className="num mt-2 border-t border-line pt-2.5 text-small text-ink-2">
              {f.t('earnings.sure', { signed: f.amount(total.signed, earnings.unit), accruing: f.amount(total.accruing, earnings.unit) })}{' '}
              <span className="text-ink-3">{f.t('earnings.trust')}</span>
            </p>
          </>
        )}
    </>
  )
}

function Figure({ label, value, main = false }: { label: string; value: string; main?: boolean }) {
  return (
    <div>
      <p className="text-caption text-ink-2">{label}</p>
      <p className={main ? 'num text-money font-semibold tracking-tight' : 'num text-h2 font-semibold'}><bdi>{value}</bdi></p>
    </div>
  )
}

function barsOf(days: readonly DayAmount[], unit: string, f: Format) {
  const highest = days.reduce((most, { micro }) => micro > most ? micro : most, 0n)
  return days.map(({ day, micro }) => ({ day: f.day(day), amount: f.amount(micro, unit), percent: percentOf(micro, highest) }))
}

function summaryOf(days: readonly DayAmount[], unit: string, f: Format): string {
  const total = days.reduce((sum, { micro }) => sum + micro, 0n)
  if (total === 0n) return f.t('earnings.summaryNone', { days: days.length })
  const best = days.reduce((most, day) => day.micro > most.micro ? day : most)
  return f.t('earnings.summary', { days: days.length, total: f.amount(total, unit), best: f.day(best.day), amount: f.amount(best.micro, unit) })
}

function DayTable({ days, unit }: { days: readonly DayAmount[]; unit: string }) {
  const f = useFormat()
  return (
    <div className="max-h-48 overflow-y-auto" tabIndex={0} role="group" aria-label={f.t('earnings.table')}>
      <table className="w-full text-small">
        <thead className="sr-only"><tr><th scope="col">{f.t('earnings.day')}</th><th scope="col">{f.t('earnings.title')}</th></tr></thead>
        <tbody>
          {days.toReversed().map(({ day, micro }) => (
            <tr key={day} className="border-b border-line">
              <th scope="row" className="py-1 text-start font-normal text-ink-2">{f.day(day)}</th>
              <td className="num py-1 text-end font-medium">{f.amount(micro, unit)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
