import { openForward } from './forward.ts'
import { serveTunnels } from './provider.ts'
import type { Ingress, IngressDeps } from './types.ts'

export type * from './types.ts'

/** Answers tunnels to this machine's guests, and opens forwards to this node's apps elsewhere. */
export function createIngress(deps: IngressDeps): Ingress {
  serveTunnels(deps)
  return { forward: (options) => openForward(deps, options) }
}
