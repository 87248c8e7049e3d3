import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Evidence, evidenceKeptMs, maxEvidenceBytes } from '../../contract/nouns/evidence.ts'
import { openDatabase } from '../database/index.ts'
import { type Counters, counterNames } from '../engine/index.ts'
import { createSigner, idOf, sha256 } from '../identity/index.ts'
import { encodeApp, type LeaseRecord, ratesFrom } from '../market/index.ts'
import { appOf, appService } from '../testing/apps.ts'
import { evidenceOf } from './evidence.ts'
import { addCounts, addDestinations, countedSince, hourMs, maxDestinations } from './flows.ts'
import { createAbuseStore } from './store.sqlite.ts'
import type { FlowDestination } from './types.ts'

const nowMs = Date.UTC(2026, 0, 15, 12)
const digest = `sha256:${'ab'.repeat(32)}`
const platform = { os: 'linux', arch: 'amd64' }
const app = { ...appOf(appService({ source: { variants: [{ platform, config: digest, layers: [digest], manifest: null, downloadBytes: null, sizeBytes: null }] } })), egress: { tier: 'domains' as const, domains: ['example.org'] } }

function counters(change: Partial<Record<keyof Counters, number>>): Counters {
  return Object.fromEntries(counterNames.map((name) => [name, { packets: change[name] ?? 0, bytes: (change[name] ?? 0) * 60 }])) as Counters
}

function lease(phase: LeaseRecord['phase']): LeaseRecord {
  const [provider, tenant] = [createSigner(new Uint8Array(32).fill(1)), createSigner(new Uint8Array(32).fill(2))]
  const signed = tenant.sign('lease', {
    network: 'test', requestId: new Uint8Array(16), quoteHash: new Uint8Array(32), provider: provider.peerId, tenant: tenant.peerId, resources: { cpuMilli: 100, memoryMiB: 64, diskMiB: 10 }, isolation: 'userns', egress: 'domains',
    rates: ratesFrom({ cpuCoreMonthMicro: 1n, memoryGiBMonthMicro: 1n, diskGiBMonthMicro: 1n, egressGiBMicro: 1n }), terms: { meterIntervalMs: 1000, prepaidMs: 1, graceMs: 1, retentionMs: 1 },
    channelId: 'a'.repeat(32), appHash: sha256(encodeApp(app)), maxSpendMicro: 1n, createdAtMs: nowMs - 1000,
  })
  return {
    leaseId: idOf(signed.hash), role: 'provider', peerId: tenant.peerId, requestId: new Uint8Array(16), lease: signed.record, body: signed.signed.body, tenantSignature: signed.signed.signature,
    providerSignature: provider.countersign('lease', signed.signed.body), phase, sinceMs: nowMs, createdAtMs: nowMs - 1000,
  }
}

describe('what a guard has counted', () => {
  it('is counted once, also when the guard has begun anew', () => {
    expect(countedSince(undefined, counters({ out: 3 }))).toEqual({ out: { packets: 3, bytes: 180 } })
    expect(countedSince(counters({ out: 3, scan: 1 }), counters({ out: 10, scan: 1 }))).toEqual({ out: { packets: 7, bytes: 420 } })
    expect(countedSince(counters({ out: 3, scan: 1 }), counters({ scan: 2 }))).toEqual({ scan: { packets: 2, bytes: 120 } })
  })

  it('adds up, whatever the looks', () => {
    fc.assert(fc.property(fc.array(fc.record({ out: fc.nat(1000), mail: fc.nat(10) }), { maxLength: 30 }), (steps) => {
      const total = { out: 0, mail: 0 }
      let before: Counters | undefined = counters({})
      let sum = {}
      for (const { out, mail } of steps) {
        total.out += out
        total.mail += mail
        const now = counters(total)
        sum = addCounts(sum, countedSince(before, now))
        before = now
      }
      const expected = Object.fromEntries(Object.entries(total).filter(([, packets]) => packets > 0).map(([name, packets]) => [name, { packets, bytes: packets * 60 }]))
      expect(sum).toEqual(expected)
    }))
  })

  it('goes to no more places than are kept, the latest', () => {
    const known = new Map<string, FlowDestination>()
    for (let at = 0; at < maxDestinations + 50; at++) addDestinations(known, [{ address: `11.0.${at >> 8}.${at & 255}`, port: 80 }], at)
    addDestinations(known, [{ address: '11.0.0.200', port: 80 }], 9999)
    expect(known.size).toBe(maxDestinations)
    expect([...known.values()].at(-1)).toEqual({ address: '11.0.0.200', port: 80, firstMs: 200, lastMs: 9999 })
    expect(known.has('11.0.0.49:80')).toBe(false)
  })
})

