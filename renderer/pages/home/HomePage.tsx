import { useEffect, useRef } from 'react'
import { Page } from '../../components/Page.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useKnown } from '../../stores/context.tsx'
import { CheckedCard } from '../diagnostics/CheckedCard.tsx'
import { ActivityCard } from './ActivityCard.tsx'
import { AffectsCard } from './AffectsCard.tsx'
import { EarningsCard } from './EarningsCard.tsx'
import { HealthCard } from './HealthCard.tsx'
import { RoomCard } from './RoomCard.tsx'
import { StateHero } from './StateHero.tsx'
import { WhenCard } from './WhenCard.tsx'

/** Is it on, is it fine, what did I earn. While it is stopped: what was found, and what it means; earnings only for who came for them. */
export function HomePage({ at }: { at?: 'earnings' }) {
  const f = useFormat()
  const earnings = useRef<HTMLElement>(null)
  const share = useKnown('share')
  const kind = share?.state.kind
  const stopped = kind === 'engine-missing' || kind === 'engine-stopped' || kind === 'engine-forbidden' || kind === 'engine-unsafe' || kind === 'uncontained' || kind === 'disk-full'
  useEffect(() => {
    if (at !== 'earnings') return
    earnings.current?.focus()
    earnings.current?.scrollIntoView()
  }, [at, stopped])
  return (
    <Page title={f.t('nav.home')}>
      <StateHero />
      {stopped && at === 'earnings' && <EarningsCard place={earnings} />}
      <div className="grid-two">
        {stopped ? <CheckedCard /> : <EarningsCard place={earnings} />}
        {stopped ? <AffectsCard /> : <RoomCard />}
      </div>
      <div className="grid-two">
        {share !== null && kind === 'paused' ? <WhenCard share={share} /> : <HealthCard />}
        <ActivityCard />
      </div>
    </Page>
  )
}
