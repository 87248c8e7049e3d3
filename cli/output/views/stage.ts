import type { Deployment, Replica } from '../../../contract/nouns/deployment.ts'
import { formatSize } from '../../../contract/units.ts'
import { reasonText } from './apps.ts'

/** What an app that does not run yet is waiting for. `stage` stays the same while only figures change. */
export interface Stage { stage: string, text: string }

export function stageOf(app: Deployment): Stage {
  const replica = app.replicas.find(({ state }) => state !== 'running')
  if (replica === undefined) return said(app.why ?? 'Waiting for a host')
  const { stage, text } = stageOfCopy(replica)
  return app.copies === 1 ? { stage, text } : { stage: `${replica.index}/${stage}`, text: `Copy ${replica.index}: ${text}` }
}

function stageOfCopy(replica: Replica): Stage {
  const host = replica.providerLabel ?? 'the host'
  switch (replica.state) {
    case 'waiting': return said(replica.reason === null ? 'Waiting for a host' : replica.reason.code === 'no-host' ? `Waiting for a host: ${replica.reason.detail ?? reasonText(replica.reason)}` : `Looking for a host again: ${reasonText(replica.reason)}`)
    case 'starting': return replica.trouble == null ? stageOfServices(replica, host) : said(`${host} tries again: ${reasonText(replica.trouble)}`)
    case 'restarting': return said(replica.reason === null ? `Starting it again on ${host}` : reasonText(replica.reason))
    case 'unreachable': return said(`${host} does not answer`)
    case 'suspended': return said(`Suspended on ${host}`)
    case 'running': return said('Running')
    case 'failed':
    case 'ended': return said(`${replica.state === 'failed' ? 'Failed' : 'Ended'}${replica.reason === null ? '' : `: ${reasonText(replica.reason)}`}`)
  }
}

function stageOfServices({ services }: Replica, host: string): Stage {
  const index = services.findIndex(({ state, health }) => !(state === 'completed' || (state === 'running' && (health === 'none' || health === 'healthy'))))
  const service = services[index]
  if (service === undefined) return said(`Starting on ${host}`)
  const which = `${service.service} (${index + 1} of ${services.length})`
  if (service.state === 'pulling') {
    const { doneBytes, totalBytes } = service.progress ?? { doneBytes: 0, totalBytes: 0 }
    return { stage: `pulling ${service.service}`, text: `Pulling ${which}${totalBytes > 0 ? `: ${formatSize(doneBytes)} of ${formatSize(totalBytes)}` : ''}` }
  }
  if (service.state === 'running') return said(`Waiting for ${which} to be healthy`)
  if (service.state === 'restarting' || service.state === 'failed') return said(`${which} ended${service.exitCode === null ? '' : ` with ${service.exitCode}`}, starting it again`)
  return said(`Starting ${which} on ${host}`)
}

function said(text: string): Stage {
  return { stage: text, text }
}
