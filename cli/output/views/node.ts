/** This node, as people read it. */
import type { Allowance, HoldCause, OwnerRules } from '../../../contract/nouns/owner.ts'
import type { AttackFinding, DoctorFinding, EngineStatus, Held, NodeStatus, Peer, ShareEgress, ShareStatus, SharingState } from '../../../contract/nouns/node.ts'
import type { IsolationLevel } from '../../../contract/wire/v1/records.ts'
import { formatSizeMiB, type Resources } from '../../../contract/units.ts'
import type { Io } from '../../io.ts'
import { hoursText } from '../../parse-rules.ts'
import { facts, heading, table } from '../table.ts'
import { plain } from '../text.ts'
import { ago, cores, dateTime, duration, money, moneyPerMonth } from '../units.ts'

type Shown = Pick<Io, 'hasColours' | 'nowMs'>

/** `status.dashboard`: with its token. */
export function statusText(status: NodeStatus, update: string | null, io: Shown): string {
  return facts([
    ['Name', status.label],
    ['Sharing', sharingText(status.sharing, io.nowMs())],
    ['Engine', engineText(status.engine)],
    ['Dashboard', status.dashboard ?? 'not served'],
    ['Guests', String(status.guests)],
    ['My apps', String(status.deployments)],
    ['Connected', `${status.connectedPeers} ${status.connectedPeers === 1 ? 'computer' : 'computers'}`],
    ['Running', `for ${duration(io.nowMs() - status.startedAtMs)}, pid ${status.pid}, version ${status.version}`],
    ...update === null ? [] : [['Update', update]] as const,
    ['Peer', status.peerId],
    ['Addresses', status.addresses.length === 0 ? 'none yet' : status.addresses.join(' ')],
    ['Data', status.dataDir],
  ], io.hasColours)
}

export function engineText(engine: EngineStatus): string {
  switch (engine.state) {
    case 'ready': return `${engine.kind} ${engine.version} at ${engine.socket}${engine.rootless ? ', rootless' : ''}, guests ${isolationWords[engine.isolation]}`
    case 'missing': return `missing. Get one: ${engine.install}`
    case 'stopped': return engine.hung ? `hangs: ${engine.message} Restart it: depin engine restart` : `stopped: ${engine.message} Start it: depin engine start`
    case 'forbidden': return `not allowed: ${engine.message} ${engine.fix}`
    case 'unsafe': return `has a known hole: ${engine.message} ${engine.update}`
    case 'looking': return 'looking for one'
  }
}

const isolationWords: Record<IsolationLevel, string> = {
  container: 'in hardened containers', userns: 'in hardened containers with user ids of their own', sandbox: 'in sandboxes with a kernel of their own',
}

export function sharingText(state: SharingState, nowMs: number): string {
  switch (state.kind) {
    case 'engine-missing': return 'stopped: there is no engine'
    case 'engine-stopped': return `stopped: the engine ${state.hung ? 'doesn\'t answer' : 'isn\'t running'} (since ${ago(state.sinceMs, nowMs)})`
    case 'engine-forbidden': return 'stopped: this account may not use the engine'
    case 'engine-unsafe': return `stopped: the engine has a known hole. ${state.update}`
    case 'uncontained': return 'stopped: guests could reach what they may not. See what: depin doctor --attack'
    case 'disk-full': return `stopped: the disk is nearly full (${formatSizeMiB(state.freeMiB)} free)`
    case 'off': return 'off'
    case 'paused': return `paused${causeTexts[state.cause]}${untilText(state.untilMs)}`
    case 'starting': return 'getting ready'
    case 'ready': return `on, waiting for a guest${heldText(state.held)}`
    case 'sharing': return `on, ${state.guests} ${state.guests === 1 ? 'guest' : 'guests'}${heldText(state.held)}`
  }
}

/** What is said after “paused” and after “held back”. */
const causeTexts: Readonly<Record<HoldCause, string>> = {
  'you': ' by you', 'in-use': ': this computer is in use', 'full-screen': ': something fills the screen', 'battery': ': it runs on its battery',
  'metered': ': this looks like mobile data', 'hours': ': outside sharing hours', 'hot': ': it is too hot', 'disk': ': the disk is nearly full', 'busy': ': other programs need the processor',
  'idle': ': nobody uses this computer',
}

function untilText(untilMs: number | null): string {
  return untilMs === null ? '' : `, until ${dateTime(untilMs)}`
}

function heldText(held: Held | null): string {
  return held === null ? '' : `, held back to ${held.cpuPercent} % of the processor${causeTexts[held.cause]}${untilText(held.untilMs)}`
}