describe('the store', () => {
  const database = openDatabase({ path: ':memory:' })
  const store = createAbuseStore(database)

  it('keeps verdicts, hours and the latest places, and forgets them in time', () => {
    const reason = { code: 'abuse-mail', detail: 'words' } as const
    database.transaction((tx) => {
      store.addVerdict(tx, 'one', 10, { level: 'throttled', reason })
      store.addVerdict(tx, 'one', 20, { level: 'fine' })
      store.addFlows(tx, 'one', 0, { out: { packets: 1, bytes: 60 } })
      store.addFlows(tx, 'one', 0, { out: { packets: 2, bytes: 120 }, mail: { packets: 1, bytes: 60 } })
      store.addFlows(tx, 'two', hourMs, { in: { packets: 1, bytes: 60 } })
      store.addDestinations(tx, 'one', [{ address: '11.0.0.1', port: 80, firstMs: 5, lastMs: 5 }])
      store.addDestinations(tx, 'one', [{ address: '11.0.0.1', port: 80, firstMs: 50, lastMs: 50 }, { address: '11.0.0.2', port: 25, firstMs: 40, lastMs: 40 }])
    })
    expect(store.verdicts('one')).toEqual([{ atMs: 10, level: 'throttled', reason }, { atMs: 20, level: 'fine', reason: null }])
    expect(store.hours('one')).toEqual([{ startMs: 0, counts: { out: { packets: 3, bytes: 180 }, mail: { packets: 1, bytes: 60 } } }])
    expect(store.destinations('one')).toEqual([{ address: '11.0.0.1', port: 80, firstMs: 5, lastMs: 50 }, { address: '11.0.0.2', port: 25, firstMs: 40, lastMs: 40 }])
    database.transaction((tx) => store.addDestinations(tx, 'one', Array.from({ length: maxDestinations }, (_, at) => ({ address: `12.0.${at >> 8}.${at & 255}`, port: 1, firstMs: 45, lastMs: 45 }))))
    expect(store.destinations('one').length).toBe(maxDestinations)
    expect(store.destinations('one').some(({ address }) => address === '11.0.0.2')).toBe(false)
    database.transaction((tx) => store.expire(tx, 48))
    expect([store.verdicts('one'), store.hours('one'), store.destinations('one').length, store.hours('two').length]).toEqual([[], [], 1, 1])
  })
})

describe('a bundle', () => {
  const facts = { app, platform, verdicts: [], hours: [], destinations: [] }

  it('is what both signed, what ran and how much went where', () => {
    const record = lease({ state: 'running' })
    const bundle = evidenceOf({ ...facts, lease: record }, nowMs)
    expect(Evidence.parse(bundle)).toEqual(bundle)
    expect(bundle).toMatchObject({
      images: [{ service: 'web', image: 'nginx:1', config: digest }], domains: ['example.org'],
      lease: { leaseId: record.leaseId, renter: record.peerId, egress: 'domains', signed: { body: Buffer.from(record.body).toString('base64') } },
    })
  })

  it('has never what the app was given: no secret, no variable, no command', () => {
    const secret = { ...app, services: app.services.map((service) => ({ ...service, env: { TOKEN: 'hunter2' }, command: ['--password', 'hunter2'], files: [{ path: '/run/secrets/x', content: Buffer.from('hunter2'), mode: 0o400, uid: 0, gid: 0 }] })) }
    const bundle = JSON.stringify(evidenceOf({ ...facts, app: secret, lease: lease({ state: 'running' }) }, nowMs))
    expect(bundle).not.toContain('hunter2')
    expect(bundle).not.toContain(Buffer.from('hunter2').toString('base64'))
  })

  it('stays within its bound, and lets the oldest hours go first', () => {
    const most = Number.MAX_SAFE_INTEGER
    const hours = Array.from({ length: 2000 }, (_, at) => ({ startMs: at * hourMs, counts: Object.fromEntries(counterNames.map((name) => [name, { packets: most, bytes: most }])) }))
    const destinations = Array.from({ length: maxDestinations }, () => ({ address: '111.111.111.111', port: 65_535, firstMs: nowMs, lastMs: nowMs }))
    const bundle = evidenceOf({ ...facts, lease: lease({ state: 'running' }), hours, destinations }, nowMs)
    expect(JSON.stringify(bundle).length).toBeLessThanOrEqual(maxEvidenceBytes)
    expect(bundle.destinations).toHaveLength(maxDestinations)
    expect(bundle.hours.length).toBeGreaterThan(300)
    expect(bundle.hours.at(-1)?.startMs).toBe(1999 * hourMs)
  })

  it('is there for thirty days after the end, and then no more', () => {
    const ended = lease({ state: 'final', reason: { code: 'abuse-scan' }, endedAtMs: nowMs })
    expect(evidenceOf({ ...facts, lease: ended }, nowMs + evidenceKeptMs).lease.reason).toEqual({ code: 'abuse-scan' })
    expect(() => evidenceOf({ ...facts, lease: ended }, nowMs + evidenceKeptMs + 1)).toThrow(expect.objectContaining({ code: 'E_NOT_FOUND' }) as Error)
  })
})
