/** What can be handed to somebody who helps: no key, address, file name or name of anybody in it, since none goes in. Pure. */
import type { Activity, DoctorFinding, NodeStatus, ShareStatus } from '../../../contract/nouns/node.ts'
import { formatSizeMiB } from '../../../contract/units.ts'

export interface ReportFacts {
  node: NodeStatus | null
  share: ShareStatus | null
  findings: readonly DoctorFinding[]
  activity: readonly Activity[]
  nowMs: number
}

/** As many lines of Activity as help. */
const shownLines = 30

/** In English, whoever reads it. */
export function reportText({ node, share, findings, activity, nowMs }: ReportFacts): string {
  const lines = [
    `Depin Desktop report, ${new Date(nowMs).toISOString()}`,
    ...node === null ? ['The service was not reached.'] : nodeLines(node),
    ...share === null ? [] : shareLines(share),
    'Checks:',
    ...findings.map(({ id, status }) => `  ${id}: ${status}`),
    'Recent activity:',
    ...activity.slice(0, shownLines).map(({ atMs, kind, params }) => `  ${new Date(atMs).toISOString()} ${kind}${typeof params['reason'] === 'string' ? ` (${plainCode(params['reason'])})` : ''}`),
  ]
  return `${lines.join('\n')}\n`
}

function nodeLines({ version, engine, sharing, connectedPeers, guests, deployments, startedAtMs }: NodeStatus): string[] {
  const details = engine.state === 'ready' ? `, ${engine.kind} ${engine.version}, ${engine.os}/${engine.arch}, rootless: ${engine.rootless}, isolation: ${engine.isolation}`
    : engine.state === 'unsafe' ? `, ${engine.cves.join(' ')}` : ''
  return [
    `Version ${version}, running since ${new Date(startedAtMs).toISOString()}`,
    `Engine: ${engine.state}${details}`,
    `Sharing: ${sharing.kind}${'cause' in sharing ? ` (${sharing.cause})` : ''}`,
    `Connected computers: ${connectedPeers}, guest apps: ${guests}, own apps: ${deployments}`,
  ]
}

function shareLines({ machine, settings, reserved, owner }: ShareStatus): string[] {
  const room = ({ cpuMilli, memoryMiB, diskMiB }: ShareStatus['machine']) => `${cpuMilli / 1000} cores, ${formatSizeMiB(memoryMiB)} memory, ${formatSizeMiB(diskMiB)} disk`
  return [
    `Machine: ${room(machine)}`, `Limits: ${room(settings.limits)}`, `Rented: ${room(reserved)}`,
    `Guests may reach: ${settings.egress.tier}`,
    `Rules that hold: ${owner.holds.map(({ cause, lifted }) => lifted ? `${cause} (lifted)` : cause).join(', ') || 'none'}`,
  ]
}

/** A code of ours, never free text. */
function plainCode(reason: string): string {
  return /^[a-z-]{1,40}$/.test(reason) ? reason : 'other'
}
