import type { Inventory } from '../capacity/index.ts'

/** The same machine for every test, whatever runs them. */
export const roomyMachine: Inventory = {
  cpuMilli: () => 4000,
  memoryMiB: () => 8192,
  freeMemoryMiB: () => 4096,
  disk: () => ({ totalMiB: 200_000, freeMiB: 100_000 }),
  cpuTimesMs: () => ({ busyMs: 0, totalMs: 0 }),
  hostname: () => 'testnet',
}
