/** What the tray says and offers, from the one sharing state. Pure. */
import type { ScreenPath, ServiceState } from '../../contract/desktop/shell.ts'
import type { Earnings } from '../../contract/nouns/earnings.ts'
import type { NodeStatus, ShareStatus } from '../../contract/nouns/node.ts'
import type { UpdateState } from '../../contract/nouns/updates.ts'
import { dayOf } from '../../renderer/format/days.ts'
import type { Format } from '../../renderer/format/format.ts'
import { heroOf, type HeroView, isOffline } from '../../renderer/sharing/hero.ts'
import { pauseChoices } from '../../renderer/sharing/pauses.ts'

export interface TrayFacts {
  service: ServiceState
  node: NodeStatus | null
  share: ShareStatus | null
  earnings: Earnings | null
  /** Null: this copy is not updated by the app. */
  update: UpdateState | null
  nowMs: number
}

/** sharing: filled lamps. paused: rings. attention: an exclamation mark. offline: a slash. */
export type TrayIcon = 'sharing' | 'paused' | 'attention' | 'offline'

export type TrayOrder =
  | { kind: 'pause', untilMs: number }
  | { kind: 'resume' }
  | { kind: 'anyway' }
  | { kind: 'turn', on: boolean }
  /** Null: what it showed last. */
  | { kind: 'open', path: ScreenPath | null }
  | { kind: 'update' }
  | { kind: 'quit' }

export type TrayItem =
  | { kind: 'text', id: string, label: string }
  | { kind: 'line' }
  | { kind: 'order', id: string, label: string, order: TrayOrder }
  | { kind: 'menu', id: string, label: string, items: readonly TrayItem[] }

export interface TrayView {
  icon: TrayIcon
  tooltip: string
  items: readonly TrayItem[]
}

export function trayOf(facts: TrayFacts, f: Format): TrayView {
  const hero = heroNow(facts, f)
  const state = hero === null ? serviceText(facts.service, f) : stateText(hero, facts, f)
  return {
    icon: iconOf(hero, facts),
    tooltip: tooltip(facts, state, f),
    items: [
      { kind: 'text', id: 'state', label: state },
      ...earningsLine(facts, f),
      { kind: 'line' },
      ...sharingItems(hero, facts, f),
      { kind: 'order', id: 'open', label: f.t('tray.open'), order: { kind: 'open', path: null } },
      { kind: 'order', id: 'guests', label: f.t('nav.guests'), order: { kind: 'open', path: '/guests' } },
      { kind: 'order', id: 'earnings', label: f.t('earnings.title'), order: { kind: 'open', path: '/earnings' } },
      { kind: 'order', id: 'settings', label: f.t('nav.settings'), order: { kind: 'open', path: '/settings' } },
      { kind: 'line' },
      ...updateItem(facts.update, f),
      { kind: 'order', id: 'help', label: f.t('tray.help'), order: { kind: 'open', path: '/diagnostics' } },
      { kind: 'order', id: 'quit', label: f.t('tray.quit'), order: { kind: 'quit' } },
    ],
  }
}

/** Only when it takes no more than a restart. */
function updateItem(update: UpdateState | null, f: Format): readonly TrayItem[] {
  return update?.kind === 'ready' ? [{ kind: 'order', id: 'update', label: f.t('tray.update', { version: update.version }), order: { kind: 'update' } }] : []
}

/** As the window says it; null while the service has not said how things are. */
export function heroNow({ node, share, nowMs }: Pick<TrayFacts, 'node' | 'share' | 'nowMs'>, f: Format): HeroView | null {
  if (node === null || share === null) return null
  return heroOf({
    state: share.state, settings: share.settings, lifted: share.owner.holds.find((hold) => hold.lifted) ?? null,
    engine: node.engine, guests: node.guests, connectedPeers: node.connectedPeers, alone: node.alone, nowMs,
  }, f)
}

