/** The checks of the Health card: each is something the service measured, and none is made up. Pure. */
import { isHidden } from '../../../contract/nouns/node.ts'
import type { DoctorFinding, EngineStatus, NodeStatus, ResourceSample, ShareStatus } from '../../../contract/nouns/node.ts'
import type { Format } from '../../format/format.ts'
import { findingFix, findingSentence } from '../diagnostics/findings.ts'

export type CheckId = 'connection' | 'engine' | 'disk' | 'sharing' | 'clock' | 'data-dir' | 'key'

export interface Check {
  id: CheckId
  status: DoctorFinding['status']
  title: string
  detail: string
}

/** Below this much free disk people should know, even while it still works; MiB. */
const scarceDiskMiB = 10 * 1024

export interface HealthFacts {
  node: NodeStatus | null
  share: ShareStatus | null
  use: ResourceSample | null
  findings: readonly DoctorFinding[]
  /** The owner has the words of the key; null: not known. */
  keySaved: boolean | null
}

/** In a fixed order; what is not known yet is left out. */
export function healthChecks(facts: HealthFacts, f: Format): Check[] {
  const { node, share, use, findings } = facts
  const checks: (Check | null)[] = [
    node && connection(node, f),
    node && engine(node.engine, f),
    use && disk(use, share, f),
    share && sharing(share, f),
    found(findings, 'clock', f),
    found(findings, 'data-dir', f),
    // a reminder, until it is no longer needed
    facts.keySaved === false ? { id: 'key', status: 'warn', title: f.t('health.key'), detail: f.t('health.keyNot') } : null,
  ]
  return checks.filter((check) => check !== null)
}

export function problemsIn(checks: readonly Check[]): number {
  return checks.filter((check) => check.status !== 'ok').length
}

function connection(node: NodeStatus, f: Format): Check {
  const { connectedPeers } = node
  const hidden = isHidden(node)
  return {
    id: 'connection', status: connectedPeers > 0 && !hidden ? 'ok' : 'warn', title: f.t('health.connection'),
    detail: f.t(hidden ? 'health.hidden' : 'health.connected', { peers: connectedPeers }),
  }
}

function engine(status: EngineStatus, f: Format): Check {
  const check = (state: Check['status'], detail: string): Check => ({ id: 'engine', status: state, title: f.t('health.engine'), detail })
  switch (status.state) {
    case 'ready': return check('ok', f.t('health.engineReady', { version: f.name(status.version, 20) }))
    case 'looking': return check('ok', f.t('health.engineLooking'))
    case 'missing': return check('fail', f.t('health.engineMissing'))
    case 'unsafe': return check('fail', f.t('health.engineUnsafe'))
    case 'forbidden': return check('fail', f.t('health.engineForbidden'))
    case 'stopped': return check('fail', status.hung ? f.t('health.engineHung', { time: f.time(status.sinceMs) }) : status.socket === null ? f.t('health.engineInstalled') : f.t('health.engineStopped', { time: f.time(status.sinceMs) }))
  }
}

function disk({ diskMiB }: ResourceSample, share: ShareStatus | null, f: Format): Check {
  const freeMiB = Math.max(0, diskMiB.total - diskMiB.guests - diskMiB.you)
  const status = share?.state.kind === 'disk-full' ? 'fail' : freeMiB < scarceDiskMiB ? 'warn' : 'ok'
  return { id: 'disk', status, title: f.t('health.disk'), detail: f.t('health.free', { free: f.size(freeMiB) }) }
}

function sharing({ available, settings }: ShareStatus, f: Format): Check {
  const full = settings.on && (available.cpuMilli === 0 || available.memoryMiB === 0)
  const detail = !settings.on ? f.t('health.notOffered') : full ? f.t('health.allRented')
    : f.t('health.stillFree', { cores: f.cores(available.cpuMilli), memory: f.size(available.memoryMiB) })
  return { id: 'sharing', status: 'ok', title: f.t('health.sharing'), detail }
}

function found(findings: readonly DoctorFinding[], id: 'clock' | 'data-dir', f: Format): Check | null {
  const finding = findings.find((one) => one.id === id)
  if (finding === undefined) return null
  const detail = finding.cause === null ? f.t(`health.${id}.ok`) : `${findingSentence(finding, f)} ${findingFix(finding, f) ?? ''}`
  return { id, status: finding.status, title: f.t(`health.${id}`), detail }
}
