/** Puts the desktop's updates together, and keeps the service told: it shows them everywhere and passes on what is asked for. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, net } from 'electron'
import type { AppUpdater } from 'electron-updater'
import type { UpdateState } from '../../contract/nouns/updates.ts'
import { loadMemory, type PackageKind, readReleaseSource, releaseKey } from '../../release/index.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Client, Known, ServiceClient } from '../service/client.ts'
import type { Supervisor } from '../service/supervisor.ts'
import { createAppImageInstaller } from './appimage.ts'
import { createFeed } from './feed.ts'
import { createFetcher } from './fetcher.ts'
import { packageKindOf } from './platform.ts'
import type { UpdateFacts } from './policy.ts'
import { announce, beginProbation } from './probation.ts'
import type { Installer } from './types.ts'
import { DesktopUpdater } from './updater.ts'

export interface UpdatesDeps {
  client: ServiceClient
  supervisor: Supervisor
  clock: Clock
  log: Log
  /** The built folder. */
  dist: string
  dataDir: string
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
  const { feed: url, keys } = readReleaseSource(join(deps.dist, 'release.json'))
  const kind = packageKindOf({ platform: process.platform, env: process.env, isPackaged: app.isPackaged, resources: process.resourcesPath })
  if (url === null || keys.length === 0 || kind === null) return none
  const { autoUpdater } = await import('electron-updater')
  const feed = createFeed({ feed: url, fetch: (address, init) => net.fetch(address, init), clock: deps.clock })
  const folder = app.getPath('userData')
  mkdirSync(folder, { recursive: true })
  const journal = join(folder, 'update.json')
  const memory = loadMemory(join(folder, 'updates.json'))
  const installed = app.getVersion()
  const installer = installerOf(kind, autoUpdater)
  const isWell = (): boolean => deps.supervisor.state.kind === 'running' || deps.supervisor.state.kind === 'elsewhere'
  if (beginProbation({ ...deps, path: journal, installed, installer, memory, isWell })) return none
  const updater = new DesktopUpdater({
    ...deps, installed, memory, installer, keys: keys.map(releaseKey), wanted: { platform: `${process.platform}-${process.arch}`, package: kind },
    feed,
    fetcher: createFetcher({ ...deps, updater: autoUpdater, url, feed }),
    announce: (version) => announce(journal, installed, version),
    facts: () => factsOf(deps.client.known(), deps.isLookedAt()),
    onState: () => {
      report(deps.client.client(), updater, memory.channel, deps.log)
      deps.onState()
    },
  })
  followOrders(deps, updater, memory)
  const stop = updater.start()
  app.once('will-quit', stop)
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

function installerOf(kind: PackageKind, autoUpdater: AppUpdater): Installer {
  const { APPIMAGE } = process.env
  if (kind === 'appimage' && APPIMAGE !== undefined) {
    return createAppImageInstaller({ appImage: APPIMAGE, relaunch: (execPath) => {
      app.relaunch({ execPath, args: process.argv.slice(1) })
      app.quit()
    } })
  }
  // silent, and started again
  return { install: () => autoUpdater.quitAndInstall(true, true), goBack: () => false, settle: () => undefined }
}
