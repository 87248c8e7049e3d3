import { useState } from 'react'
import type { Guest } from '../../../contract/nouns/guest.ts'
import { useNow } from '../../base/useNow.ts'
import { Badge } from '../../components/Badge.tsx'
import { Button } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { Confirm } from '../../components/Confirm.tsx'
import { Outside } from '../../components/Outside.tsx'
import { Problem } from '../../components/Problem.tsx'
import { Segments } from '../../components/Segments.tsx'
import { EmptyState, LoadingLines } from '../../components/Waiting.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { reasonTexts } from '../../i18n/reasons.ts'
import { useFeed, useKnown, useStores } from '../../stores/context.tsx'
import { useOrder } from '../../stores/useOrder.ts'
import { guestState, isOver } from './guestState.ts'

type Tab = 'running' | 'ended'

/** Other people's apps on this machine: what they are, since when, what they bring. */
export function GuestsCard() {
  const f = useFormat()
  const feed = useFeed('guests')
  const [tab, setTab] = useState<Tab>('running')
  const guests = feed.kind === 'loading' ? null : feed.value
  const ended = guests?.filter(isOver) ?? []
  const shown = (tab === 'ended' ? ended : guests?.filter((guest) => !isOver(guest))) ?? []
  return (
    <Card title={f.t('guests.title')} {...ended.length > 0 && { end: (
      <Segments<Tab> label={f.t('guests.filter')} chosen={tab} onChoose={setTab} segments={[
        { id: 'running', label: f.t('guests.running', { count: (guests?.length ?? 0) - ended.length }) },
        { id: 'ended', label: f.t('guests.ended', { count: ended.length }) },
      ]} />
    ) }}>
      {feed.kind === 'loading' && <LoadingLines lines={3} quiet />}
      {feed.kind === 'failed' && <div className="mt-3"><Problem error={feed.error} /></div>}
      {guests !== null && (shown.length === 0
        ? <EmptyState title={f.t('guests.emptyTitle')}>{f.t('guests.empty')}</EmptyState>
        : <GuestTable guests={shown} />)}
    </Card>
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
  const { tone, word } = guestState(guest.state, sharing)
  const { cpuMilli, memoryMiB, diskMiB } = guest.resources
  return (
    <tr role="row">
      <td role="cell" className="font-semibold"><Outside text={guest.app} maxLength={40} /></td>
      <td role="cell" data-label={f.t('guests.since')} className="num whitespace-nowrap text-ink-2">{f.when(guest.createdAtMs, nowMs)}</td>
      <td role="cell" data-label={f.t('guests.uses')} className="num text-ink-2">{f.t('unit.resources', { cores: f.cores(cpuMilli), memory: f.size(memoryMiB), disk: f.size(diskMiB) })}</td>
      <td role="cell" data-label={f.t('guests.state')}>
        <Badge tone={tone} dot>{f.t(word)}</Badge>
        {guest.reason !== null && <span className="mt-0.5 block text-caption text-ink-2">{f.t(reasonTexts[guest.reason.code])}</span>}
      </td>
      <td role="cell" data-label={f.t('guests.rate')} data-end className="text-ink-2">{f.t('money.perMonth', { price: f.price(guest.rateMonthMicro, unit) })}</td>
      <td role="cell" data-label={f.t('guests.earned')} data-end className="font-semibold">{f.amount(guest.dueMicro, unit)}</td>
      <td role="cell" data-end>{!isOver(guest) && <EndGuest guest={guest} />}</td>
    </tr>
  )
}

function EndGuest({ guest }: { guest: Guest }) {
  const f = useFormat()
  const [asking, setAsking] = useState(false)
  const order = useOrder(`guest ${guest.leaseId}`)
  const app = f.name(guest.app, 40)
  async function end() {
    await order.give((client) => client.guests.end({ leaseId: guest.leaseId }), { text: f.t('guests.endedNotice', { app }), action: null })
    setAsking(false)
  }
  return (
    <>
      <Button size="small" look="danger" busy={order.busy && !asking} onPress={() => setAsking(true)}>{f.t('guests.end')}</Button>
      <Confirm isOpen={asking} title={f.t('guests.endTitle', { app })} action={f.t('guests.end')} busy={order.busy}
        onConfirm={() => void end()} onClose={() => setAsking(false)}>
        {f.t('guests.endText')}
      </Confirm>
    </>
  )
}
