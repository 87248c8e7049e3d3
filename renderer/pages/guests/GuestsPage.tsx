import { useState } from 'react'
import { Link } from 'react-aria-components'
import type { Guest } from '../../../contract/nouns/guest.ts'
import { useNow } from '../../base/useNow.ts'
import { Badge } from '../../components/Badge.tsx'
import { LinkButton } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { Outside } from '../../components/Outside.tsx'
import { Page, PageHead } from '../../components/Page.tsx'
import { Problem } from '../../components/Problem.tsx'
import { Segments } from '../../components/Segments.tsx'
import { Tree } from '../../components/Tree.tsx'
import { EmptyState, LoadingLines } from '../../components/Waiting.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { reasonTexts } from '../../i18n/reasons.ts'
import { useFeed, useKnown, useStores } from '../../stores/context.tsx'
import { EndGuest } from './EndGuest.tsx'
import { guestState, isOver } from './guestState.ts'

type Tab = 'running' | 'ended'

/** Other people's apps on this machine: what they are, since when, what they bring. */
export function GuestsPage() {
  const f = useFormat()
  const feed = useFeed('guests')
  const [tab, setTab] = useState<Tab>('running')
  const guests = feed.kind === 'loading' ? null : feed.value
  const ended = guests?.filter(isOver) ?? []
  const shown = (tab === 'ended' ? ended : guests?.filter((guest) => !isOver(guest))) ?? []
  return (
    <Page title={f.t('guests.title')}>
      <PageHead title={f.t('guests.title')} {...ended.length > 0 && { end: (
        <Segments<Tab> label={f.t('guests.filter')} chosen={tab} onChoose={setTab} segments={[
          { id: 'running', label: f.t('guests.running', { count: (guests?.length ?? 0) - ended.length }) },
          { id: 'ended', label: f.t('guests.ended', { count: ended.length }) },
        ]} />
      ) }} />
      {feed.kind === 'failed' && <Problem error={feed.error} />}
      <Card title={f.t(tab === 'ended' ? 'guests.endedTitle' : 'guests.runningTitle')}>
        {feed.kind === 'loading' && <LoadingLines lines={4} />}
        {guests !== null && shown.length > 0 && <GuestTable guests={shown} />}
        {guests !== null && shown.length === 0 && <NoGuests />}
      </Card>
    </Page>
  )
}

function NoGuests() {
  const f = useFormat()
  const share = useKnown('share')
  return (
    <EmptyState title={f.t('guests.emptyTitle')} picture={<Tree guests={0} mood="bare" className="mb-3 h-28 w-40 tree-quiet" />}
      action={share?.settings.on === false ? <LinkButton href="#/" look="primary">{f.t('hero.turnOn')}</LinkButton> : <LinkButton href="#/settings/share">{f.t('guests.shareMore')}</LinkButton>}>
      {f.t(share?.settings.on === false ? 'guests.emptyOff' : 'guests.empty')}
    </EmptyState>
  )
}

function GuestTable({ guests }: { guests: readonly Guest[] }) {
  const f = useFormat()
  const newest = guests.toSorted((one, other) => other.createdAtMs - one.createdAtMs)
  return (
    <table role="table" className="table-cards mt-3">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">{f.t('guests.app')}</th>
          <th role="columnheader" scope="col">{f.t('guests.since')}</th>
          <th role="columnheader" scope="col">{f.t('guests.uses')}</th>
          <th role="columnheader" scope="col">{f.t('guests.state')}</th>
          <th role="columnheader" scope="col" data-end>{f.t('guests.rate')}</th>
          <th role="columnheader" scope="col" data-end>{f.t('guests.earned')}</th>
          <th role="columnheader" scope="col"><span className="sr-only">{f.t('common.actions')}</span></th>
        </tr>
      </thead>
      <tbody role="rowgroup">{newest.map((guest) => <GuestRow key={guest.leaseId} guest={guest} />)}</tbody>
    </table>
  )
}

function GuestRow({ guest }: { guest: Guest }) {
  const f = useFormat()
  const nowMs = useNow(useStores().clock, 60_000)
  const sharing = useKnown('node')?.sharing ?? null
  const unit = useKnown('earnings')?.unit ?? 'USD'
  const { tone, word } = guestState(guest, sharing)
  const why = guest.reason ?? guest.throttled ?? null
  const { cpuMilli, memoryMiB, diskMiB } = guest.resources
  return (
    <tr role="row">
      <td role="cell" className="font-semibold"><Link href={`#/guests/${guest.leaseId}`} className="inline-block min-h-6 rounded-sm text-primary-text hovered:underline"><Outside text={guest.app} maxLength={40} /></Link></td>
      <td role="cell" data-label={f.t('guests.since')} className="num whitespace-nowrap text-ink-2">{f.when(guest.createdAtMs, nowMs)}</td>
      <td role="cell" data-label={f.t('guests.uses')} className="num text-ink-2">{f.t('unit.resources', { cores: f.cores(cpuMilli), memory: f.size(memoryMiB), disk: f.size(diskMiB) })}</td>
      <td role="cell" data-label={f.t('guests.state')}>
        <Badge tone={tone} dot>{f.t(word)}</Badge>
        {why !== null && <span className="mt-0.5 block text-caption text-ink-2">{f.t(reasonTexts[why.code])}</span>}
      </td>
      <td role="cell" data-label={f.t('guests.rate')} data-end className="text-ink-2">{f.t('money.perMonth', { price: f.price(guest.rateMonthMicro, unit) })}</td>
      <td role="cell" data-label={f.t('guests.earned')} data-end className="font-semibold">{f.amount(guest.dueMicro, unit)}</td>
      <td role="cell" data-end>{!isOver(guest) && <EndGuest guest={guest} size="small" />}</td>
    </tr>
  )
}
