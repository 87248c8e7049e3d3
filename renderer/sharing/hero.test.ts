import { describe, expect, it } from 'vitest'
import type { SharingState } from '../../contract/nouns/node.ts'
import { fixtureFormat } from '../gallery/fixtures/format.ts'
import { nodeStatus, nowMs, shareStatus, sharingStates } from '../gallery/fixtures/sharing.ts'
import ar from '../i18n/ar.json'
import en from '../i18n/en.json'
import { barSwitch, heroOf } from './hero.ts'
import type { HeroView } from './hero.ts'

const f = fixtureFormat(en)

function facts(kind: SharingState['kind']) {
  const { settings } = shareStatus(kind)
  const { engine, guests, connectedPeers } = nodeStatus(kind)
  return { state: sharingStates[kind], settings, engine, guests, connectedPeers, nowMs }
}

const expected: Record<SharingState['kind'], Partial<HeroView>> = {
  'engine-missing': { tone: 'stop', urgent: true, switch: null, actions: ['retry-engine'], mood: 'bare', headline: 'One more thing to install' },
  'engine-stopped': { tone: 'stop', urgent: true, switch: null, actions: ['retry-engine'], mood: 'bare', headline: 'Sharing stopped: the engine isn’t running' },
  'engine-unsafe': { tone: 'stop', urgent: true, switch: null, actions: ['retry-engine'], mood: 'bare', headline: 'Sharing stopped: the engine needs an update' },
  'disk-full': { tone: 'stop', urgent: true, switch: null, actions: ['turn-off'], headline: 'Sharing stopped: the disk is nearly full' },
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

  it('says that what is stopped was off anyway, when it was', () => {
    expect(heroOf({ ...facts('engine-missing'), settings: null }, f).note).toBe('Off')
    expect(heroOf(facts('engine-missing'), f).note).toBe('Needs you')
  })

  it('says plainly that nobody is connected', () => {
    const alone = heroOf({ ...facts('ready'), connectedPeers: 0 }, f)
    expect(alone.sentence).toMatch(/No other computer is connected/)
    expect(alone.actions).toContain('connect')
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
