import { describe, expect, it } from 'vitest'
import type { SharingState } from '../../contract/nouns/node.ts'
import { fixtureFormat } from '../gallery/fixtures/format.ts'
import { hungEngine, nodeStatus, nowMs, shareStatus, sharingStates } from '../gallery/fixtures/sharing.ts'
import ar from '../i18n/ar.json'
import en from '../i18n/en.json'
import { barSwitch, heroOf } from './hero.ts'
import type { HeroView } from './hero.ts'

const f = fixtureFormat(en)

function facts(kind: SharingState['kind']) {
  const { settings } = shareStatus(kind)
  const { engine, guests, connectedPeers } = nodeStatus(kind)
  return { state: sharingStates[kind], lifted: null, settings, engine, guests, connectedPeers, alone: null, nowMs }
}

const expected: Record<SharingState['kind'], Partial<HeroView>> = {
  'engine-missing': { tone: 'stop', urgent: true, switch: null, actions: ['install-engine', 'retry-engine'], mood: 'bare', headline: 'One more thing to install' },
  'engine-stopped': { tone: 'stop', urgent: true, switch: null, actions: ['start-engine', 'what-happened'], mood: 'bare', headline: 'Sharing stopped: the engine isn’t running' },
  'engine-forbidden': { tone: 'stop', urgent: true, switch: null, actions: ['allow-engine', 'retry-engine'], mood: 'bare', headline: 'Your account may not use the engine' },
  'engine-unsafe': { tone: 'stop', urgent: true, switch: null, actions: ['retry-engine', 'what-happened'], mood: 'bare', headline: 'Sharing stopped: the engine needs an update' },
  uncontained: { tone: 'stop', urgent: true, switch: null, actions: ['what-happened'], mood: 'bare', headline: 'Sharing stopped: guests could reach too much' },
  'disk-full': { tone: 'stop', urgent: true, switch: null, actions: ['share-less', 'turn-off'], headline: 'Sharing stopped: the disk is nearly full' },
  off: { tone: 'plain', urgent: false, switch: 'off', actions: ['turn-on'], headline: 'Sharing is off', note: 'Off' },
  paused: { tone: 'pause', switch: 'held', actions: ['resume'], mood: 'asleep', headline: 'Paused until 16:30', note: 'Paused until 16:30' },
  starting: { tone: 'on', switch: 'on', actions: [], headline: 'Getting ready…' },
  ready: { tone: 'on', switch: 'on', actions: ['pause'], mood: 'bare', headline: 'Ready and waiting for a guest', note: 'No guests yet' },
  sharing: { tone: 'on', switch: 'on', actions: ['pause'], mood: 'awake', headline: 'Your computer is sharing', status: 'Sharing since 07:40', note: '3 guest apps' },
}
const kinds = Object.keys(expected) as SharingState['kind'][]

