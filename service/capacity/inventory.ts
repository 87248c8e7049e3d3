import { statfsSync } from 'node:fs'
import { availableParallelism, cpus, freemem, hostname, totalmem } from 'node:os'
import { presetLimits, steps } from '../../contract/presets.ts'
import { type Prices, type Resources } from '../../contract/units.ts'
import { defaultImageCacheMiB, type PaymentTerms, type ShareEgress, type ShareSettings } from '../../contract/nouns/node.ts'
import { defaultRules } from '../../contract/nouns/owner.ts'

const mib = 1024 * 1024

/** The machine as the operating system describes it; replaced in tests. */
export interface Inventory {
  cpuMilli(): number
  memoryMiB(): number
  freeMemoryMiB(): number
  /** Of the file system that holds the data directory. */
  disk(): { totalMiB: number, freeMiB: number }
  /** All cores together since boot, ms. */
  cpuTimesMs(): { busyMs: number, totalMs: number }
  hostname(): string
}

export function createInventory(dataDir: string): Inventory {
  return {
    cpuMilli: () => availableParallelism() * 1000,
    memoryMiB: () => Math.floor(totalmem() / mib),
    freeMemoryMiB: () => Math.floor(freemem() / mib),
    disk() {
      const { bsize, blocks, bavail } = statfsSync(dataDir)
      return { totalMiB: Math.floor(blocks * bsize / mib), freeMiB: Math.floor(bavail * bsize / mib) }
    },
    cpuTimesMs() {
      let busyMs = 0
      let totalMs = 0
      for (const { times } of cpus()) {
        const sum = times.user + times.nice + times.sys + times.idle + times.irq
        totalMs += sum
        busyMs += sum - times.idle
      }
      return { busyMs, totalMs }
    },
    hostname,
  }
}

/** Metering and payment as PAYMENTS has them: Tm 60 s, P 60 s, G 180 s for a new tenant; suspended work is kept a day. */
const defaultTerms: PaymentTerms = { meterIntervalMs: 60_000, prepaidMs: 60_000, graceMs: 180_000, retentionMs: 86_400_000 }

/** About a third of what large clouds ask for the same, micro-units. The owner changes them at will. */
const defaultPrices: Prices = {
  cpuCoreMonthMicro: 2_500_000n, memoryGiBMonthMicro: 1_000_000n, diskGiBMonthMicro: 30_000n, egressGiBMicro: 5_000n,
}

/** Nothing of an owner's internet connection is lent unless they say so; then, a part of an ordinary home's. */
export const defaultEgress: ShareEgress = { tier: 'none', rateMbit: 20, monthlyGiB: 100 }

/** “Balanced”, as far as there is room. Sharing is off until the owner says so. */
export function defaultSettings(inventory: Inventory): ShareSettings {
  return {
    on: false,
    pausedUntilMs: null,
    label: inventory.hostname().slice(0, 63) || 'computer',
    region: null,
    limits: defaultLimits(inventory),
    imageCacheMiB: Math.min(defaultImageCacheMiB, Math.floor(inventory.disk().freeMiB / 8)),
    prices: defaultPrices,
    terms: defaultTerms,
    rules: defaultRules,
    egress: defaultEgress,
  }
}

/** One core at the least; of the disk at most half of what is free. */
function defaultLimits(inventory: Inventory): Resources {
  const balanced = presetLimits('balanced', machineResources(inventory))
  const freeMiB = Math.floor(inventory.disk().freeMiB / 2 / steps.diskMiB) * steps.diskMiB
  return { ...balanced, cpuMilli: Math.min(inventory.cpuMilli(), Math.max(1000, balanced.cpuMilli)), diskMiB: Math.min(balanced.diskMiB, freeMiB) }
}

export function machineResources(inventory: Inventory): Resources {
  return { cpuMilli: inventory.cpuMilli(), memoryMiB: inventory.memoryMiB(), diskMiB: inventory.disk().totalMiB }
}
