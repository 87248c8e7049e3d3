import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ElectronApplication, Page } from '@playwright/test'
import { launchElectron, type Probe } from '../e2e/harness/electron.ts'
import { root } from '../scripts/setup/root.mjs'
import { until } from '../service/testing/wait.ts'
import { residentMiB } from './harness/process-use.ts'
import { figure, inRounds } from './harness/rounds.ts'
import type { Benchmark } from './harness/types.ts'

const rounds = 3
const windowAtMostMs = 1_500
const clickAtMostMs = 400
const blockedAtMostMs = 50
const memoryAtMostMiB = 220
/** Of a processor, by the page of a window that is hidden. */
const hiddenAtMostPercent = 0.5
const hiddenForMs = 10_000

export const desktop: Benchmark = {
  name: 'desktop',
  about: 'the built desktop app, without an engine: how soon its window shows the real state, what its page does while it is hidden, and what main and the service take',
  needs: [],
  async run({ say, signal }) {
    say(`${rounds} rounds`)
    const seen: Seen[] = []
    using home = new Home()
    await settleIn(home)
    const { bare, app } = await inRounds(rounds, {
      bare: () => emptyWindow(),
      app: async () => {
        const one = await realWindow(home)
        seen.push(one)
        return one.windowMs
      },
    }, signal)
    // the first round warms up
    seen.shift()
    const baseline = { name: 'an empty window', values: bare }
    return {
      figures: [
        // Electron's own start, or its stand-in's, is not ours
        figure('window with the real state, after an empty one', 'ms', app.map((ms, round) => ms - (bare[round] ?? 0)), baseline, { of: 'value', atMost: windowAtMostMs }),
        figure('from a click in the tray to the window', 'ms', seen.map(({ clickMs }) => clickMs), baseline, { of: 'value', atMost: clickAtMostMs }),
        figure('main blocked, at most', 'ms', seen.map(({ blockedMs }) => blockedMs), baseline, { of: 'value', atMost: blockedAtMostMs }),
        figure('processor time of the page while its window is hidden', '% of a core', seen.map(({ hiddenPercent }) => hiddenPercent), { name: 'shown', values: seen.map(({ shownPercent }) => shownPercent) }, { of: 'value', atMost: hiddenAtMostPercent }),
        figure('memory of main and service', 'MiB', seen.map(({ mainMiB, serviceMiB }) => mainMiB + serviceMiB), { name: 'main alone', values: seen.map(({ mainMiB }) => mainMiB) }, { of: 'value', atMost: memoryAtMostMiB }),
      ],
      breakdowns: [],
    }
  },
}

interface Seen {
  windowMs: number
  clickMs: number
  blockedMs: number
  hiddenPercent: number
  shownPercent: number
  mainMiB: number
  serviceMiB: number
}

/** An owner's folder that all starts share: the first of them is Setup's, which comes once. */
class Home implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'depin-bench-desktop-'))

  launch(): Promise<ElectronApplication> {
    return launch(root, this.folder, ['--data-dir', join(this.folder, 'data'), '--engine', 'none', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--http', '127.0.0.1:0'])
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

async function settleIn(home: Home): Promise<void> {
  const electron = await home.launch()
  try {
    const page = await electron.firstWindow()
    await page.getByRole('button', { name: 'Set up later', exact: true }).click()
    await page.getByRole('region', { name: 'Sharing', exact: true }).waitFor()
  } finally {
    await electron.close()
  }
}

async function realWindow(home: Home): Promise<Seen> {
  const startedMs = performance.now()
  const electron = await home.launch()
  try {
    const page = await electron.firstWindow()
    await page.getByRole('region', { name: 'Sharing', exact: true }).waitFor()
    const windowMs = performance.now() - startedMs
    const shownPercent = await use(page)
    const blockedMs = await hideAndWatch(electron)
    const hiddenPercent = await use(page)
    const clickedMs = performance.now()
    await electron.evaluate(() => (globalThis as unknown as { probe: Probe }).probe.trays[0]?.tray.emit('click'))
    await until('the window is there', async () => electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() === true))
    const clickMs = performance.now() - clickedMs
    const servicePid = await electron.evaluate(({ app }) => app.getAppMetrics().find(({ name }) => name === 'depin-service')?.pid ?? 0)
    return { windowMs, clickMs, blockedMs: await blockedMs(), hiddenPercent, shownPercent, mainMiB: residentMiB(electron.process().pid ?? 0), serviceMiB: residentMiB(servicePid) }
  } finally {
    await electron.close()
  }
}

/** Hides the window and watches main's event loop; gives what asks how long it was blocked at most, ms. */
async function hideAndWatch(electron: ElectronApplication): Promise<() => Promise<number>> {
  await until('there is a tray', async () => electron.evaluate(() => (globalThis as unknown as { probe: Probe }).probe.trays.length > 0))
  const histogram = await electron.evaluateHandle(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.close()
    const watching = process.getBuiltinModule('node:perf_hooks').monitorEventLoopDelay({ resolution: 5 })
    watching.enable()
    return watching
  })
  return () => histogram.evaluate((watched) => watched.max / 1e6)
}

/** Of one processor, what the page's process takes, %: long enough for what is done now and then, such as signals, the tray and notifications. */
async function use(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')
  const seconds = async (): Promise<number> => (await devtools.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'ProcessTime')?.value ?? NaN
  const before = await seconds()
  await new Promise((resolve) => setTimeout(resolve, hiddenForMs))
  const used = await seconds() - before
  await devtools.detach()
  return used / hiddenForMs * 100_000
}

async function emptyWindow(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'depin-bench-empty-'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', version: '1.0.0', main: 'main.cjs' }))
  writeFileSync(join(folder, 'main.cjs'), 'const { app, BrowserWindow } = require("electron"); app.whenReady().then(() => new BrowserWindow().loadURL("data:text/html,<p>empty"))')
  const startedMs = performance.now()
  const electron = await launch(folder, folder, [])
  try {
    await (await electron.firstWindow()).getByText('empty').waitFor()
    return performance.now() - startedMs
  } finally {
    await electron.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function launch(app: string, folder: string, args: readonly string[]): Promise<ElectronApplication> {
  const bus = join(folder, 'gdbus')
  // the desktop is told to have a tray
  writeFileSync(bus, '#!/bin/sh\necho "(true,)"\n', { mode: 0o755 })
  return launchElectron({
    app, userData: join(folder, 'user'), args: [...args, ...process.getuid?.() === 0 ? ['--no-sandbox'] : []],
    env: { HOME: folder, DEPIN_STATE_DIR: join(folder, 'state'), PATH: `${folder}:${process.env['PATH'] ?? ''}` },
  })
}
