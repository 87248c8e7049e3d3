import { ExternalLink } from 'lucide-react'
import { useStore } from 'zustand'
import type { Deployment } from '../../../contract/nouns/deployment.ts'
import { LinkButton } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { CopyButton } from '../../components/CopyButton.tsx'
import { Outside } from '../../components/Outside.tsx'
import { Problem } from '../../components/Problem.tsx'
import { Switch } from '../../components/Switch.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useStores } from '../../stores/context.tsx'
import { forwardKey } from '../../stores/forwards.ts'
import type { ForwardState, ForwardTarget } from '../../stores/forwards.ts'
import { runningCopies } from './words.ts'

/** Opens the app's ports on the computer that runs the service, for as long as this page is open. */
export function ReachCard({ app }: { app: Deployment }) {
  const f = useFormat()
  const targets = portsOf(app)
  return (
    <Card title={f.t('reach.title')}>
      <p className="mt-1 text-caption text-ink-2">{f.t(targets.length === 0 ? 'reach.none' : 'reach.text')}</p>
      <ul className="mt-1 divide-y divide-line">
        {targets.map((target) => <Port key={forwardKey(target)} target={target} canOpen={runningCopies(app) > 0} />)}
      </ul>
    </Card>
  )
}

/** What the compose file says, and what the images themselves expose. */
function portsOf(app: Deployment): ForwardTarget[] {
  return app.services.flatMap((service) => {
    const seen = app.replicas.flatMap((replica) => replica.services.filter((one) => one.service === service.name).flatMap((one) => one.ports))
    return [...new Set([...service.ports, ...seen])].sort((one, other) => one - other).map((port) => ({ name: app.name, service: service.name, port }))
  })
}

function Port({ target, canOpen }: { target: ForwardTarget; canOpen: boolean }) {
  const f = useFormat()
  const { forwards } = useStores()
  const state = useStore(forwards.store, (all) => all[forwardKey(target)])
  const on = state !== undefined && state.kind !== 'failed'
  return (
    <li className="flex flex-col gap-2 py-2.5">
      <div className="flex items-center justify-between gap-3">
        <Outside code text={`${target.service}:${target.port}`} maxLength={50} className="min-w-0 truncate" />
        <Switch look={on ? 'on' : 'off'} label={f.t('reach.switch', { port: f.name(`${target.service}:${target.port}`) })} busy={!on && !canOpen}
          onChange={(wanted) => wanted ? forwards.open(target) : forwards.close(target)} />
      </div>
      {state !== undefined && <PortState state={state} onRetry={() => forwards.open(target)} />}
    </li>
  )
}

function PortState({ state, onRetry }: { state: ForwardState; onRetry: () => void }) {
  const f = useFormat()
  switch (state.kind) {
    case 'opening': return <p className="text-caption text-ink-2">{f.t('reach.opening')}</p>
    case 'failed': return <Problem error={state.error} onRetry={onRetry} />
    case 'away': return <p className="text-caption text-sun-text">{f.t('reach.away')}</p>
    case 'open': {
      const { host, port, connections, sentBytes, receivedBytes, problem } = state.status
      const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
      return (
        <>
          <div className="flex flex-wrap items-center gap-2">
            <Outside code text={address} className="min-w-0 flex-1 truncate rounded-sm bg-well px-2 py-1" />
            <CopyButton text={address} label={f.t('common.copy')} iconOnly />
            <LinkButton href={`http://${address}`} elsewhere size="small" icon={ExternalLink}>{f.t('reach.visit')}</LinkButton>
          </div>
          <p className="num text-caption text-ink-3">{f.t('reach.traffic', { connections, sent: f.bytes(sentBytes), received: f.bytes(receivedBytes) })}</p>
          {problem !== null && <p role="status" className="text-caption text-clay-text"><Outside text={problem} maxLength={200} /></p>}
        </>
      )
    }
  }
}
