import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'
import type { Clock, Disposer } from './types.ts'

/** The longest delay a Node timer takes; longer ones fire at once. */
const maxTimerMs = 2 ** 31 - 1

/**
 * The machine's own clock.
 *
 * `process.hrtime` is CLOCK_MONOTONIC on Linux, mach time on macOS and the performance counter on Windows: all count
 * from boot and go on across restarts of a process, which is what lets metering bridge a crash.
 */
export function createSystemClock(): Clock {
  return {
    nowMs: () => Date.now(),
    monotonicMs: () => Number(process.hrtime.bigint() / 1_000_000n),
    bootId: readBootId(),
    after,
    sleep: (delayMs, signal) => sleep(delayMs, signal),
  }
}

function after(delayMs: number, fn: () => void): Disposer {
  const timer = setTimeout(fn, Math.min(Math.max(0, delayMs), maxTimerMs))
  timer.unref()
  return () => clearTimeout(timer)
}

function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(asError(signal.reason))
      return
    }
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(asError(signal?.reason))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, Math.min(Math.max(0, delayMs), maxTimerMs))
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason })
}

/** Linux names each boot; elsewhere the minute of the boot is a good enough name. */
function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return `boot-${Math.round((Date.now() / 1000 - uptime()) / 60)}`
  }
}
