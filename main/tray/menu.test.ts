import { describe, expect, it } from 'vitest'
import type { SharingState } from '../../contract/nouns/node.ts'
import type { HoldCause } from '../../contract/nouns/owner.ts'
import { earnings } from '../../renderer/gallery/fixtures/guests.ts'
import { nodeStatus, nowMs, pausedBy, shareStatus, sharingStates } from '../../renderer/gallery/fixtures/sharing.ts'
import { tomorrowMorning } from '../../renderer/sharing/pauses.ts'
import { createWords } from '../words.ts'
import { type TrayFacts, type TrayItem, trayOf } from './menu.ts'

const f = createWords({ language: 'en', wanted: ['en-GB'], timeZone: 'UTC' })
const arabic = createWords({ language: 'ar', wanted: ['ar'], timeZone: 'UTC' })

function facts(kind: SharingState['kind'], changes: Partial<TrayFacts> = {}): TrayFacts {
  return { service: { kind: 'running', pid: 1 }, node: nodeStatus(kind), share: shareStatus(kind), earnings, update: null, nowMs, ...changes }
}

const away = { node: null, share: null, earnings: null }

function labels(items: readonly TrayItem[]): string[] {
  return items.flatMap((item) => item.kind === 'line' ? ['—'] : item.kind === 'menu' ? [`${item.label}: ${labels(item.items).join(', ')}`] : [item.label])
}

function ids(items: readonly TrayItem[]): string[] {
  return items.flatMap((item) => item.kind === 'line' ? [] : [item.id])
}

