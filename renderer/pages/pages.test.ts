import { describe, expect, it } from 'vitest'
import { activityKinds } from '../../contract/nouns/node.ts'
import { apps, logEntries, quotes } from '../gallery/fixtures/apps.ts'
import { fixtureFormat } from '../gallery/fixtures/format.ts'
import { activity } from '../gallery/fixtures/guests.ts'
import { badFindings, findings, nodeStatus, nowMs, shareStatus, useSample } from '../gallery/fixtures/sharing.ts'
import ar from '../i18n/ar.json'
import en from '../i18n/en.json'
import { shortcutOf } from '../shell/useShortcuts.ts'
import { filterLog, logAsText, visibleRange } from './deploy/log/filter.ts'
import { byWorth, settledOrder } from './deploy/new/order.ts'
import { runningCopies, shortImage, upSince } from './deploy/words.ts'
import { activityText } from './home/activityText.ts'
import { guestState } from './home/guestState.ts'
import { healthChecks, problemsIn } from './home/health.ts'

const f = fixtureFormat(en)

describe('activity as sentences', () => {
  it('has one for each kind, in each language, whatever the service sends along', () => {
    for (const format of [f, fixtureFormat(ar, 'ar-u-nu-latn')]) {
      for (const kind of activityKinds) expect(activityText({ kind, params: {} }, format, nowMs)).not.toBe('')
    }
  })

  it('keeps names apart, and says why', () => {
    expect(activityText(activity[3]!, f, nowMs)).toBe('Your app \u2068community-site\u2069 lost a copy on \u2068recife-norte\u2069. The host stopped answering.')
    expect(activityText({ kind: 'disk-low', params: { freeMiB: 4096 } }, f, nowMs)).toBe('The disk is nearly full, 4 GB left')
    expect(activityText({ kind: 'guest-ended', params: { app: 'x', reason: 'never-heard-of' } }, f, nowMs)).toBe('\u2068x\u2069 left')
  })
})

describe('health', () => {
  const facts = { node: nodeStatus(), share: shareStatus(), use: useSample, findings }

  it('shows six checks that were measured, and none that was not', () => {
    expect(healthChecks(facts, f).map((check) => [check.id, check.status, check.detail])).toEqual([
      ['connection', 'ok', '24 connected computers'], ['engine', 'ok', 'Running, version \u206826.1.4\u2069'], ['disk', 'ok', '210 GB available'],
      ['sharing', 'ok', '1 core and 1.5 GB still free'], ['clock', 'ok', 'Set right'], ['data-dir', 'ok', 'Only you can read it'],
    ])
    expect(healthChecks({ node: null, share: null, use: null, findings: [] }, f)).toEqual([])
  })

  it('counts what needs a look', () => {
    const checks = healthChecks({ ...facts, node: nodeStatus('engine-stopped', { connectedPeers: 0 }), findings: badFindings }, f)
    expect(problemsIn(checks)).toBe(4)
    expect(checks.find((check) => check.id === 'data-dir')?.detail).toBe('Other users can read the data directory. Run chmod 700 on it.')
  })
})

describe('a guest’s state', () => {
  it('is asleep while the engine is away or sharing is paused, unless it is over', () => {
    expect(guestState('running', { kind: 'engine-missing' }).word).toBe('guest.asleep')
    expect(guestState('running', { kind: 'sharing', held: null, sinceMs: 0, guests: 1 }).word).toBe('guest.running')
    expect(guestState('final', { kind: 'engine-missing' }).word).toBe('guest.ended')
  })
})

describe('my apps', () => {
  it('are up since the youngest of their copies', () => {
    expect(runningCopies(apps[1]!)).toBe(1)
    expect(upSince(apps[1]!)).toBeNull()
    expect(upSince(apps[0]!)).toBe(apps[0]!.replicas[1]!.sinceMs)
  })

  it('have images as people write them', () => {
    expect(shortImage('docker.io/library/nginx:1.29')).toBe('nginx:1.29')
    expect(shortImage(`docker.io/bitnami/redis@sha256:${'a'.repeat(64)}`)).toBe('bitnami/redis')
    expect(shortImage('ghcr.io/a/b:1')).toBe('ghcr.io/a/b:1')
  })
})

describe('the hosts’ order', () => {
  it('has the chosen first, then the cheapest, and those that cannot last', () => {
    expect(quotes.hosts.toReversed().sort(byWorth).map((host) => host.label)).toEqual(['pwani-04', 'recife-norte', 'pampa-12', 'mitad-mundo', 'marina-2', 'vieux-port'])
  })

  it('does not move while it is held: what is new goes to the end', () => {
    const [a, b, c] = quotes.hosts
    expect(settledOrder([b!.provider], [a!, b!, c!], true)).toEqual([b!.provider, a!.provider, c!.provider])
    expect(settledOrder([b!.provider], [a!, b!, c!], false)).toEqual([a!.provider, b!.provider, c!.provider])
    expect(settledOrder([c!.provider, b!.provider], [b!], true)).toEqual([b!.provider])
  })
})

describe('the log view', () => {
  it('finds text in any case, and what went wrong', () => {
    expect(filterLog(logEntries, { search: '', errorsOnly: false })).toBe(logEntries)
    expect(filterLog(logEntries, { search: 'HEALTH', errorsOnly: false }).every((entry) => entry.text === 'health: ok')).toBe(true)
    expect(filterLog(logEntries, { search: '', errorsOnly: true }).every((entry) => entry.source === 'stderr')).toBe(true)
  })

  it('draws only what is on screen, whatever the length', () => {
    expect(visibleRange(0, 440, 22, 5_000)).toEqual({ first: 0, end: 30 })
    expect(visibleRange(22_000, 440, 22, 5_000)).toEqual({ first: 990, end: 1_030 })
    expect(visibleRange(1_000_000, 440, 22, 40)).toEqual({ first: 40, end: 40 })
    expect(visibleRange(0, 440, 22, 0)).toEqual({ first: 0, end: 0 })
  })

  it('becomes a file of lines', () => {
    expect(logAsText(logEntries.slice(0, 1))).toMatch(/^2026-06-24T\d\d:\d\d:\d\d\.000Z web#2 GET /)
  })
})

describe('shortcuts', () => {
  const keys = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, code: '' }
  it('need Ctrl or Cmd, and leave everything else alone', () => {
    expect(shortcutOf({ ...keys, ctrlKey: true, code: 'Digit2' })).toEqual({ kind: 'screen', index: 1 })
    expect(shortcutOf({ ...keys, metaKey: true, shiftKey: true, code: 'KeyS' })).toEqual({ kind: 'sharing' })
    expect(shortcutOf({ ...keys, code: 'Digit1' })).toBeNull()
    expect(shortcutOf({ ...keys, ctrlKey: true, code: 'KeyS' })).toBeNull()
    expect(shortcutOf({ ...keys, ctrlKey: true, altKey: true, code: 'Digit1' })).toBeNull()
  })
})