/** What makes guests give way; rules that change nothing are left out. */
function rulesText(rules: OwnerRules): string {
  const rows: [string, Allowance][] = [
    ['in use', rules.inUse], ['idle', rules.idle], ['full screen', rules.fullScreen], ['on battery', rules.onBattery], ['mobile data', rules.metered],
    [`above ${rules.hot.aboveC} °C`, rules.hot.allow], [`others above ${rules.busy.abovePercent} %`, rules.busy.allow],
  ]
  const texts = rows.filter(([, allow]) => allow !== 100).map(([when, allow]) => `${when} ${allow === 'asleep' ? 'asleep' : `${allow} %`}`)
  return `${texts.join(', ') || 'always at full'}; in use for ${duration(rules.idleMinutes * 60_000)} after the last touch`
}

export function shareText({ settings, state, machine, reserved, available, owner }: ShareStatus, io: Shown): string {
  const { prices, terms } = settings
  const row = (name: string, value: Resources): string[] => [name, cores(value.cpuMilli), formatSizeMiB(value.memoryMiB), formatSizeMiB(value.diskMiB)]
  return facts([
    ['Sharing', sharingText(state, io.nowMs())],
    ['Name', settings.label],
    ['Region', settings.region ?? 'not told'],
    ['Price', `${moneyPerMonth(prices.cpuCoreMonthMicro)} per core, ${moneyPerMonth(prices.memoryGiBMonthMicro)} per GB of memory, ${moneyPerMonth(prices.diskGiBMonthMicro)} per GB of disk, ${money(prices.egressGiBMicro)} per GB sent`],
    ['Internet', egressText(settings.egress)],
    ['Images', `kept up to ${formatSizeMiB(settings.imageCacheMiB)}`],
    ['Terms', `stated every ${duration(terms.meterIntervalMs)}, paid ${duration(terms.prepaidMs)} ahead, ${duration(terms.graceMs)} of grace, kept ${duration(terms.retentionMs)} when suspended`],
    ['Rules', rulesText(settings.rules)],
    ['Hours', settings.rules.hours.on ? hoursText(settings.rules.hours.grid) : 'always'],
    ...owner.yielding?.why == null ? [] : [['Limits', owner.yielding.why] as const],
  ], io.hasColours) + '\n' + table(['', 'CPU', 'MEMORY', 'DISK'], [
    row('offered', settings.limits), row('rented', reserved), row('free', available), row('machine', machine),
  ], io.hasColours)
}

function egressText({ tier, rateMbit, monthlyGiB }: ShareEgress): string {
  if (tier === 'none') return 'guests cannot open connections'
  const what = tier === 'open' ? 'guests may reach the internet' : 'guests may reach the names their apps list'
  return `${what}, ${rateMbit} Mbit/s each, ${monthlyGiB === null ? 'without a monthly limit' : `${monthlyGiB} GB a month together`}`
}

export function peersText(peers: readonly Peer[], io: Shown): string {
  if (peers.length === 0) return 'No other computers are known yet. Add one: depin join LINK\n'
  return table(['NAME', 'REGION', 'STATE', 'ROUND TRIP', 'PEER'], peers.map((peer) => [
    peer.label,
    peer.region ?? '-',
    peer.connected ? 'connected' : peer.lastSeenMs === null ? 'never seen' : `seen ${ago(peer.lastSeenMs, io.nowMs())}`,
    peer.roundTripMs === null ? '-' : `${Math.round(peer.roundTripMs)} ms`,
    peer.peerId,
  ]), io.hasColours)
}

const marks = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const

export function findingsText(findings: readonly DoctorFinding[], hasColours: boolean): string {
  return findings.map(({ status, message, fix }) => {
    const mark = status === 'ok' ? marks.ok : heading(marks[status], hasColours)
    return `${mark}  ${plain(message)}\n${fix === null ? '' : `      ${plain(fix)}\n`}`
  }).join('')
}

export function attackText(findings: readonly AttackFinding[], hasColours: boolean): string {
  const wrong = findings.filter(({ outcome, expected }) => outcome !== expected)
  const rows = findings.map(({ what, tier, outcome, expected }) => [outcome === expected ? 'ok' : 'FAIL', what, tier, outcome])
  const sum = wrong.length === 0
    ? `\n${findings.length} targets: guests reach nothing that they may not.\n`
    : `\n${wrong.length} of ${findings.length} targets ${wrong.length === 1 ? 'is not as it should be' : 'are not as they should be'}. No guest is taken until ${wrong.length === 1 ? 'it is' : 'they are'}.\n`
  return table(['', 'FROM INSIDE A GUEST', 'INTERNET', ''], rows, hasColours) + sum
}
