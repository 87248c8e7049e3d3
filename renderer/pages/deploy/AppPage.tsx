import { CloudUpload, RotateCw, Trash2 } from 'lucide-react'
import { Suspense, useState } from 'react'
import { useLocation } from 'wouter'
import type { Deployment } from '../../../contract/nouns/deployment.ts'
import { lazyPart } from '../../base/loadPart.ts'
import { useNow } from '../../base/useNow.ts'
import { Badge, Callout, Tile } from '../../components/Badge.tsx'
import { Button, LinkButton } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { Confirm } from '../../components/Confirm.tsx'
import { Outside } from '../../components/Outside.tsx'
import { Page, PageHead } from '../../components/Page.tsx'
import { Problem } from '../../components/Problem.tsx'
import { EmptyState, LoadingLines, Skeleton } from '../../components/Waiting.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useFeed, useStores } from '../../stores/context.tsx'
import { useOrder } from '../../stores/useOrder.ts'
import { CopiesCard } from './CopiesCard.tsx'
import { CostCard } from './CostCard.tsx'
import { ReachCard } from './ReachCard.tsx'
import { appWhy } from './why.ts'
import { appWords, upSince } from './words.ts'

const LogCard = lazyPart(async () => (await import('./log/LogCard.tsx')).LogCard)

/** One of my apps: is it up, where, what does it say, what does it cost. */
export function AppPage({ name }: { name: string }) {
  const f = useFormat()
  const feed = useFeed('deployments')
  const app = feed.kind === 'loading' ? undefined : feed.value?.find((one) => one.name === name)
  const back = { href: '#/apps', label: f.t('apps.title') }
  return (
    <Page title={app === undefined ? f.t('nav.deploy') : name}>
      {app !== undefined ? <App app={app} back={back} /> : (
        <>
          <PageHead title={<Outside text={name} maxLength={63} />} back={back} />
          {feed.kind === 'loading' && <LoadingLines lines={6} />}
          {feed.kind === 'failed' && <Problem error={feed.error} />}
          {feed.kind !== 'loading' && feed.kind !== 'failed' && (
            <EmptyState title={f.t('app.goneTitle')} action={<LinkButton href="#/apps">{f.t('apps.title')}</LinkButton>}>{f.t('app.gone')}</EmptyState>
          )}
        </>
      )}
    </Page>
  )
}

function App({ app, back }: { app: Deployment; back: { href: string; label: string } }) {
  const f = useFormat()
  const nowMs = useNow(useStores().clock, 60_000)
  const { tone, word } = appWords[app.state]
  const since = upSince(app)
  const why = appWhy(app, f)
  return (
    <>
      <PageHead back={back} before={<Tile tone="info" icon={CloudUpload} />}
        title={<><Outside text={app.name} maxLength={63} /><Badge tone={tone} dot>{f.t(word)}</Badge></>}
        note={since === null ? f.t('app.createdAt', { time: f.exactly(app.createdAtMs, nowMs) }) : f.t('app.upSince', { time: f.exactly(since, nowMs) })}
        end={<Actions app={app} />} />
      {why !== null && (
        <Callout tone={tone === 'info' || tone === 'plain' ? 'plain' : tone} icon={CloudUpload}>{why.sentence}{why.detail !== null && <>{' '}<Outside text={why.detail} maxLength={400} /></>}</Callout>
      )}
      <div className="grid-aside">
        <Suspense fallback={<Skeleton className="h-96" />}><LogCard app={app} /></Suspense>
        <div className="flex flex-col gap-4">
          <CopiesCard app={app} />
          <ReachCard app={app} />
          <CostCard app={app} />
          {app.warnings.length > 0 && <Notes app={app} />}
        </div>
      </div>
    </>
  )
}

/** What was said about the compose file when it was read. */
function Notes({ app }: { app: Deployment }) {
  const f = useFormat()
  return (
    <Card title={f.t('app.notes')}>
      <ul className="mt-1 flex max-h-60 flex-col divide-y divide-line overflow-y-auto text-small" tabIndex={0} aria-label={f.t('app.notes')}>
        {app.warnings.map(({ line, key, message }) => (
          <li key={`${line} ${key}`} className="py-2">
            <Outside code text={key} className="text-ink-3" /><br />
            <Outside text={message} maxLength={400} />
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Actions({ app }: { app: Deployment }) {
  const f = useFormat()
  const [asking, setAsking] = useState(false)
  const [, navigate] = useLocation()
  const retry = useOrder(`retry ${app.name}`)
  const removal = useOrder(`remove ${app.name}`)
  const name = f.name(app.name, 63)

  async function remove() {
    const removed = await removal.give((client) => client.deployments.remove({ name: app.name }), { text: f.t('app.removedNotice', { app: name }), action: null })
    setAsking(false)
    if (removed !== null) navigate('/apps')
  }

  return (
    <>
      {(app.state === 'failed' || app.state === 'waiting') && (
        <Button look="primary" icon={RotateCw} busy={retry.busy} onPress={() => void retry.give((client) => client.deployments.retry({ name: app.name }))}>{f.t('common.tryAgain')}</Button>
      )}
      <Button look="danger" icon={Trash2} busy={removal.busy || app.state === 'removing'} onPress={() => setAsking(true)}>{f.t('app.remove')}</Button>
      <Confirm isOpen={asking} title={f.t('app.removeTitle', { app: name })} action={f.t('app.remove')} busy={removal.busy} onConfirm={() => void remove()} onClose={() => setAsking(false)}>
        {f.t('app.removeText', { copies: app.copies })}
      </Confirm>
    </>
  )
}
