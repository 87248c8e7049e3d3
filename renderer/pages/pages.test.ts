import { describe, expect, it } from 'vitest'
import { activityKinds } from '../../contract/nouns/node.ts'
import { apps, logEntries, quotes } from '../gallery/fixtures/apps.ts'
import { fixtureFormat } from '../gallery/fixtures/format.ts'
import { activity, leaseId } from '../gallery/fixtures/guests.ts'
import { badFindings, eveningRules, findings, nodeStatus, nowMs, shareStatus, useSample } from '../gallery/fixtures/sharing.ts'
import ar from '../i18n/ar.json'
import en from '../i18n/en.json'
import { shortcutOf } from '../shell/useShortcuts.ts'
import { filterLog, logAsText, visibleRange } from './deploy/log/filter.ts'
import { byWorth, settledOrder } from './deploy/new/order.ts'
import { runningCopies, shortImage, upSince } from './deploy/words.ts'
import { reportText } from './diagnostics/report.ts'
import { filterLines, guestLines, linesAsText } from './guests/guestLines.ts'
import { presetIds, presetLimits, presetOf } from '../../contract/presets.ts'
import { allowanceOf, allowancePatch, canTell, isOn, ruleIds } from '../sharing/rules.ts'
import { panicText } from '../shell/PanicButton.tsx'
import { activityText } from './home/activityText.ts'
import { guestState } from './guests/guestState.ts'
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
  const facts = { node: nodeStatus(), share: shareStatus(), use: useSample, findings, keySaved: true }

  it('shows six checks that were measured, and none that was not', () => {
    expect(healthChecks(facts, f).map((check) => [check.id, check.status, check.detail])).toEqual([
      ['connection', 'ok', '24 connected computers'], ['engine', 'ok', 'Running, version \u206826.1.4\u2069'], ['disk', 'ok', '210 GB available'],
      ['sharing', 'ok', '1 core and 1.5 GB still free'], ['clock', 'ok', 'Set right'], ['data-dir', 'ok', 'Only you can read it'],
    ])
    expect(healthChecks({ node: null, share: null, use: null, findings: [], keySaved: null }, f)).toEqual([])
  })

  it('does not call well a computer that listens for itself alone, as the doctor does not', () => {
    const node = nodeStatus('sharing', { addresses: ['/ip4/127.0.0.1/tcp/4101', '/ip6/::1/tcp/4101'] })
    expect(healthChecks({ ...facts, node }, f)[0]).toMatchObject({ id: 'connection', status: 'warn', detail: expect.stringContaining('listens on this computer only') as string })
  })

  it('reminds of a key whose words nobody has', () => {
    expect(healthChecks({ ...facts, keySaved: false }, f).at(-1)).toMatchObject({ id: 'key', status: 'warn' })
  })

  it('says that an engine is there, where it only does not run', () => {
    const engine = { state: 'stopped', socket: null, hung: false, message: 'Docker is installed and does not run.', sinceMs: nowMs, nextRetryMs: nowMs } as const
    expect(healthChecks({ ...facts, node: nodeStatus('engine-stopped', { engine }) }, f)[1]).toMatchObject({ id: 'engine', status: 'fail', detail: 'Installed, not running' })
  })

  it('counts what needs a look', () => {
    const checks = healthChecks({ ...facts, node: nodeStatus('engine-stopped', { connectedPeers: 0 }), findings: badFindings }, f)
    expect(problemsIn(checks)).toBe(4)
    expect(checks.find((check) => check.id === 'engine')?.detail).toBe('Stopped at 15:32')
    expect(checks.find((check) => check.id === 'data-dir')?.detail).toBe('Your data can’t be opened (\u2068E_DATA_DIR_PERMISSIONS\u2069). “depin doctor” on the command line says why, and what to do.')
  })
})

