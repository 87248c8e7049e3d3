/** The user's own apps on other computers. */
import type { Deployment, HostQuote, ManifestNote, ManifestReport, QuoteReport, Replica, ReplicaEvent } from '../../../contract/nouns/deployment.ts'
import type { Reason, ReasonCode } from '../../../contract/reasons.ts'
import type { Io } from '../../io.ts'
import { facts, heading, table } from '../table.ts'
import { plain } from '../text.ts'
import { ago, dateTime, duration, moneyPerMonth, money, resources, shortId } from '../units.ts'
import { hintFor } from './hints.ts'

type Shown = Pick<Io, 'hasColours' | 'nowMs'>

const reasons: Readonly<Record<ReasonCode, string>> = {
  'tenant-closed': 'you ended it',
  'replaced': 'moved to another host',
  'owner-ended': 'the host’s owner ended it',
  'owner-needed-machine': 'the host’s owner needed the machine',
  'schedule': 'it is outside the host’s sharing hours',
  'metered': 'the host is on mobile data or a limited network',
  'too-hot': 'the host is too hot',
  'asleep-too-long': 'the host kept it asleep for longer than the grace',
  'unpaid': 'it was not paid for in time',
  'budget': 'the budget is used',
  'expired': 'the agreed end has come',
  'provider-gone': 'the host did not answer for longer than the grace',
  'provider-lost-lease': 'the host no longer has it',
  'no-host': 'no known host can take it',
  'rejected': 'the host refused it',
  'engine': 'the engine on the host failed',
  'image-not-found': 'the image does not exist, or is private',
  'image-unreachable': 'the host could not reach anybody who has the image',
  'image-platform': 'the image is made for another processor',
  'image-refused': 'the host’s owner does not accept the image',
  'app-exited': 'the app keeps ending by itself',
  'dependency-failed': 'a service that others wait for failed',
  'disk-full': 'the host’s disk is full',
  'abuse-scan': 'it tried too many new places on the internet',
  'abuse-mail': 'it tried to send mail',
  'abuse-flood': 'it sent far more than it may',
  'abuse-mining': 'it tried to reach mining pools',
  'abuse-logs': 'it printed far more than anybody reads',
  'power': 'the host runs on its battery, lost power or restarted',
  'failed': 'something failed',
}

export function reasonText({ code, detail }: Reason): string {
  return `${reasons[code]} (${code}${detail === undefined ? '' : `: ${detail}`})`
}

export function appsText(apps: readonly Deployment[], io: Shown): string {
  if (apps.length === 0) return 'You have no apps. Begin with: depin deploy compose.yaml\n'
  const list = table(['NAME', 'STATE', 'COPIES', 'HOSTS', 'COST', 'SPENT', 'CREATED'], apps.map((app) => [
    app.name,
    app.state,
    `${app.replicas.filter((replica) => replica.state === 'running').length}/${app.copies}`,
    hostsOf(app) || '-',
    moneyPerMonth(app.rateMonthMicro),
    money(app.spentMicro),
    ago(app.createdAtMs, io.nowMs()),
  ]), io.hasColours)
  const notes = apps.flatMap((app) => [
    ...app.why === null ? [] : [`${app.name}: ${app.why}`],
    ...app.replicas.flatMap((replica) => replicaNotes(app, replica, io.nowMs())),
  ])
  return list + notes.map((note) => `${plain(note)}\n`).join('')
}

function hostsOf(app: Deployment): string {
  return app.replicas.flatMap((replica) => replica.provider === null ? [] : [hostName(replica)]).join(', ')
}

function hostName(replica: Pick<Replica, 'provider' | 'providerLabel'>): string {
  return replica.providerLabel ?? (replica.provider === null ? '-' : shortId(replica.provider))
}

/** Why a copy is not simply running, and what its last replacement was for. */
function replicaNotes(app: Deployment, replica: Replica, nowMs: number): string[] {
  const copy = `${app.name} copy ${replica.index}`
  const replaced = replica.events.filter((event) => event.kind === 'replaced')
  const last = replaced.at(-1)
  return [
    // of the only copy the app has said so
    ...replica.state !== 'running' && replica.reason !== null && app.copies > 1 ? [`${copy} is ${replica.state}: ${reasonText(replica.reason)}`] : [],
    ...hintNote(replica),
    ...throttledNote(replica, copy),
    ...troubleNote(replica, copy),
    ...last === undefined ? [] : [`${copy} was replaced ${replaced.length === 1 ? 'once' : `${replaced.length} times`}, last ${ago(last.atMs, nowMs)}${last.reason === null ? '' : `: ${reasonText(last.reason)}`}`],
  ]
}

function hintNote({ reason }: Pick<Replica, 'reason'>): string[] {
  const hint = hintFor(reason)
  return hint === null ? [] : [hint]
}

