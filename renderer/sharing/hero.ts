/** The sharing state as the hero, the sharing bar, the announcements and the tray say it. Pure: the desktop's main process uses it too. */
import type { Alone, EngineStatus, Held, SharingState, ShareSettings } from '../../contract/nouns/node.ts'
import type { Hold, HoldCause } from '../../contract/nouns/owner.ts'
import type { Format } from '../format/format.ts'
import { tame } from '../format/text.ts'
import { heldText, isLiftable, pausedSentence, pausedText } from './pauses.ts'

/** on, held back by something (still wanted), off. */
export type SwitchLook = 'on' | 'held' | 'off'
/** awake: lamps glow. asleep: lamps are rings. bare: no lamps. */
export type TreeMood = 'awake' | 'asleep' | 'bare'
export type HeroTone = 'on' | 'pause' | 'stop' | 'plain'
export type HeroAction = 'turn-on' | 'turn-off' | 'pause' | 'resume' | 'anyway' | 'network-fine' | 'change-rule' | 'install-engine' | 'start-engine' | 'restart-engine' | 'allow-engine' | 'retry-engine' | 'what-happened' | 'share-less' | 'connect' | 'test-connection'

export interface HeroView {
  tone: HeroTone
  /** Something is broken, and the owner should hear it at once. */
  urgent: boolean
  /** The short state above the headline. */
  status: string
  headline: string
  sentence: string
  /** Null: the switch would not help; the first action stands in its place. */
  switch: SwitchLook | null
  /** Main action first. */
  actions: readonly HeroAction[]
  mood: TreeMood
  /** Second line of the sharing bar. */
  note: string
}

export interface HeroFacts {
  state: SharingState
  /** Null until known. */
  settings: Pick<ShareSettings, 'on' | 'limits' | 'rules'> | null
  /** What “share anyway” holds off now. */
  lifted: Hold | null
  engine: EngineStatus | null
  guests: number
  connectedPeers: number
  alone: Alone | null
  nowMs: number
}

/** Nobody can come: there is no network, or nobody on it. A guest that runs is served as ever while its own computer has a network. */
export function isOffline({ state, alone }: Pick<HeroFacts, 'state' | 'alone'>): boolean {
  return alone !== null && (state.kind === 'ready' || (state.kind === 'sharing' && alone.why === 'no-network'))
}

export function heroOf(facts: HeroFacts, f: Format): HeroView {
  const { state, alone } = facts
  if (alone !== null && isOffline(facts)) return offline(alone, facts, f)
  switch (state.kind) {
    case 'engine-missing': return stopped(f, facts, ['install-engine', 'retry-engine'], {
      headline: f.t('hero.engineMissing.headline'), sentence: f.t('hero.engineMissing.sentence'),
    })
    case 'engine-forbidden': return stopped(f, facts, ['allow-engine', 'retry-engine'], {
      headline: f.t('hero.engineForbidden.headline'), sentence: f.t('hero.engineForbidden.sentence'),
    })
    case 'engine-stopped': return stopped(f, facts, [state.hung ? 'restart-engine' : 'start-engine', 'what-happened'], {
      headline: f.t(state.hung ? 'hero.engineHung.headline' : 'hero.engineStopped.headline'), sentence: engineStoppedText(facts.engine, f.exactly(state.sinceMs, facts.nowMs), f),
    })
    case 'engine-unsafe': return stopped(f, facts, ['retry-engine', 'what-happened'], {
      headline: f.t('hero.engineUnsafe.headline'), sentence: f.t('hero.engineUnsafe.sentence', { update: tame(state.update, 200) }),
    })
    case 'uncontained': return stopped(f, facts, ['what-happened'], { headline: f.t('hero.uncontained.headline'), sentence: f.t('hero.uncontained.sentence') })
    case 'disk-full': return stopped(f, facts, ['share-less', 'turn-off'], {
      headline: f.t('hero.diskFull.headline'), sentence: f.t('hero.diskFull.sentence', { free: f.size(state.freeMiB) }),
    })
    case 'off': return {
      tone: 'plain', urgent: false, switch: 'off', actions: ['turn-on'], mood: 'bare',
      status: f.t('hero.off.status'), headline: f.t('hero.off.headline'), sentence: offSentence(facts, f), note: f.t('sharing.off'),
    }
    case 'paused': return {
      tone: 'pause', urgent: false, switch: 'held', actions: pauseActions(state.cause), mood: 'asleep',
      status: f.t(state.cause === 'you' ? 'hero.paused.byYou' : 'hero.paused.since', { time: f.exactly(state.sinceMs, facts.nowMs) }),
      headline: pausedText(state.cause, state.untilMs, f, facts.nowMs),
      sentence: pausedSentence({ ...state, guests: facts.guests, rules: facts.settings?.rules ?? null, nowMs: facts.nowMs }, f),
      note: pausedText(state.cause, state.untilMs, f, facts.nowMs),
    }
    case 'starting': return {
      tone: 'on', urgent: false, switch: 'on', actions: [], mood: 'bare',
      status: f.t('hero.starting.status'), headline: f.t('hero.starting.headline'),
      sentence: f.t(facts.engine?.state === 'looking' ? 'hero.starting.engine' : 'hero.starting.sentence'), note: f.t('sharing.starting'),
    }
    case 'ready': return {
      tone: 'on', urgent: false, switch: 'on', actions: [...runningActions(state.held), ...facts.connectedPeers === 0 ? ['connect' as const] : []], mood: 'bare',
      status: f.t('hero.on.status', { time: f.exactly(state.sinceMs, facts.nowMs) }), headline: f.t('hero.ready.headline'),
      sentence: running(f.t('hero.ready.sentence', { peers: facts.connectedPeers }), state.held, facts, f), note: f.t('sharing.guests', { guests: 0 }),
    }
    case 'sharing': return {
      tone: 'on', urgent: false, switch: 'on', actions: runningActions(state.held), mood: 'awake',
      status: f.t('hero.on.status', { time: f.exactly(state.sinceMs, facts.nowMs) }), headline: f.t('hero.sharing.headline'),
      sentence: running(f.t('hero.sharing.sentence', { guests: state.guests }), state.held, facts, f), note: f.t('sharing.guests', { guests: state.guests }),
    }
  }
}

