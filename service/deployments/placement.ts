/**
 * Which hosts get the copies, and why the others do not. Pure.
 */
import { formatMicro, formatSizeMiB, type Resources } from '../../contract/units.ts'
import type { HostQuote } from '../../contract/nouns/deployment.ts'
import { describeRefusal, type HostAnswer, monthMicro } from '../market/index.ts'
import type { PlacementOptions } from './manifest/types.ts'

export interface PlacementRequest {
  options: PlacementOptions
  resources: Resources
  /** How many hosts are wanted now. */
  copies: number
  /** Hosts that have a copy already. */
  taken: readonly { provider: string, region: string | null }[]
  /** Hosts that failed a copy a moment ago: only when there is no other. */
  avoid: ReadonlySet<string>
  /** Hosts that do not want this app, each with why: not even then. */
  unwelcome: ReadonlyMap<string, string>
  /** The owner named these hosts. */
  named: readonly string[]
}

type QuoteAnswer = Extract<HostAnswer, { kind: 'quote' }>

export interface PlacementResult {
  /** At most `copies`, best first. */
  chosen: QuoteAnswer[]
  hosts: HostQuote[]
  /** Which requirement failed and by how much, when nobody can take a copy. */
  problem: string | null
}

/** Ranks by price, then distance; each copy on another host, in another region where that is wanted and can be had. */
export function place(answers: readonly HostAnswer[], request: PlacementRequest): PlacementResult {
  const fitting = answers.filter((answer) => answer.kind === 'quote').filter((answer) => whyNot(answer, request) === null)
  const ranked = fitting.toSorted((a, b) => compare(a, b, request))
  const chosen: QuoteAnswer[] = []
  const regions = new Set(request.taken.map((host) => host.region))
  while (chosen.length < request.copies) {
    const left = ranked.filter((answer) => !chosen.includes(answer))
    const elsewhere = request.options.spread === 'region' ? left.find((answer) => !regions.has(answer.offer?.region ?? null)) : undefined
    const next = elsewhere ?? left[0]
    if (next === undefined) break
    chosen.push(next)
    regions.add(next.offer?.region ?? null)
  }
  const shown = answers.filter((answer) => request.named.includes(answer.provider) || !(answer.kind === 'refused' && answer.refusal.code === 'sharing-off'))
  return {
    chosen,
    hosts: shown.map((answer) => describe(answer, request, chosen)),
    problem: chosen.length > 0 ? null : explain(answers, shown, request),
  }
}

function compare(a: QuoteAnswer, b: QuoteAnswer, request: PlacementRequest): number {
  const avoided = Number(request.avoid.has(a.provider)) - Number(request.avoid.has(b.provider))
  if (avoided !== 0) return avoided
  const price = priceOf(a) - priceOf(b)
  if (price !== 0n) return price < 0n ? -1 : 1
  return (a.roundTripMs ?? Number.MAX_SAFE_INTEGER) - (b.roundTripMs ?? Number.MAX_SAFE_INTEGER)
}

function priceOf(answer: QuoteAnswer): bigint {
  return monthMicro(answer.quote.record.rates, answer.quote.record.resources)
}

/** Null: this host would do. */
function whyNot(answer: QuoteAnswer, { options, taken, unwelcome }: PlacementRequest): string | null {
  const price = priceOf(answer)
  const { maxPriceMonthMicro, regions } = options
  if (taken.some((host) => host.provider === answer.provider)) return 'already has a copy'
  const whyUnwelcome = unwelcome.get(answer.provider)
  if (whyUnwelcome !== undefined) return whyUnwelcome
  if (maxPriceMonthMicro !== null && price > maxPriceMonthMicro) {
    return `asks $${money(price)} a month, $${money(price - maxPriceMonthMicro)} over the limit of $${money(maxPriceMonthMicro)}`
  }
  const region = answer.offer?.region ?? null
  if (regions.length > 0 && !regions.some((wanted) => region === wanted || region?.startsWith(`${wanted}-`) === true)) {
    return region === null ? `does not tell its region, and must be in ${regions.join(' or ')}` : `is in ${region}, not in ${regions.join(' or ')}`
  }
  return null
}

