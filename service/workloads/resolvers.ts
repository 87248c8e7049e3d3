import { Resolver } from 'node:dns'
import { readFileSync } from 'node:fs'
import { isIPv4 } from 'node:net'

/** Quad9, which is nobody's advertising business: the one that guests of the tier open may ask, and the last resort of others. */
export const publicNameServer = '9.9.9.9'
const mostServers = 3
/** Whom systemd-resolved asks, when it is itself what this machine is told to ask (systemd-resolved.service(8)). */
const uplinksPath = '/run/systemd/resolve/resolv.conf'

export interface ResolverSources {
  /** As the system's settings have them now. */
  servers: () => readonly string[]
  uplinks: () => string
}

const system: ResolverSources = {
  servers: () => new Resolver().getServers(),
  uplinks: () => {
    try {
      return readFileSync(uplinksPath, 'utf8')
    } catch {
      return ''
    }
  },
}

/**
 * The name servers that this machine asks, as far as a guest's network leads to them: over IPv4, at their own port, and not
 * on this machine's loopback. In their order; a public one where there are none.
 */
export function hostResolvers({ servers, uplinks }: ResolverSources = system): string[] {
  const asked = reachable(servers())
  if (asked.length > 0) return asked
  const behind = reachable(uplinks().split('\n').flatMap((line) => /^nameserver\s+(\S+)/.exec(line)?.[1] ?? []))
  return behind.length > 0 ? behind : [publicNameServer]
}

function reachable(servers: readonly string[]): string[] {
  return [...new Set(servers)].filter((server) => isIPv4(server) && !/^(127|0)\./.test(server)).slice(0, mostServers)
}
