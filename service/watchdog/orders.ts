import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { writeFileDurably } from '../identity/index.ts'

/** What the watchdog may do to one lease's containers, and when: monotonic ms of the boot that the orders name. */
export const LeaseOrders = z.strictObject({
  leaseId: z.string().max(64),
  /** From then on what it runs is unpaid beyond its grace. Null: it does not run. */
  freezeAtMs: z.int().nullable(),
  /** From then on nothing of it may run, frozen or not. */
  endAtMs: z.int(),
})
export type LeaseOrders = z.infer<typeof LeaseOrders>

export const Orders = z.strictObject({
  version: z.literal(1),
  /** The program these are for: another one ends itself, and the service starts the right one. */
  program: z.string(),
  node: z.string().max(128),
  /** The engine's address, as `formatEndpoint` writes it. */
  engine: z.string(),
  bootId: z.string(),
  leases: z.array(LeaseOrders),
  /** Every container of this node when the orders were written: for ending them without the engine. */
  containerIds: z.array(z.string().regex(/^[0-9a-f]{12,64}$/)),
})
export type Orders = z.infer<typeof Orders>

const fileName = 'watchdog.json'

export function writeOrders(dataDir: string, orders: Orders): void {
  writeFileDurably(join(dataDir, fileName), `${JSON.stringify(orders)}\n`)
}

/** Null when there are none, or none that can be read: then nothing is known to run. */
export function readOrders(dataDir: string): Orders | null {
  try {
    return Orders.parse(JSON.parse(readFileSync(join(dataDir, fileName), 'utf8')))
  } catch {
    return null
  }
}
