/** Makes buffers as a busy tunnel does, told of to the young collector, and says how often V8 collected its whole heap meanwhile. */
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import { createYoungCollector } from '../network/mux/young-collector.ts'

const chunkBytes = 16 * 1024
const chunksPerTurn = 16
let collections = 0
new PerformanceObserver((list) => {
  for (const entry of list.getEntries() as (PerformanceEntry & { detail: { kind: number } })[]) if (entry.detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) collections++
}).observe({ entryTypes: ['gc'] })

/** Something to mark. */
const heap = Array.from({ length: 60_000 }, (_, index) => ({ index, text: `number ${index}`, more: [index] }))
const inFlight: Buffer[] = []

async function read(byteCount: number, told: (byteCount: number) => void): Promise<void> {
  for (let left = byteCount; left > 0; left -= chunksPerTurn * chunkBytes) {
    for (let chunk = 0; chunk < chunksPerTurn; chunk++) {
      inFlight.push(Buffer.allocUnsafeSlow(chunkBytes))
      if (inFlight.length > 2 * chunksPerTurn) inFlight.shift()
      told(chunkBytes)
    }
    await turn()
  }
}

// V8 sets the bound of its heap when it has collected all of it: it does without being told of anything
await read(1 << 28, () => undefined)
collections = 0
await read(1 << 30, createYoungCollector())
await turn()
process.stdout.write(JSON.stringify({ collections, objects: heap.length }))
