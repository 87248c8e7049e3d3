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
import { announce } from './probation.ts'
import { DesktopUpdater } from './updater.ts'

export interface UpdatesDeps {
  /** Null: this copy is not updated by the app. */
  copy: UpdateCopy | null
  client: ServiceClient
  clock: Clock
  log: Log
  isLookedAt: () => boolean
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
  const { url, keys, kind, installed, memory, journal } = copy
  const { autoUpdater } = await import('electron-updater')
  const feed = createFeed({ feed: url, fetch: (address, init) => net.fetch(address, init), clock: deps.clock })
  const updater = new DesktopUpdater({
    ...deps, installed, memory, keys, wanted: { platform: `${process.platform}-${process.arch}`, package: kind }, feed,
    // silent, and started again
    installer: copy.installer(() => autoUpdater.quitAndInstall(true, true)),
    fetcher: createFetcher({ ...deps, updater: autoUpdater, url, feed }),
    announce: (version) => announce(journal, installed, version),
    facts: () => factsOf(client.known(), deps.isLookedAt()),
    onState: () => {
      report(client.client(), updater, memory.channel, deps.log)
      deps.onState()
    },
  })
  followOrders(deps, updater, memory)
  // who goes away is noticed at once, and so is who comes back
  const stops = [updater.start(), client.subscribe(() => void updater.think())]
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

/** While the service runs, this app is the one that updates it: it is told what is asked for. */
function followOrders({ client, log }: UpdatesDeps, updater: DesktopUpdater, memory: { channel: 'latest' | 'beta' }): void {
  let present: Client | null = null
  const look = (): void => {
    const now = client.client()
    if (now === present) return
    present = now
    if (now !== null) void follow(now)
  }
  async function follow(mine: Client): Promise<void> {
    try {
      const orders = await mine.updates.drive()
      report(mine, updater, memory.channel, log)
      for await (const order of orders) {
        if (present !== mine) return
        updater.order(order)
      }
    } catch (error) {
      if (present === mine) log('the orders for updates broke off', { error })
    }
  }
  client.subscribe(look)
  look()
}

function report(client: Client | null, updater: DesktopUpdater, channel: 'latest' | 'beta', log: Log): void {
  client?.updates.report({ channel, state: updater.state }).catch((error: unknown) => log('the service was not told of an update', { error }))
}
