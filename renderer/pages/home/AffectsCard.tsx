import { Boxes, Wallet } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { useNow } from '../../base/useNow.ts'
import { Card } from '../../components/Card.tsx'
import { Icon } from '../../components/Icon.tsx'
import { thisMonth } from '../../format/days.ts'
import { useFormat } from '../../i18n/Language.tsx'
import { useKnown, useStores } from '../../stores/context.tsx'
import { isOver } from '../guests/guestState.ts'

/** What a stop means for guests and for money, from what is known. */
export function AffectsCard() {
  const f = useFormat()
  const nowMs = useNow(useStores().clock, 60_000)
  const guests = useKnown('guests')?.filter((guest) => !isOver(guest)).length ?? 0
  const earnings = useKnown('earnings')
  const month = earnings === null ? 0n : thisMonth(earnings.hours.map(({ hourMs, earnedMicro }) => ({ hourMs, micro: earnedMicro })), { nowMs, timeZone: f.timeZone })
  return (
    <Card title={f.t('affects.title')}>
      <ul className="mt-3 flex flex-col gap-4">
        <Affected icon={Boxes} title={f.t('affects.guests', { guests })}>{f.t('affects.guestsText', { guests })}</Affected>
        {earnings !== null && (
          <Affected icon={Wallet} title={f.t('affects.earned', { amount: f.amount(month, earnings.unit) })}>{f.t('affects.earnedText')}</Affected>
        )}
      </ul>
    </Card>
  )
}

function Affected({ icon, title, children }: { icon: LucideIcon; title: string; children: string }) {
  return (
    <li className="flex items-start gap-3.5">
      <span aria-hidden="true" className="grid size-9 shrink-0 place-items-center rounded-md bg-well text-ink-2"><Icon of={icon} /></span>
      <div className="min-w-0 text-small">
        <p className="font-semibold">{title}</p>
        <p className="text-ink-2">{children}</p>
      </div>
    </li>
  )
}
