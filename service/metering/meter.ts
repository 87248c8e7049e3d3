import type { Clock } from '../base/index.ts'
import type { MeterPhase, MeterState } from './types.ts'

export function newMeter(clock: Clock): MeterState {
  return { runMs: 0, suspendedMs: 0, egressBytes: 0, cpuUsedUs: 0, phase: 'stopped', runKey: '', monotonicMs: clock.monotonicMs(), bootId: clock.bootId }
}

/** The meter, counted up to now. Pure. */
export function countUp(meter: MeterState, clock: Pick<Clock, 'monotonicMs' | 'bootId'>): MeterState {
  const nowMs = clock.monotonicMs()
  const elapsedMs = meter.bootId === clock.bootId ? Math.max(0, nowMs - meter.monotonicMs) : 0
  return {
    ...meter,
    runMs: meter.runMs + (meter.phase === 'running' ? elapsedMs : 0),
    suspendedMs: meter.suspendedMs + (meter.phase === 'suspended' ? elapsedMs : 0),
    monotonicMs: nowMs,
    bootId: clock.bootId,
  }
}

/**
 * A meter that was read back from the database meets the world again. What it was counting goes on if the same things
 * are still in the same phase in the same boot; otherwise the gap is a gap, and nobody pays for it.
 */
export function pickUp(stored: MeterState, phase: MeterPhase, runKey: string, clock: Pick<Clock, 'monotonicMs' | 'bootId'>): MeterState {
  const wentOn = stored.phase === phase && stored.runKey === runKey && stored.bootId === clock.bootId
  const base = wentOn ? countUp(stored, clock) : { ...stored, monotonicMs: clock.monotonicMs(), bootId: clock.bootId }
  return { ...base, phase, runKey }
}
