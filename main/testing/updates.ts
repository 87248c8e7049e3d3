/** The desktop's updates on a local feed, with a clock that a test moves and an installer that only takes note. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadRemembered, requireMemory, type UpdateMemory } from '../../release/index.ts'
import { startFeed, type TestFeed } from '../../release/testing/feed.ts'
import { filesOf, newKey, statementOf, type TestKey, testNowMs } from '../../release/testing/release.ts'
import { createFeed } from '../updates/feed.ts'
import { createFetcher } from '../updates/fetcher.ts'
import { announce, readVainTry } from '../updates/journal.ts'
import type { UpdateFacts } from '../updates/policy.ts'
import { DesktopUpdater, type UpdaterDeps } from '../updates/updater.ts'
import { type ManualClock, manualClock } from './clock.ts'
import { plainAppImageUpdater } from './electron-updater.ts'

export const testKey = newKey()
export const testWanted = { platform: 'linux-x64', package: 'appimage' } as const
export const testFile = 'depin-desktop-linux-x86_64.AppImage'
export const testContent = randomBytes(300_000)

/** Somebody uses the computer. */
const here: ReturnType<UpdaterDeps['facts']> = { isMetered: false, isOnBattery: false, lastInputMs: testNowMs, idleMinutes: 10, isFullScreen: false, isLookedAt: true }

export interface TestDesktop {
  updater: DesktopUpdater
  /** Paths of packages that were put in place. */
  installs: string[]
  announced: string[]
  memory: () => UpdateMemory
  /** Kinds of states, in their order. */
  states: string[]
}

export interface UpdateBench {
  folder: string
  /** What the app was started from. */
  appImage: string
  feed: TestFeed
  clock: ManualClock
  offer: (patch?: Parameters<typeof statementOf>[1], bytes?: Uint8Array, by?: TestKey) => void
  /** A start of the app. */
  desktop: (facts?: Partial<UpdateFacts>, installed?: string, onState?: (kind: string) => void, patch?: Partial<UpdaterDeps>) => TestDesktop
  close: () => void
}

export async function openUpdateBench(): Promise<UpdateBench> {
  const folder = mkdtempSync(join(tmpdir(), 'depin-desktop-update-'))
  const feed = await startFeed()
  const clock = manualClock(testNowMs)
  const appImage = join(folder, 'app', 'Depin.AppImage')
  mkdirSync(join(folder, 'app'))
  writeFileSync(appImage, 'the old one')
  return {
    folder, appImage, feed, clock,
    offer(patch = {}, bytes = testContent, by = testKey) {
      for (const [name, body] of Object.entries(filesOf(statementOf(bytes, { ...testWanted, file: testFile, ...patch }), bytes, by))) feed.put(name, body)
    },
    desktop: (facts = {}, installed = '1.0.0', onState = () => undefined, patch = {}) => startDesktop({ folder, feed, clock, facts, installed, onState, patch }),
    close() {
      feed.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Start extends Pick<UpdateBench, 'folder' | 'feed' | 'clock'> {
  facts: Partial<UpdateFacts>
  installed: string
  onState: (kind: string) => void
  patch: Partial<UpdaterDeps>
}

function startDesktop({ folder, feed, clock, facts, installed, onState, patch }: Start): TestDesktop {
  const installs: string[] = []
  const announced: string[] = []
  const states: string[] = []
  const journal = join(folder, 'update.json')
  const source = createFeed({ feed: feed.url, fetch: (url, init) => fetch(url, init), clock })
  const log = (): void => undefined
  const remembered = loadRemembered(join(folder, 'updates.json'), installed, log)
  let prepared = ''
  const updater = new DesktopUpdater({
    installed, keys: [testKey.known], remembered, wanted: testWanted, feed: source, clock, log,
    fetcher: createFetcher({ updater: plainAppImageUpdater(folder, installed), url: feed.url, feed: source, clock, log }),
    installer: {
      prepare: (path) => {
        prepared = path
        return Promise.resolve()
      },
      install: () => installs.push(prepared), goBack: () => false, settle: () => undefined,
    },
    announce: (version) => {
      announced.push(version)
      announce(journal, { from: installed, to: version, isHidden: true, nowMs: clock.nowMs() })
    },
    vainTry: () => readVainTry(journal, installed),
    facts: () => ({ ...here, ...facts }),
    onState: () => {
      states.push(updater.state.kind)
      onState(updater.state.kind)
    },
    ...patch,
  })
  return { updater, installs, announced, memory: () => requireMemory(remembered), states }
}