function describe(answer: HostAnswer, request: PlacementRequest, chosen: readonly QuoteAnswer[]): HostQuote {
  const base = { provider: answer.provider, label: answer.offer?.label ?? answer.provider.slice(-8), region: answer.offer?.region ?? null }
  switch (answer.kind) {
    case 'quote':
      return { ...base, roundTripMs: answer.roundTripMs, priceMonthMicro: priceOf(answer), chosen: chosen.includes(answer), refusal: null, why: whyNot(answer, request) }
    case 'refused':
      return { ...base, roundTripMs: answer.roundTripMs, priceMonthMicro: null, chosen: false, refusal: answer.refusal, why: describeRefusal(answer.refusal) }
    case 'silent':
      return { ...base, roundTripMs: null, priceMonthMicro: null, chosen: false, refusal: null, why: answer.message }
  }
}

/** “2 hosts asked. 1 needs …; the cheapest asks …”: the nearest miss of each kind, with its numbers. */
function explain(answers: readonly HostAnswer[], shown: readonly HostAnswer[], request: PlacementRequest): string {
  if (answers.length === 0) return 'No other computer is connected. Join one with “depin join LINK”, or start with --bootstrap.'
  if (shown.length === 0) return `${count(answers.length, 'computer is', 'computers are')} connected, and none of them shares.`
  const reasons = new Map<string, { why: string, miss: bigint }>()
  for (const answer of shown) {
    const { kind, why, miss } = missOf(answer, request)
    const known = reasons.get(kind)
    if (known === undefined || miss < known.miss) reasons.set(kind, { why, miss })
  }
  return `${count(shown.length, 'host', 'hosts')} asked, none fits: ${[...reasons.values()].map(({ why }) => why).join('; ')}.`
}

/** How far a host is from fitting, for comparing misses of one kind. */
function missOf(answer: HostAnswer, request: PlacementRequest): { kind: string, why: string, miss: bigint } {
  const label = answer.offer?.label ?? answer.provider.slice(-8)
  switch (answer.kind) {
    case 'quote': {
      const why = whyNot(answer, request) ?? 'fits'
      return { kind: why.split(' ')[0] ?? '', why: `${label} ${why}`, miss: priceOf(answer) }
    }
    case 'refused': {
      const { refusal } = answer
      return { kind: refusal.code, why: `${label} ${refusalSentence(refusal, request.resources)}`, miss: BigInt((refusal.need ?? 0) - (refusal.have ?? 0)) }
    }
    case 'silent':
      return { kind: 'silent', why: `${label} did not answer`, miss: 0n }
  }
}

function refusalSentence(refusal: Extract<HostAnswer, { kind: 'refused' }>['refusal'], resources: Resources): string {
  const have = refusal.have ?? 0
  switch (refusal.code) {
    case 'cpu': return `has ${have / 1000} of the ${count(resources.cpuMilli / 1000, 'core', 'cores')} it needs (${(resources.cpuMilli - have) / 1000} short)`
    case 'memory': return `has ${formatSizeMiB(have)} of the ${formatSizeMiB(resources.memoryMiB)} of memory it needs (${formatSizeMiB(resources.memoryMiB - have)} short)`
    case 'disk': return `has ${formatSizeMiB(have)} of the ${formatSizeMiB(resources.diskMiB)} of disk it needs (${formatSizeMiB(resources.diskMiB - have)} short)`
    default: return describeRefusal(refusal)
  }
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`
}

/** To the cent, rounded: for reading. */
function money(micro: bigint): string {
  return formatMicro((micro + 5_000n) / 10_000n * 10_000n).slice(0, -4)
}

/** Each copy stands on a host of its own, so it is hosts that are missing. */
export function tooFewHosts(found: number, copies: number): string {
  if (copies === 1) return 'No host fits.'
  return `${copies} copies need ${copies} hosts, each one of its own; ${found === 1 ? '1 fits' : `${found} fit`} (${copies - found} too few).`
}