describe('a guest’s state', () => {
  it('is asleep while the engine is away or sharing is paused, unless it is over', () => {
    expect(guestState({ state: 'running' }, { kind: 'engine-missing' }).word).toBe('guest.asleep')
    expect(guestState({ state: 'running' }, { kind: 'sharing', held: null, sinceMs: 0, guests: 1 }).word).toBe('guest.running')
    expect(guestState({ state: 'running', throttled: { code: 'abuse-scan' } }, null)).toEqual({ tone: 'attention', word: 'guest.throttled' })
    expect(guestState({ state: 'running', unseenSinceMs: 1 }, null).word).toBe('guest.asleep')
    expect(guestState({ state: 'final' }, { kind: 'engine-missing' }).word).toBe('guest.ended')
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

describe('one guest', () => {
  it('has the lines that are about it, oldest first and each once', () => {
    const lines = guestLines(leaseId('c'), [activity, activity.slice(0, 2)], f, nowMs)
    expect(lines.map(({ text }) => text)).toEqual(['New guest: \u2068backup-runner\u2069', '\u2068backup-runner\u2069 is running here'])
    expect(filterLines(lines, { search: 'RUNNING', warningsOnly: false })).toHaveLength(1)
    expect(filterLines(lines, { search: '', warningsOnly: true })).toEqual([])
    expect(linesAsText(lines)).toMatch(/^2026-06-24T15:35:40\.000Z New guest/)
  })
})

describe('how much to share', () => {
  const { machine } = shareStatus()
  it('has presets in whole steps, and knows which one is set', () => {
    expect(presetLimits('balanced', machine)).toEqual({ cpuMilli: 4000, memoryMiB: 6144, diskMiB: 145_408 })
    for (const id of presetIds) expect(presetOf(presetLimits(id, machine), machine)).toBe(id)
    expect(presetOf({ cpuMilli: 1, memoryMiB: 1, diskMiB: 1 }, machine)).toBeNull()
  })
})

describe('the rules', () => {
  it('are switched on and off one by one', () => {
    for (const id of ruleIds) expect(allowancePatch(id, 25)).toHaveProperty('rules')
    expect(ruleIds.map((id) => allowanceOf(eveningRules, id))).toEqual(['asleep', 'asleep', 25, 'asleep', 'asleep', 100])
    expect([isOn('asleep'), isOn(25), isOn(100)]).toEqual([true, true, false])
    expect(ruleIds.filter((id) => !canTell(shareStatus().owner.signals, id))).toEqual(['busy'])
  })
})

describe('the report', () => {
  it('has no key, address, file or name in it', () => {
    const text = reportText({ node: nodeStatus('engine-stopped'), share: shareStatus(), findings: badFindings, activity, nowMs })
    expect(text).toContain('Engine: stopped')
    expect(text).toContain('guest-ended (tenant-closed)')
    for (const secret of ['12D3', '/var', '/home', '192.168', '127.0.0.1', 'study-pc', 'backup-runner', 'recife', 'd'.repeat(32)]) expect(text).not.toContain(secret)
    expect(reportText({ node: null, share: null, findings: [], activity: [], nowMs })).toContain('The service was not reached.')
  })
})

describe('stop everything', () => {
  it('says what it stopped, and what may still run', () => {
    expect(panicText({ stopped: 3, left: [], how: 'engine', tookMs: 1234 }, f)).toBe('Everything stopped: 3 parts of guest apps, in 1.2 s.')
    expect(panicText({ stopped: 1, left: [{ containerId: 'x', why: 'It hangs.' }], how: 'processes', tookMs: 5000 }, f)).toContain('1 part of a guest app may still run')
  })
})

describe('shortcuts', () => {
  const keys = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, code: '' }
  it('need Ctrl or Cmd, and leave everything else alone', () => {
    expect(shortcutOf({ ...keys, ctrlKey: true, code: 'Digit2' })).toEqual({ kind: 'screen', index: 1 })
    expect(shortcutOf({ ...keys, metaKey: true, shiftKey: true, code: 'KeyS' })).toEqual({ kind: 'sharing' })
    expect(shortcutOf({ ...keys, ctrlKey: true, code: 'Comma' })).toEqual({ kind: 'settings' })
    expect(shortcutOf({ ...keys, code: 'Digit1' })).toBeNull()
    expect(shortcutOf({ ...keys, ctrlKey: true, code: 'KeyS' })).toBeNull()
    expect(shortcutOf({ ...keys, ctrlKey: true, altKey: true, code: 'Digit1' })).toBeNull()
  })
})
