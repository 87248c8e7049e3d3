import { Boxes, Lock } from 'lucide-react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import type { ReactNode } from 'react'
import type { Guest } from '../../../contract/nouns/guest.ts'
import { useNow } from '../../base/useNow.ts'
import { Badge, Tile } from '../../components/Badge.tsx'
import { LinkButton } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Outside } from '../../components/Outside.tsx'
import { Page, PageHead } from '../../components/Page.tsx'
import { Problem } from '../../components/Problem.tsx'
import { EmptyState, LoadingLines } from '../../components/Waiting.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { reasonTexts } from '../../i18n/reasons.ts'
import { useFeed, useKnown, useStores } from '../../stores/context.tsx'
import { EndGuest } from './EndGuest.tsx'
import { GuestEvidence } from './GuestEvidence.tsx'
import { GuestLimits } from './GuestLimits.tsx'
import { GuestLog } from './GuestLog.tsx'
import { GuestPayments } from './GuestPayments.tsx'
import { GuestUse } from './GuestUse.tsx'
import { guestState, isOver } from './guestState.ts'

/** One guest: what it brings, what happened to it here, what it may use. */
export function GuestPage({ leaseId }: { leaseId: string }) {
  const f = useFormat()
  const feed = useFeed('guests')
  const guest = feed.kind === 'loading' ? undefined : feed.value?.find((one) => one.leaseId === leaseId)
  return (
    <Page title={guest === undefined ? f.t('guests.title') : f.name(guest.app, 40)}>
      {guest !== undefined ? <OneGuest guest={guest} /> : (
        <>
          <PageHead title={f.t('guests.one')} back={back(f.t('guests.title'))} />
          {feed.kind === 'loading' && <LoadingLines lines={6} />}
          {feed.kind === 'failed' && <Problem error={feed.error} />}
          {feed.kind !== 'loading' && feed.kind !== 'failed' && (
            <EmptyState title={f.t('guests.goneTitle')} action={<LinkButton href="#/guests">{f.t('guests.title')}</LinkButton>}>{f.t('guests.gone')}</EmptyState>
          )}
        </>
      )}
    </Page>
  )
}

function back(label: string) {
  return { href: '#/guests', label }
}

function OneGuest({ guest }: { guest: Guest }) {
  const f = useFormat()
  const nowMs = useNow(useStores().clock, 60_000)
  const sharing = useKnown('node')?.sharing ?? null
  const { tone, word } = guestState(guest, sharing)
  return (
    <>
      <PageHead back={back(f.t('guests.title'))} before={<Tile tone="good" icon={Boxes} />}
        title={<><Outside text={guest.app} maxLength={40} /><Badge tone={tone} dot>{f.t(word)}</Badge></>}
        note={f.t('guests.oneNote', { time: f.exactly(guest.createdAtMs, nowMs) })} {...!isOver(guest) && { end: <EndGuest guest={guest} size="medium" /> }} />
      {guest.reason !== null && <p className="text-small text-ink-2">{f.t(reasonTexts[guest.reason.code])}</p>}
      {guest.unseenSinceMs != null && <p className="text-small text-sun-text">{f.t('guest.unseen', { time: f.exactly(guest.unseenSinceMs, nowMs) })}</p>}
      {guest.throttled != null && <p className="text-small text-sun-text">{f.t(reasonTexts[guest.throttled.code])} {f.t('guest.throttledText')}</p>}
      <Figures guest={guest} />
      {!isOver(guest) && <GuestUse key={guest.leaseId} guest={guest} />}
      <section className="overflow-hidden rounded-lg border border-line bg-surface shadow-1">
        <Tabs>
          <TabList aria-label={f.t('guests.one')} className="flex gap-5 border-b border-line px-5">
            <OneTab id="log">{f.t('log.title')}</OneTab>
            <OneTab id="limits">{f.t('guest.limits')}</OneTab>
            <OneTab id="payments">{f.t('guest.payments')}</OneTab>
          </TabList>
          <TabPanel id="log"><GuestLog guest={guest} /></TabPanel>
          <TabPanel id="limits" className="px-5 py-3"><GuestLimits guest={guest} /><GuestEvidence guest={guest} /></TabPanel>
          <TabPanel id="payments" className="px-5 py-3"><GuestPayments guest={guest} /></TabPanel>
        </Tabs>
        <p className="flex items-center gap-2 border-t border-line bg-well px-5 py-2.5 text-caption text-ink-2"><Icon of={Lock} look="badge" />{f.t('guest.private')}</p>
      </section>
    </>
  )
}

function OneTab({ id, children }: { id: string; children: ReactNode }) {
  return <Tab id={id} className="flex min-h-12 cursor-default items-center border-b-2 border-transparent text-small font-medium text-ink-2 hovered:text-ink selected:border-primary selected:font-semibold selected:text-ink">{children}</Tab>
}

function Figures({ guest }: { guest: Guest }) {
  const f = useFormat()
  const nowMs = useNow(useStores().clock, 60_000)
  const unit = useKnown('earnings')?.unit ?? 'USD'
  const figures = [
    { label: f.t('guest.earned'), value: f.amount(guest.dueMicro, unit) },
    { label: f.t('guests.rate'), value: f.t('money.perMonth', { price: f.price(guest.rateMonthMicro, unit) }) },
    { label: f.t('guest.paidUntil'), value: guest.paidUntilMs === null ? f.t('guest.notRunning') : f.exactly(guest.paidUntilMs, nowMs) },
    isOver(guest) && guest.endedAtMs !== null ? { label: f.t('guest.endedAt'), value: f.exactly(guest.endedAtMs, nowMs) } : { label: f.t('guest.here'), value: f.duration(nowMs - guest.createdAtMs) },
  ]
  return (
    <dl className="grid gap-px overflow-hidden rounded-lg border border-line bg-line shadow-1 table:grid-cols-4">
      {figures.map(({ label, value }) => (
        <div key={label} className="bg-surface px-5 py-4">
          <dt className="text-caption text-ink-2">{label}</dt>
          <dd className="num text-h2 font-semibold"><bdi>{value}</bdi></dd>
        </div>
      ))}
    </dl>
  )
}