function iconOf(hero: HeroView | null, { service, node, share }: TrayFacts): TrayIcon {
  if (hero === null) return service.kind === 'waiting' ? 'attention' : 'offline'
  if (isCutOff(node, share)) return 'offline'
  switch (hero.tone) {
    case 'stop': return 'attention'
    case 'pause': case 'plain': return 'paused'
    case 'on': return 'sharing'
  }
}

/** “Sharing, 3 guest apps”; “Paused while you use this PC”. */
function stateText(hero: HeroView, { share, node }: TrayFacts, f: Format): string {
  return isSharing(share) && !isCutOff(node, share) ? f.t('tray.sharing', { guests: guestsOf(share) }) : hero.headline
}

/** “Depin Desktop, sharing, 3 guest apps”. */
function tooltip({ share, node }: TrayFacts, state: string, f: Format): string {
  const app = f.t('app.name')
  return isSharing(share) && !isCutOff(node, share) ? f.t('tray.tip.sharing', { app, guests: guestsOf(share) }) : f.t('tray.tip', { app, state })
}

function isSharing(share: ShareStatus | null): boolean {
  return share?.state.kind === 'sharing' || share?.state.kind === 'ready'
}

/** As the window counts them. */
function guestsOf(share: ShareStatus | null): number {
  return share?.state.kind === 'sharing' ? share.state.guests : 0
}

function isCutOff(node: NodeStatus | null, share: ShareStatus | null): boolean {
  return node !== null && share !== null && isOffline({ state: share.state, alone: node.alone })
}

function serviceText(service: ServiceState, f: Format): string {
  switch (service.kind) {
    case 'waiting': return f.t('service.waiting.short')
    case 'stopping': case 'stopped': return f.t('service.stopping')
    case 'starting': case 'running': case 'elsewhere': return f.t('sharing.starting')
  }
}

function earningsLine({ earnings, nowMs }: TrayFacts, f: Format): readonly TrayItem[] {
  if (earnings === null) return []
  const today = dayOf(nowMs, f.timeZone)
  const earned = (isIn: (day: string) => boolean): string => f.amount(earnings.hours.reduce((sum, { hourMs: atMs, earnedMicro }) => isIn(dayOf(atMs, f.timeZone)) ? sum + earnedMicro : sum, 0n))
  return [{ kind: 'text', id: 'earned', label: f.t('tray.earned', { today: earned((day) => day === today), month: earned((day) => day.slice(0, 7) === today.slice(0, 7)) }) }]
}

/** What can be done about sharing now: in the order of the menu, with the line that ends it. */
function sharingItems(hero: HeroView | null, { share, nowMs }: TrayFacts, f: Format): readonly TrayItem[] {
  if (hero === null || share === null) return []
  if (!share.settings.on) return [{ kind: 'order', id: 'turn-on', label: f.t('tray.turnOn'), order: { kind: 'turn', on: true } }, { kind: 'line' }]
  const resume: TrayItem[] = hero.actions.includes('resume') ? [{ kind: 'order', id: 'resume', label: f.t('hero.resume'), order: { kind: 'resume' } }] : []
  const anyway: TrayItem[] = hero.actions.some((action) => action === 'anyway' || action === 'network-fine')
    ? [{ kind: 'order', id: 'anyway', label: f.t(hero.actions.includes('anyway') ? 'sharing.anyway' : 'sharing.networkFine'), order: { kind: 'anyway' } }]
    : []
  const pause: TrayItem[] = hero.actions.includes('resume') ? [] : [{ kind: 'menu', id: 'pause', label: f.t('tray.pause'), items: pauseChoices(nowMs, f).map(({ id, label, untilMs }): TrayItem => ({ kind: 'order', id, label, order: { kind: 'pause', untilMs } })) }]
  return [...resume, ...anyway, ...pause, { kind: 'order', id: 'turn-off', label: f.t('hero.turnOff'), order: { kind: 'turn', on: false } }, { kind: 'line' }]
}
