/** While the service runs, this app is the one that updates it: it is told what is asked for. */
import type { UpdateOrder } from '../../contract/nouns/updates.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Client, ServiceClient } from '../service/client.ts'

/** A stream that ended while its service goes on is opened again after this, ms. */
export const againMs = 2_000

export interface OrdersDeps {
  client: Pick<ServiceClient, 'client' | 'subscribe'>
  clock: Clock
  log: Log
  /** This service knows nothing yet of what is done about updates. */
  onOpen: (client: Client) => void
  onOrder: (order: UpdateOrder) => void
}

/** Returns its end. */
export function followOrders({ client, clock, log, onOpen, onOrder }: OrdersDeps): () => void {
  let present: Client | null = null

  async function follow(mine: Client): Promise<void> {
    try {
      const orders = await mine.updates.drive()
      onOpen(mine)
      for await (const order of orders) {
        if (present !== mine) return
        onOrder(order)
      }
    } catch (error) {
      if (present === mine) log('the orders for updates broke off', { error })
    }
    if (present === mine) clock.after(againMs, () => { if (present === mine) void follow(mine) })
  }

  function look(): void {
    const now = client.client()
    if (now === present) return
    present = now
    if (now !== null) void follow(now)
  }

  const unsubscribe = client.subscribe(look)
  look()
  return () => {
    unsubscribe()
    present = null
  }
}
