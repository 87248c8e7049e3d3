/** Tells the service what this desktop sees: every so often, and at once when the power or the screen changes. */
import { powerMonitor } from 'electron'
import { type Clock, every } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { ServiceClient } from '../service/client.ts'
import type { FullScreenReader } from './full-screen.ts'
import { signalsOf } from './read.ts'

/** What was said holds for a minute; it is said again at twice that pace, and more often, since an owner who comes back must not wait. */
const pushEveryMs = 5_000
/** Programs are started to learn it, so it is asked more seldom, ms: on Windows one that takes half a second. */
const fullScreenEveryMs = (platform: NodeJS.Platform): number => platform === 'win32' ? 60_000 : 20_000

export interface SignalsDeps {
  client: ServiceClient
  clock: Clock
  log: Log
  platform: NodeJS.Platform
  sessionType: string | undefined
  fullScreen: FullScreenReader
}

/** Returns its end. */
export function startSignals({ client, clock, log, platform, sessionType, fullScreen }: SignalsDeps): () => void {
  let isLocked = false
  let isAsleep = false
  let filled: boolean | null = null
  let isPushing = false

  async function push(): Promise<void> {
    const api = client.client()
    if (api === null || isAsleep || isPushing) return
    isPushing = true
    try {
      client.learn(await api.share.signals(signalsOf({
        platform, sessionType, isLocked, fullScreen: filled, idleS: powerMonitor.getSystemIdleTime(), onBattery: powerMonitor.isOnBatteryPower(),
      })))
    } catch (error) {
      log('the signals did not reach the service', { error })
    } finally {
      isPushing = false
    }
  }

  async function look(): Promise<void> {
    if (isAsleep || isLocked) return
    // programs are not started for what nobody shares; what was seen before must not be taken for the present then
    const next = client.known().share?.settings.on === true ? await fullScreen.read() : null
    const isNews = next !== filled
    filled = next
    if (isNews) await push()
  }

  const now = (): void => void push()
  const listeners = {
    'on-battery': now, 'on-ac': now,
    'lock-screen': () => {
      isLocked = true
      now()
    },
    'unlock-screen': () => {
      isLocked = false
      now()
    },
    'suspend': () => {
      log('the computer goes to sleep')
      isAsleep = true
    },
    'resume': () => {
      log('the computer woke up')
      isAsleep = false
      void look()
      now()
    },
  } as const
  const events = Object.entries(listeners) as ['suspend', () => void][]
  for (const [event, listener] of events) powerMonitor.on(event, listener)
  const stops = [client.subscribe(firstOf(client, now)), every(clock, pushEveryMs, now), every(clock, fullScreenEveryMs(platform), () => void look())]
  void look()
  return () => {
    for (const [event, listener] of events) powerMonitor.off(event, listener)
    for (const stop of stops) stop()
  }
}

/** A service that has just come knows nothing yet. */
function firstOf(client: ServiceClient, run: () => void): () => void {
  let seen = client.client()
  return () => {
    const present = client.client()
    if (present !== null && present !== seen) run()
    seen = present
  }
}
