import { Suspense } from 'react'
import { Route, Switch } from 'wouter'
import { lazyPart } from '../base/loadPart.ts'
import { LinkButton } from '../components/Button.tsx'
import { Page, PageHead } from '../components/Page.tsx'
import { Skeleton } from '../components/Waiting.tsx'
import { useFormat } from '../i18n/Language.tsx'
import { HomePage } from '../pages/home/HomePage.tsx'

const AppsPage = lazyPart(async () => (await import('../pages/deploy/AppsPage.tsx')).AppsPage)
const AppPage = lazyPart(async () => (await import('../pages/deploy/AppPage.tsx')).AppPage)
const NewAppPage = lazyPart(async () => (await import('../pages/deploy/new/NewAppPage.tsx')).NewAppPage)

/** Which screen stands at which address. */
export function Screens() {
  return (
    <Suspense fallback={<Skeleton className="h-60" />}>
      <Switch>
        <Route path="/"><HomePage /></Route>
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