describe('the tray', () => {
  it('counts guests as the window does, and says hours as people do here', () => {
    expect(trayOf(facts('sharing', { node: nodeStatus('sharing', { guests: 0 }) }), f).tooltip).toBe('Depin Desktop, sharing, 3 guest apps')
    expect(labels(trayOf(facts('sharing'), createWords({ language: 'en', wanted: ['en-US'], timeZone: 'UTC' })).items).join()).toMatch(/Until tomorrow 8:00\sAM/)
  })

  it('is crossed out once nobody has been connected for a while, and says so', () => {
    const alone = { sinceMs: nowMs - 60_000, why: 'no-peers' } as const
    const { icon, tooltip, items } = trayOf(facts('ready', { node: nodeStatus('ready', { connectedPeers: 0, alone }) }), f)
    expect({ icon, tooltip, state: labels(items)[0] }).toEqual({ icon: 'offline', tooltip: 'Depin Desktop. Waiting for other computers', state: 'Waiting for other computers' })
    expect(ids(items)).toContain('pause')
    // a guest that runs is served as ever
    expect(trayOf(facts('sharing', { node: nodeStatus('sharing', { connectedPeers: 0, alone }) }), f).icon).toBe('sharing')
    expect(trayOf(facts('sharing', { node: nodeStatus('sharing', { connectedPeers: 0, alone: { ...alone, why: 'no-network' } }) }), f)).toMatchObject({ icon: 'offline', tooltip: 'Depin Desktop. No internet. Waiting to reconnect' })
  })

  it('has the menu of the design while guests are here', () => {
    const { items, tooltip, icon } = trayOf(facts('sharing'), f)
    expect(labels(items)).toEqual([
      'Sharing, 3 guest apps', expect.stringMatching(/^Today \$[\d.]+, this month \$[\d.]+$/), '—',
      'Pause sharing: For 30 minutes, For 1 hour, Until tomorrow 08:00, Until I start it again', 'Turn sharing off', '—',
      'Open Depin Desktop', 'Guest apps', 'Earnings', 'Settings', '—', 'Get help', 'Quit',
    ])
    expect({ tooltip, icon }).toEqual({ tooltip: 'Depin Desktop, sharing, 3 guest apps', icon: 'sharing' })
  })

  it('leads to where each of them is; opening leads nowhere else than where the owner was', () => {
    const places = Object.fromEntries(trayOf(facts('sharing'), f).items.flatMap((item) => item.kind === 'order' && item.order.kind === 'open' ? [[item.id, item.order.path]] : []))
    expect(places).toEqual({ open: null, guests: '/guests', earnings: '/earnings', settings: '/settings', help: '/diagnostics' })
  })

  it.each<[SharingState['kind'], string, string, string[]]>([
    ['engine-missing', 'attention', 'One more thing to install', ['pause', 'turn-off']],
    ['engine-stopped', 'attention', 'Sharing stopped: the engine isn’t running', ['pause', 'turn-off']],
    ['engine-forbidden', 'attention', 'Your account may not use the engine', ['pause', 'turn-off']],
    ['engine-unsafe', 'attention', 'Sharing stopped: the engine needs an update', ['pause', 'turn-off']],
    ['uncontained', 'attention', 'Sharing stopped: guests could reach too much', ['pause', 'turn-off']],
    ['disk-full', 'attention', 'Sharing stopped: the disk is nearly full', ['pause', 'turn-off']],
    ['off', 'paused', 'Sharing is off', ['turn-on']],
    ['paused', 'paused', 'Paused until 16:30', ['resume', 'turn-off']],
    ['starting', 'sharing', 'Getting ready…', ['pause', 'turn-off']],
    ['ready', 'sharing', 'Sharing, no guests yet', ['pause', 'turn-off']],
    ['sharing', 'sharing', 'Sharing, 3 guest apps', ['pause', 'turn-off']],
  ])('%s: %s, “%s”', (kind, icon, state, orders) => {
    const view = trayOf(facts(kind), f)
    expect(view.icon).toBe(icon)
    expect(labels(view.items)[0]).toBe(state)
    expect(ids(view.items).filter((id) => ['pause', 'resume', 'anyway', 'turn-on', 'turn-off'].includes(id))).toEqual(orders)
    expect(view.tooltip).toMatch(/^Depin Desktop[.,] /)
  })

  it('knows every state of sharing', () => {
    for (const kind of Object.keys(sharingStates) as SharingState['kind'][]) expect(labels(trayOf(facts(kind), arabic).items)[0]).toMatch(/\p{Script=Arabic}/u)
  })

  it.each<[HoldCause, string[]]>([['in-use', ['anyway', 'pause', 'turn-off']], ['battery', ['anyway', 'pause', 'turn-off']], ['metered', ['anyway', 'pause', 'turn-off']], ['hot', ['pause', 'turn-off']]])('offers to share anyway where the owner may: %s', (cause, orders) => {
    const view = trayOf(facts('paused', { share: pausedBy(cause) }), f)
    expect(view.icon).toBe('paused')
    expect(ids(view.items).filter((id) => ['pause', 'resume', 'anyway', 'turn-off'].includes(id))).toEqual(orders)
  })

  it('says a pause without an end as such', () => {
    const share = shareStatus('paused')
    const untilMs = nowMs + 100 * 365 * 86_400_000
    const view = trayOf(facts('paused', { share: { ...share, state: { kind: 'paused', cause: 'you', sinceMs: nowMs, untilMs } } }), f)
    expect(labels(view.items)[0]).toBe('Paused until you start it again')
  })

  it('says how the service is while it says nothing itself, and offers nothing that it would have to do', () => {
    const waiting = trayOf(facts('sharing', { ...away, service: { kind: 'waiting', report: { code: 'E_INTERNAL', message: 'no' }, failures: 1, retryAtMs: nowMs } }), f)
    expect([waiting.icon, labels(waiting.items)[0]]).toEqual(['attention', 'Trying to start again'])
    const starting = trayOf(facts('sharing', { ...away, service: { kind: 'starting' } }), f)
    expect([starting.icon, starting.tooltip]).toEqual(['offline', 'Depin Desktop. Getting ready'])
    expect(ids(starting.items)).toEqual(['state', 'open', 'guests', 'earnings', 'settings', 'help', 'quit'])
  })

  it('counts what was earned by the days of this place', () => {
    const midnight = Date.parse('2026-06-24T00:00:00Z')
    const hour = (atMs: number, earnedMicro: bigint): { hourMs: number, earnedMicro: bigint, spentMicro: bigint } => ({ hourMs: atMs, earnedMicro, spentMicro: 0n })
    const earned = { ...earnings, hours: [hour(Date.parse('2026-05-31T23:00:00Z'), 5_000_000n), hour(midnight - 3_600_000, 1_500_000n), hour(midnight, 250_000n), hour(nowMs - 600_000, 1_000_000n)] }
    expect(labels(trayOf(facts('sharing', { earnings: earned }), f).items)[1]).toBe('Today $1.25, this month $2.75')
  })
})

describe('tomorrow morning', () => {
  it('is eight o’clock on this computer’s clock', () => {
    const morning = new Date(tomorrowMorning(nowMs))
    expect([morning.getHours(), morning.getMinutes(), morning.getDate() - new Date(nowMs).getDate()]).toEqual([8, 0, 1])
  })
})
