/** How a Docker engine is started; each workaround is for machines where the plain way does not work. */
export interface Attempt {
  /** Copies whole layers: for folders on a file system that cannot be a lower layer itself. */
  plainStorage: boolean
  /** For kernels without nftables, where Debian's `iptables` does nothing. */
  legacyFirewall: boolean
}

export const plainly: Attempt = { plainStorage: false, legacyFirewall: false }

/**
 * What to try after an engine ended while it started.
 * @param log what it said
 * @returns undefined when nothing is left that would help
 */
export function nextAttempt(log: string, { plainStorage, legacyFirewall }: Attempt): Attempt | undefined {
  if (!legacyFirewall && /nf_tables|iptables.*(Failed to initialize nft|not supported|No chain)/i.test(log)) return { plainStorage, legacyFirewall: true }
  if (!plainStorage && /graphdriver|storage.driver|overlay|snapshotter/i.test(log)) return { plainStorage: true, legacyFirewall }
  return undefined
}
