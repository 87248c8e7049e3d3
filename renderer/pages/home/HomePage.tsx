import { Page } from '../../components/Page.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { ActivityCard } from './ActivityCard.tsx'
import { EarningsCard } from './EarningsCard.tsx'
import { GuestsCard } from './GuestsCard.tsx'
import { HealthCard } from './HealthCard.tsx'
import { RoomCard } from './RoomCard.tsx'
import { StateHero } from './StateHero.tsx'

/** Is it on, is it fine, what did I earn. */
export function HomePage() {
  const f = useFormat()
  return (
    <Page title={f.t('nav.home')}>
      <StateHero />
      <div className="grid-two">
        <EarningsCard />
        <RoomCard />
      </div>
      <GuestsCard />
      <div className="grid-two">
        <HealthCard />
        <ActivityCard />
      </div>
    </Page>
  )
}
