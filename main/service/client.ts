/** The shell's own use of the API: what the tray, the notifications and the signals need to know and to say. */
import { MessageChannelMain } from 'electron'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import type { Api } from '../../contract/api.ts'
import type { Earnings } from '../../contract/nouns/earnings.ts'
import type { NodeStatus, ShareStatus } from '../../contract/nouns/node.ts'
import type { Signals } from '../../contract/nouns/owner.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Supervisor } from './supervisor.ts'

export type Client = ContractRouterClient<Api>

/** What is known of the service now; null while it is away. */
export interface Known {
  node: NodeStatus | null
  share: ShareStatus | null
  earnings: Earnings | null
}

export interface ServiceClient {
  known(): Known
  subscribe(listener: (known: Known) => void): () => void
  /** Null while no service takes calls. */
  client(): Client | null
  /** What the service answered about how this computer is used: it tells by itself only when something follows for sharing. */
  learn(signals: Signals): void
}

const nothing: Known = { node: null, share: null, earnings: null }
/** A stream that failed while its service goes on is opened again after this, ms. */
const againMs = 2_000
/** A service that stops closes every port at once, and lives on for a while: another is asked for after this, ms. */
const reconnectMs = 200

export function createServiceClient({ supervisor, clock, log }: { supervisor: Supervisor, clock: Clock, log: Log }): ServiceClient {
  const listeners = new Set<(known: Known) => void>()
  let known = nothing
  let client: Client | null = null

  function set(change: Partial<Known>): void {
    known = { ...known, ...change }
    for (const listener of listeners) listener(known)
  }

  /** Keeps one stream open for as long as this client is the present one. */
  async function follow<Item>(mine: Client, open: (client: Client) => Promise<AsyncIterable<Item>>, take: (item: Item) => Partial<Known>): Promise<void> {
    try {
      for await (const item of await open(mine)) {
        if (client !== mine) return
        set(take(item))
      }
    } catch (error) {
      if (client === mine) log('a stream of the service failed', { error })
    }
    if (client === mine) clock.after(againMs, () => { if (client === mine) void follow(mine, open, take) })
  }

  function connect(): void {
    supervisor.connect(() => {
      const { port1, port2 } = new MessageChannelMain()
      const mine: Client = createORPCClient(new RPCLink({ port: port1 }))
      client = mine
      port1.once('close', () => { if (client === mine) leave() })
      port1.start()
      void follow(mine, (api) => api.node.watch(), (node) => ({ node }))
      void follow(mine, (api) => api.share.watch(), (share) => ({ share }))
      void follow(mine, (api) => api.earnings.watch(), (earnings) => ({ earnings }))
      return port2
    })
  }

  function leave(): void {
    client = null
    set(nothing)
    clock.after(reconnectMs, connect)
  }

  connect()
  return {
    known: () => known,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    client: () => client,
    learn(signals) {
      const { share } = known
      if (share !== null) set({ share: { ...share, owner: { ...share.owner, signals } } })
    },
  }
}
