/** What this computer earned and what its owner spent. */
import type { AmountByState, Earnings, LeaseAmount, LedgerSide, ReceiptRow } from '../../../contract/nouns/earnings.ts'
import type { Guest } from '../../../contract/nouns/guest.ts'
import type { Io } from '../../io.ts'
import { table } from '../table.ts'
import { plain } from '../text.ts'
import { ago, dateTime, duration, money, moneyPerMonth, resources, shortId } from '../units.ts'
import { reasonText } from './apps.ts'

type Shown = Pick<Io, 'hasColours' | 'nowMs'>

export function guestsText(guests: readonly Guest[], io: Shown): string {
  if (guests.length === 0) return 'No guests.\n'
  const list = table(['GUEST', 'APP', 'STATE', 'SINCE', 'USES', 'RATE', 'DUE', 'SIGNED', 'RENTER'], guests.map((guest) => [
    guest.leaseId, guest.app, isUnseen(guest) ? 'asleep' : guest.state, ago(guest.sinceMs, io.nowMs()), resources(guest.resources),
    moneyPerMonth(guest.rateMonthMicro), money(guest.dueMicro), money(guest.signedMicro), shortId(guest.tenant),
  ]), io.hasColours)
  const notes = guests.flatMap(({ leaseId, state, reason, throttled, unseenSinceMs }) => [
    ...unseenSinceMs == null ? [] : [`${leaseId} was ${state}; the engine has not answered for ${duration(io.nowMs() - unseenSinceMs)}`],
    ...reason === null ? [] : [`${leaseId} is ${state}: ${reasonText(reason)}`],
    ...throttled == null ? [] : [`${leaseId} is held back: ${reasonText(throttled)}`],
  ])
  return list + notes.map((note) => `${plain(note)}\n`).join('')
}

/** It ran when the engine last answered: nobody knows whether it does. */
function isUnseen({ state, unseenSinceMs }: Guest): boolean {
  return state === 'running' && unseenSinceMs != null
}

export function earningsText(earnings: Earnings, io: Shown): string {
  return sideText('Earned', earnings.earned, earnings.unit, io) + '\n' + sideText('Spent', earnings.spent, earnings.unit, io)
}

function sideText(title: string, side: LedgerSide, unit: string, io: Shown): string {
  const amounts = ({ due, signed, accruing }: AmountByState): string[] => [money(due, unit), money(signed, unit), money(accruing, unit)]
  const lease = (row: LeaseAmount): string[] => [row.app, row.state, ...amounts(row), duration(row.runMs), String(row.statements), row.leaseId]
  const rows = [...side.leases.map(lease), ['total', '', ...amounts(side.total), '', '', '']]
  return table([title.toUpperCase(), 'STATE', 'DUE', 'SIGNED', 'ACCRUING', 'RAN', 'STATEMENTS', 'LEASE'], rows, io.hasColours)
}

export function receiptsText(receipts: readonly ReceiptRow[], io: Shown): string {
  if (receipts.length === 0) return 'No receipts yet.\n'
  return table(['WHEN', 'ROLE', 'AMOUNT', 'RAIL', 'PEER', 'CHANNEL'], receipts.map((receipt) => [
    dateTime(receipt.atMs), receipt.role, money(receipt.cumulativeMicro, receipt.unit), receipt.rail, shortId(receipt.peer), receipt.channelId,
  ]), io.hasColours)
}
