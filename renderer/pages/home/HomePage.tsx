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

/** Is it on, is it fine, what did I earn. While it is stopped: what was found, and what it means. */
export function HomePage() {
  const f = useFormat()
  const share = useKnown('share')
  const kind = share?.state.kind
  const stopped = kind === 'engine-missing' || kind === 'engine-stopped' || kind === 'engine-unsafe' || kind === 'uncontained' || kind === 'disk-full'
  return (
    <Page title={f.t('nav.home')}>
      <StateHero />
      <div className="grid-two">
        {stopped ? <CheckedCard /> : <EarningsCard />}
        {stopped ? <AffectsCard /> : <RoomCard />}
      </div>
      <div className="grid-two">
        {share !== null && kind === 'paused' ? <WhenCard share={share} /> : <HealthCard />}
        <ActivityCard />
      </div>
    </Page>
  )
}