function offline({ why, sinceMs }: Alone, { guests, nowMs }: HeroFacts, f: Format): HeroView {
  const noNetwork = why === 'no-network'
  return {
    tone: 'plain', urgent: false, switch: 'on', actions: noNetwork ? ['test-connection', 'pause'] : ['connect', 'test-connection'], mood: guests > 0 ? 'asleep' : 'bare',
    status: f.t('hero.offline.status', { time: f.exactly(sinceMs, nowMs) }), headline: f.t(noNetwork ? 'hero.offline.noNetwork' : 'hero.offline.noPeers'),
    sentence: noNetwork ? f.t('hero.offline.noNetworkText', { guests }) : f.t('hero.ready.sentence', { peers: 0 }), note: f.t('sharing.offline'),
  }
}

/** What else is to be said while guests run: that they are held back, or that the owner lifted a rule. */
function running(sentence: string, held: Held | null, { lifted, nowMs }: HeroFacts, f: Format): string {
  const more = held !== null ? heldText(held, f, nowMs) : lifted !== null ? f.t('hero.lifted') : null
  return more === null ? sentence : f.t('sharing.two', { first: sentence, second: more })
}

function runningActions(held: Held | null): readonly HeroAction[] {
  if (held === null) return ['pause']
  return isLiftable(held.cause) ? ['pause', 'anyway', 'change-rule'] : ['pause', 'change-rule']
}

function pauseActions(cause: HoldCause): readonly HeroAction[] {
  if (cause === 'you') return ['resume']
  if (cause === 'disk') return ['share-less', 'turn-off']
  if (cause === 'metered') return ['network-fine', 'change-rule']
  return isLiftable(cause) ? ['anyway', 'change-rule'] : ['change-rule']
}

function stopped(f: Format, facts: HeroFacts, actions: readonly HeroAction[], words: { headline: string; sentence: string }): HeroView {
  const wanted = facts.settings?.on ?? false
  return { tone: 'stop', urgent: true, switch: null, actions, mood: 'bare', ...words, status: f.t('hero.needsYou'), note: f.t(wanted ? 'hero.needsYou' : 'sharing.off') }
}

/** One that was never seen running did not stop at a time that anybody knows. */
export function engineStoppedText(engine: EngineStatus | null, time: string, f: Format): string {
  if (engine?.state !== 'stopped') return f.t('hero.engineStopped.sentence', { time })
  return f.t(engine.hung ? 'hero.engineHung.sentence' : engine.socket === null ? 'hero.engineStopped.installed' : 'hero.engineStopped.sentence', { time })
}

function offSentence({ settings }: HeroFacts, f: Format): string {
  if (settings === null) return f.t('hero.off.sentence')
  const { cpuMilli, memoryMiB, diskMiB } = settings.limits
  return f.t('hero.off.offer', { cores: f.cores(cpuMilli), memory: f.size(memoryMiB), disk: f.size(diskMiB) })
}

/** The small switch of the sharing bar, which is there in every state. */
export function barSwitch(state: SharingState, wanted: boolean): SwitchLook {
  switch (state.kind) {
    case 'off': return 'off'
    case 'paused': return 'held'
    case 'starting': case 'ready': case 'sharing': return 'on'
    case 'engine-missing': case 'engine-stopped': case 'engine-forbidden': case 'engine-unsafe': case 'uncontained': case 'disk-full': return wanted ? 'held' : 'off'
  }
}
