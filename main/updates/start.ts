/** Puts the desktop's updates together, and keeps the service told: it shows them everywhere and passes on what is asked for. */
import { app, net } from 'electron'
import type { UpdateState } from '../../contract/nouns/updates.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Client, Known, ServiceClient } from '../service/client.ts'
import type { UpdateCopy } from './copy.ts'
import { createFeed } from './feed.ts'
import { createFetcher } from './fetcher.ts'
import type { UpdateFacts } from './policy.ts'
import { announce, readVainTry } from './journal.ts'
import { followOrders } from './orders.ts'
import { DesktopUpdater } from './updater.ts'

export interface UpdatesDeps {
  /** Null: this copy is not updated by the app. */
  copy: UpdateCopy | null
  client: ServiceClient
  clock: Clock
  log: Log
  isLookedAt: () => boolean
  /** The window is open, whether or not somebody looks at it. */
  isVisible: () => boolean
  onState: () => void
}

export interface DesktopUpdates {
  /** Null: this copy is not updated by the app. */
  state(): UpdateState | null
  install(): void
}

const none: DesktopUpdates = { state: () => null, install: () => undefined }

export async function startUpdates(deps: UpdatesDeps): Promise<DesktopUpdates> {
  const { copy, client } = deps
  if (copy === null) return none
  const { url, keys, kind, installed, remembered, journal } = copy
  const { autoUpdater } = await import('electron-updater')
  const feed = createFeed({ feed: url, fetch: (address, init) => net.fetch(address, init), clock: deps.clock })
  const updater = new DesktopUpdater({
    ...deps, installed, remembered, keys, wanted: { platform: `${process.platform}-${process.arch}`, package: kind }, feed,
    // silent, and started again
    installer: copy.installer(() => autoUpdater.quitAndInstall(true, true)),
    fetcher: createFetcher({ ...deps, updater: autoUpdater, url, feed }),
    announce: (version) => announce(journal, { from: installed, to: version, isHidden: !deps.isVisible(), nowMs: deps.clock.nowMs() }), vainTry: () => readVainTry(journal, installed),
    facts: () => factsOf(client.known(), deps.isLookedAt()),
    onState: () => {
      tell(client.client())
      deps.onState()
    },
  })
  // it tells of an installer that does not start, or of a Squirrel that refuses, and of nothing else that is heard here
  autoUpdater.on('error', (error) => updater.installFailed(error))
  const tell = (to: Client | null): void => report(to, updater, remembered.memory()?.channel ?? 'latest', deps.log)
  const stops = [
    followOrders({ ...deps, onOpen: tell, onOrder: (order) => updater.order(order) }),
    updater.start(),
    // who goes away is noticed at once, and so is who comes back
    client.subscribe(() => void updater.think()),
  ]
  app.once('will-quit', () => { for (const stop of stops) stop() })
  return { state: () => updater.state, install: () => updater.order({ kind: 'install' }) }
}

function factsOf({ share }: Known, isLookedAt: boolean): ReturnType<ConstructorParameters<typeof DesktopUpdater>[0]['facts']> {
  const signals = share?.owner.signals
  return {
    isMetered: signals?.metered?.value ?? false,
    isOnBattery: signals?.power?.value.onBattery ?? false,
    lastInputMs: signals?.lastInputMs?.value ?? null,
    isFullScreen: signals?.fullScreen?.value ?? false,
    idleMinutes: share?.settings.rules.idleMinutes ?? 10,
    isLookedAt,
  } satisfies Omit<UpdateFacts, 'nowMs' | 'state' | 'lookedAtMs' | 'ordered'>
}

function report(client: Client | null, updater: DesktopUpdater, channel: 'latest' | 'beta', log: Log): void {
  client?.updates.report({ channel, state: updater.state }).catch((error: unknown) => log('the service was not told of an update', { error }))
}
