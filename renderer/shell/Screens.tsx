import { Suspense } from 'react'
import { Route, Switch } from 'wouter'
import { lazyPart } from '../base/loadPart.ts'
import { LinkButton } from '../components/Button.tsx'
import { Page, PageHead } from '../components/Page.tsx'
import { Skeleton } from '../components/Waiting.tsx'
import { useFormat } from '../i18n/Language.tsx'
import { HomePage } from '../pages/home/HomePage.tsx'
import { earningsPath } from './screens.ts'

const AppsPage = lazyPart(async () => (await import('../pages/deploy/AppsPage.tsx')).AppsPage)
const AppPage = lazyPart(async () => (await import('../pages/deploy/AppPage.tsx')).AppPage)
const NewAppPage = lazyPart(async () => (await import('../pages/deploy/new/NewAppPage.tsx')).NewAppPage)

const GuestsPage = lazyPart(async () => (await import('../pages/guests/GuestsPage.tsx')).GuestsPage)
const GuestPage = lazyPart(async () => (await import('../pages/guests/GuestPage.tsx')).GuestPage)
const SettingsPage = lazyPart(async () => (await import('../pages/settings/SettingsPage.tsx')).SettingsPage)
const DiagnosticsPage = lazyPart(async () => (await import('../pages/diagnostics/DiagnosticsPage.tsx')).DiagnosticsPage)

/** Which screen stands at which address. */
export function Screens() {
  return (
    <Suspense fallback={<Skeleton className="h-60" />}>
      <Switch>
        <Route path="/"><HomePage /></Route>
        <Route path={earningsPath}><HomePage at="earnings" /></Route>
        <Route path="/guests"><GuestsPage /></Route>
        <Route path="/guests/:id">{({ id }) => <GuestPage key={id} leaseId={id} />}</Route>
        <Route path="/settings"><SettingsPage section="share" /></Route>
        <Route path="/settings/:section">{({ section }) => <SettingsPage section={section} />}</Route>
        <Route path="/diagnostics"><DiagnosticsPage /></Route>
        <Route path="/apps"><AppsPage /></Route>
        <Route path="/apps/new/:step">{({ step }) => <NewAppPage step={step} />}</Route>
        <Route path="/apps/:name">{({ name }) => <AppPage key={name} name={name} />}</Route>
        <Route><NoScreen /></Route>
      </Switch>
    </Suspense>
  )
}

function NoScreen() {
  const f = useFormat()
  return (
    <Page title={f.t('noScreen.title')}>
      <PageHead title={f.t('noScreen.title')} note={f.t('noScreen.text')} end={<LinkButton href="#/">{f.t('nav.home')}</LinkButton>} />
    </Page>
  )
}
