import type { SignalReader, SystemReading } from '../types.ts'

export const nothingKnown: SystemReading = { lastInputMs: null, power: null, metered: null, temperatureC: null, otherCpuPercent: null }

/** Knows nothing of the operating system, and so holds nobody back. */
export const noSignals: SignalReader = { read: () => Promise.resolve(nothingKnown) }