describe('the hero', () => {
  it.each(kinds)('says what it should when %s', (kind) => {
    expect(heroOf(facts(kind), f)).toMatchObject(expected[kind])
  })

  it.each(kinds)('has words in Arabic when %s', (kind) => {
    const view = heroOf(facts(kind), fixtureFormat(ar, 'ar-u-nu-latn'))
    for (const text of [view.status, view.headline, view.sentence, view.note]) expect(text).toMatch(/\p{Script=Arabic}/u)
  })

  it.each([
    ['in-use', 'Paused while you use this PC', 'Sharing starts again 10 minutes after you step away.', ['anyway', 'change-rule']],
    ['full-screen', 'Paused while something fills the screen', 'It starts again when nothing fills the screen.', ['anyway', 'change-rule']],
    ['battery', 'Paused: running on battery', 'It starts again when you plug in.', ['anyway', 'change-rule']],
    ['metered', 'Paused: this looks like mobile data', 'It starts again on another network.', ['network-fine', 'change-rule']],
    ['hours', 'Paused: outside your sharing hours', 'It starts again in the hours you chose.', ['anyway', 'change-rule']],
    ['hot', 'Paused: cooling down', 'It starts again below 80°C.', ['change-rule']],
    ['busy', 'Paused while other programs need this PC', 'It starts again when other programs need less.', ['anyway', 'change-rule']],
    ['you', 'Paused until ', 'Sharing starts again by itself.', ['resume']],
  ] as const)('says why it is paused and what ends it: %s', (cause, headline, ends, actions) => {
    const view = heroOf({ ...facts('paused'), state: { kind: 'paused', cause, sinceMs: nowMs, untilMs: null } }, f)
    expect(view).toMatchObject({ tone: 'pause', switch: 'held', mood: 'asleep', headline, actions, status: `Paused ${cause === 'you' ? 'by you ' : ''}since 15:42` })
    expect(view.sentence).toBe(`Your 3 guest apps are asleep and keep their place. ${ends}`)
  })

  it('says when a pause ends, where that is known', () => {
    const view = heroOf({ ...facts('paused'), state: { kind: 'paused', cause: 'hours', sinceMs: nowMs, untilMs: nowMs + 3_600_000 } }, f)
    expect(view.headline).toBe('Paused until 16:42')
    expect(view.sentence).toContain('Sharing starts again at 16:42.')
  })

  it('says that guests are held back, and that the owner lifted a rule', () => {
    const held = heroOf({ ...facts('sharing'), state: { ...sharingStates.sharing, held: { cause: 'in-use', cpuPercent: 25, untilMs: null } } }, f)
    expect(held.sentence).toContain('guests get at most 25% of the processor you share.')
    expect(held.actions).toEqual(['pause', 'anyway', 'change-rule'])
    const lifted = heroOf({ ...facts('sharing'), lifted: { cause: 'battery', allow: 'asleep', sinceMs: nowMs, untilMs: null, lifted: true } }, f)
    expect(lifted.sentence).toContain('You chose to share anyway')
  })

  it('says that what is stopped was off anyway, when it was', () => {
    expect(heroOf({ ...facts('engine-missing'), settings: null }, f).note).toBe('Off')
    expect(heroOf(facts('engine-missing'), f).note).toBe('Needs you')
  })

  it('gives an engine that was never seen running no time at which it stopped', () => {
    const asleep = { state: 'stopped', socket: null, hung: false, message: 'Docker is installed and does not run.', sinceMs: nowMs, nextRetryMs: nowMs } as const
    const view = heroOf({ ...facts('engine-stopped'), engine: asleep }, f)
    expect(view).toMatchObject({ actions: ['start-engine', 'what-happened'], headline: 'Sharing stopped: the engine isn’t running' })
    expect(view.sentence).toMatch(/installed on this computer and isn’t running/)
    expect(heroOf(facts('engine-stopped'), f).sentence).toContain('It stopped answering at 15:32')
  })

  it('offers to restart an engine that hangs, and not to start it', () => {
    const view = heroOf({ ...facts('engine-stopped'), state: { ...sharingStates['engine-stopped'], hung: true }, engine: hungEngine }, f)
    expect(view).toMatchObject({ actions: ['restart-engine', 'what-happened'], headline: 'Sharing stopped: the engine doesn’t answer' })
    expect(view.sentence).toContain('it needs a restart')
  })

  it('says plainly that nobody is connected', () => {
    const alone = heroOf({ ...facts('ready'), connectedPeers: 0 }, f)
    expect(alone.sentence).toMatch(/No other computer is connected/)
    expect(alone.actions).toContain('connect')
  })

  it('says that it waits, once that lasts: for other computers, or for its own network', () => {
    const noPeers = { sinceMs: nowMs - 60_000, why: 'no-peers' } as const
    expect(heroOf({ ...facts('ready'), connectedPeers: 0, alone: noPeers }, f)).toMatchObject({ tone: 'plain', urgent: false, headline: 'Waiting for other computers', actions: ['connect', 'test-connection'] })
    const noNetwork = { ...noPeers, why: 'no-network' } as const
    for (const kind of ['ready', 'sharing'] as const) expect(heroOf({ ...facts(kind), alone: noNetwork }, f)).toMatchObject({ tone: 'plain', headline: 'No internet. Waiting to reconnect' })
    // a guest that runs may be asked for by people who run no node
    expect(heroOf({ ...facts('sharing'), alone: noPeers }, f)).toMatchObject({ tone: 'on', headline: 'Your computer is sharing' })
    // what the owner decided, and what is broken, comes first
    for (const kind of ['off', 'paused', 'engine-stopped'] as const) expect(heroOf({ ...facts(kind), alone: noNetwork }, f)).toEqual(heroOf(facts(kind), f))
  })

  it('offers what the owner set before sharing is turned on', () => {
    expect(heroOf(facts('off'), f).sentence).toContain('4 cores, 6 GB of memory and 150 GB of disk')
  })

  it('shows the switch as held back while something keeps wanted sharing from working', () => {
    expect(barSwitch({ kind: 'engine-missing' }, true)).toBe('held')
    expect(barSwitch({ kind: 'engine-missing' }, false)).toBe('off')
    expect(barSwitch(sharingStates.paused, true)).toBe('held')
    expect(barSwitch(sharingStates.sharing, true)).toBe('on')
    expect(barSwitch({ kind: 'off' }, false)).toBe('off')
  })
})
