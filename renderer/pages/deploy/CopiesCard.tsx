import { ChevronDown } from 'lucide-react'
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components'
import { complaintOf } from '../../../contract/complaints.ts'
import type { Deployment, Replica, ReplicaEvent } from '../../../contract/nouns/deployment.ts'
import type { ServiceStatus } from '../../../contract/wire/v1/protocols.ts'
import { useNow } from '../../base/useNow.ts'
import { Dot } from '../../components/Badge.tsx'
import { Card } from '../../components/Card.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Outside } from '../../components/Outside.tsx'
import type { Format } from '../../format/format.ts'
import { useFormat } from '../../i18n/Language.tsx'
import { reasonTexts } from '../../i18n/reasons.ts'
import { useStores } from '../../stores/context.tsx'
import { complaintHints, copyWords, eventWords, runningCopies, serviceWords } from './words.ts'

/** Where the copies are, how each is, and what happened to it. */
export function CopiesCard({ app }: { app: Deployment }) {
  const f = useFormat()
  return (
    <Card title={f.t('copies.title')} end={<span className="num text-small text-ink-2">{f.t('apps.copiesUp', { up: runningCopies(app), all: app.copies })}</span>}>
      <ul className="mt-1 divide-y divide-line">
        {app.replicas.map((replica) => <Copy key={replica.index} replica={replica} />)}
      </ul>
    </Card>
  )
}

function Copy({ replica }: { replica: Replica }) {
  const f = useFormat()
  const nowMs = useNow(useStores().clock, 60_000)
  const { tone, word } = copyWords[replica.state]
  const complaint = replica.reason?.code === 'app-exited' ? complaintOf(replica.reason.detail ?? '') : null
  return (
    <li className="py-3">
      <div className="flex items-baseline gap-2.5">
        <Dot tone={tone} />
        <p className="min-w-0 flex-1 text-small">
          <b className="font-semibold">{replica.providerLabel === null ? f.t('copies.noHost') : <Outside text={replica.providerLabel} maxLength={40} />}</b>
          {replica.region !== null && <span className="text-ink-3">{` ${f.region(replica.region)}`}</span>}
        </p>
        <span className="text-caption text-ink-2">{f.t(word)}</span>
      </div>
      <p className="ms-4.5 text-caption text-ink-2">{f.t('copies.number', { number: replica.index + 1, time: f.exactly(replica.sinceMs, nowMs) })}</p>
      {replica.reason !== null && (
        <p className="ms-4.5 text-caption text-ink-2">
          {f.t(reasonTexts[replica.reason.code])}
          {replica.reason.detail !== undefined && <>{' '}<Outside text={replica.reason.detail} maxLength={200} /></>}
        </p>
      )}
      {complaint !== null && <p className="ms-4.5 text-caption">{f.t(complaintHints[complaint.kind], { user: complaint.user ?? 'postgres' })}</p>}
      {replica.throttled != null && <p className="ms-4.5 text-caption text-sun-text">{f.t('guest.throttledRenter')} {f.t(reasonTexts[replica.throttled.code])}</p>}
      {replica.trouble != null && (
        <p className="ms-4.5 text-caption text-sun-text">
          {f.t('copies.trouble')} {f.t(reasonTexts[replica.trouble.code])}
          {replica.trouble.detail !== undefined && <>{' '}<Outside text={replica.trouble.detail} maxLength={200} /></>}
        </p>
      )}
      {replica.state !== 'running' && replica.services.length > 0 && (
        <ul className="ms-4.5 mt-1">{replica.services.map((service) => <Service key={service.service} service={service} />)}</ul>
      )}
      {replica.events.length > 0 && <History events={replica.events} />}
    </li>
  )
}

function Service({ service }: { service: ServiceStatus }) {
  const f = useFormat()
  return (
    <li className="flex justify-between gap-3 text-caption text-ink-2">
      <Outside text={service.service} maxLength={40} />
      <span className="num">{serviceText(service, f)}</span>
    </li>
  )
}

function serviceText({ state, progress, exitCode }: ServiceStatus, f: Format): string {
  if (state === 'pulling' && progress !== null && progress.totalBytes > 0) {
    return f.t('service.pulled', { done: f.bytes(progress.doneBytes), total: f.bytes(progress.totalBytes) })
  }
  if (state === 'failed' && exitCode !== null) return f.t('service.exited', { code: exitCode })
  return f.t(serviceWords[state])
}

function History({ events }: { events: readonly ReplicaEvent[] }) {
  const f = useFormat()
  const nowMs = useNow(useStores().clock, 60_000)
  return (
    <Disclosure className="ms-4.5 mt-1">
      <Heading>
        <Button slot="trigger" className="group inline-flex min-h-6 items-center gap-1 rounded-sm text-caption font-medium text-primary-text hovered:underline">
          <Icon of={ChevronDown} look="badge" className="group-expanded:rotate-180" />{f.t('copies.history')}
        </Button>
      </Heading>
      <DisclosurePanel>
        <ol className="mt-1 flex flex-col gap-1.5 border-s border-line ps-3 text-caption">
          {events.toReversed().map((event, index) => (
            <li key={`${event.atMs} ${index}`}>
              <time dateTime={new Date(event.atMs).toISOString()} className="num text-ink-3">{f.exactly(event.atMs, nowMs)}</time>{' '}
              {f.t(eventWords[event.kind])}
              {event.reason !== null && <span className="block text-ink-2">{f.t(reasonTexts[event.reason.code])}</span>}
            </li>
          ))}
        </ol>
      </DisclosurePanel>
    </Disclosure>
  )
}
