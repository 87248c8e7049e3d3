import { NodeNetwork } from './network.ts'
import type { Network, NetworkDeps, NetworkOptions } from './types.ts'

export type * from './types.ts'
export { createAloneWatch, type AloneWatch } from './alone.ts'
export { createMemoryStore } from './store.memory.ts'
export { createNetworkStore } from './store.sqlite.ts'
export { EarlyBytes } from './wire/early.ts'
export { splice } from './wire/splice.ts'

/** A node's network. Nothing happens before `start`. Throws E_PORT_IN_USE and E_ADDRESS from there. */
export function createNetwork(options: NetworkOptions, deps: NetworkDeps): Network {
  return new NodeNetwork(options, deps)
}