function throttledNote({ throttled }: Pick<Replica, 'throttled'>, name: string): string[] {
  return throttled == null ? [] : [`${name} is held back by its host: ${reasonText(throttled)}`]
}

function troubleNote({ trouble }: Pick<Replica, 'trouble'>, name: string): string[] {
  return trouble == null ? [] : [`${name} has trouble, and its host tries again: ${reasonText(trouble)}`]
}

export function appText(app: Deployment, io: Shown): string {
  const head = facts([
    ['Name', app.name],
    ['State', app.why === null ? app.state : `${app.state}: ${app.why}`],
    ['Copies', `${app.replicas.filter((replica) => replica.state === 'running').length} of ${app.copies} running`],
    ['Needs', `${resources(app.resources)} for each copy`],
    ['Cost', `${moneyPerMonth(app.rateMonthMicro)}, ${money(app.spentMicro)} so far${app.budgetMicro === null ? '' : ` of ${money(app.budgetMicro)}`}`],
    ['Highest price', app.maxPriceMonthMicro === null ? 'not set' : `${moneyPerMonth(app.maxPriceMonthMicro)} for each copy`],
    ['Replaced after', duration(app.graceMs)],
    ['Created', dateTime(app.createdAtMs)],
  ], io.hasColours)
  return head + app.replicas.map((replica) => `\n${copyText(replica, io)}`).join('') + notesText(app.warnings, 'warning')
}

function copyText(replica: Replica, io: Shown): string {
  const title = `Copy ${replica.index}: ${replica.state} for ${duration(io.nowMs() - replica.sinceMs)}${replica.provider === null ? '' : ` on ${hostName(replica)}`}`
  const services = replica.services.length === 0 ? '' : table(['SERVICE', 'STATE', 'HEALTH', 'PORTS', 'RESTARTS', 'CONTAINER'], replica.services.map((service) => [
    service.service, service.exitCode === null ? service.state : `${service.state} (exit ${service.exitCode})`, service.health,
    service.ports.join(',') || '-', String(service.restarts), service.containerId === null ? '-' : service.containerId.slice(0, 12),
  ]), false)
  const reason = replica.reason === null ? '' : [reasonText(replica.reason), ...hintNote(replica)].map((note) => `${plain(note)}\n`).join('')
  const held = [...throttledNote(replica, 'It'), ...troubleNote(replica, 'It')].map((note) => `${plain(note)}\n`).join('')
  return `${heading(plain(title), io.hasColours)}\n${reason}${held}${services}${replica.events.map(eventText).join('')}`
}

function eventText({ atMs, kind, provider, reason }: ReplicaEvent): string {
  const host = provider === null ? '' : ` on ${shortId(provider)}`
  return plain(`${dateTime(atMs)}  ${kind}${host}${reason === null ? '' : `: ${reasonText(reason)}`}`) + '\n'
}

export function reportText(report: ManifestReport, io: Shown): string {
  const services = report.services.length === 0 ? '' : table(['SERVICE', 'IMAGE', 'PORTS', 'NEEDS'], report.services.map((service) => [
    service.name, service.image, service.ports.join(',') || '-', resources(service.resources),
  ]), io.hasColours)
  const verdict = report.ok ? `This can run: ${report.copies} ${report.copies === 1 ? 'copy' : 'copies'} of ${resources(report.resources)}.\n` : 'This cannot run as it is.\n'
  return services + notesText(report.errors, 'error') + notesText(report.warnings, 'warning') + verdict
}

/** `compose.yaml:12: error: services.web.privileged: …`, as compilers write, so that editors can jump there. */
export function notesText(notes: readonly ManifestNote[], kind: 'error' | 'warning'): string {
  return notes.map(({ file, line, key, message }) => `${plain(`${file}:${line}: ${kind}: ${key === '' ? '' : `${key}: `}${message}`)}\n`).join('')
}

export function quoteText(report: QuoteReport, io: Shown): string {
  const hosts = report.hosts.length === 0 ? '' : table(['', 'HOST', 'REGION', 'ROUND TRIP', 'PRICE', 'WHY NOT', 'PEER'], report.hosts.map((host) => [
    host.chosen ? '*' : '', host.label, host.region ?? '-', host.roundTripMs === null ? '-' : `${Math.round(host.roundTripMs)} ms`,
    moneyPerMonth(host.priceMonthMicro), whyNot(host), host.provider,
  ]), io.hasColours)
  const total = report.totalMonthMicro === null ? '' : `${report.copies} ${report.copies === 1 ? 'copy' : 'copies'} of ${resources(report.resources)}: ${moneyPerMonth(report.totalMonthMicro)}\n`
  return hosts + total
}

function whyNot(host: HostQuote): string {
  return host.why ?? host.refusal?.code ?? (host.chosen ? '' : '-')
}
