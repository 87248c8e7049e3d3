import { be16 } from './netlink.ts'

/**
 * Mining pools, as far as they can be told from the outside: by the ports that hardly anything but the stratum protocol
 * uses between strangers, and by their names. A pool under another name and port is not known here: what is known is
 * refused, and nothing is ever concluded from load.
 *
 * Sources: the default ports of stratum servers (SlushPool's and Monero's documents) and the pools' own “getting started” pages.
 */
export const poolPorts = [3333, 4444, 5555, 7777, 14_433, 14_444, 20_535, 45_560, 45_700] as const

/** Where miners are sent. */
export const poolHosts = [
  'pool.supportxmr.com', 'pool.hashvault.pro', 'gulf.moneroocean.stream', 'pool.minexmr.com', 'monerohash.com',
  'xmr.nanopool.org', 'xmr-eu1.nanopool.org', 'xmr-eu2.nanopool.org', 'xmr-us-east1.nanopool.org', 'xmr-us-west1.nanopool.org', 'xmr-asia1.nanopool.org',
  'mine.c3pool.com', 'auto.c3pool.org', 'xmr.2miners.com', 'xmrpool.eu', 'mine.xmrpool.net', 'pool.xmr.pt', 'xmr.f2pool.com', 'monero.herominers.com',
  'de.monero.herominers.com', 'fi.monero.herominers.com', 'us.monero.herominers.com', 'ca.monero.herominers.com', 'sg.monero.herominers.com',
  'rx.unmineable.com', 'ghostrider.unmineable.com', 'randomx.unmineable.com', 'randomxmonero.auto.nicehash.com', 'randomx.mine.zergpool.com', 'randomx.mine.zpool.ca',
  'xmr.kryptex.network', 'xmr.crypto-pool.fr', 'eu.luckpool.net', 'na.luckpool.net', 'ap.luckpool.net', 'pool.verus.io', 'randomx.rplant.xyz', 'stratum-eu.rplant.xyz', 'stratum-na.rplant.xyz',
] as const

/** Everything below these is a pool's. */
const poolDomains = [
  'supportxmr.com', 'hashvault.pro', 'moneroocean.stream', 'minexmr.com', 'monerohash.com', 'nanopool.org', 'c3pool.com', 'c3pool.org', '2miners.com', 'xmrpool.eu', 'xmrpool.net',
  'xmr.pt', 'xmr.f2pool.com', 'herominers.com', 'unmineable.com', 'auto.nicehash.com', 'zergpool.com', 'zpool.ca', 'kryptex.network', 'crypto-pool.fr', 'luckpool.net', 'pool.verus.io',
  'rplant.xyz',
] as const

/** Whether a name is known to be a mining pool's, or `*.` and a name has one below it. */
export function isMiningPool(name: string): boolean {
  const lower = name.toLowerCase()
  const above = lower.startsWith('*.') ? lower.slice(1) : null
  return poolDomains.some((domain) => lower === domain || lower.endsWith(`.${domain}`) || above !== null && `.${domain}`.endsWith(above))
}

/** So much of a question is compared: what one register of the kernel holds. */
export const questionBytes = 16
/** A and AAAA, which follow the name; both of the class IN. */
const recordTypes = [1, 28] as const

/**
 * How questions for a name begin, behind the header of a message (RFC 1035, 4.1.2): its labels, each after its length, and for
 * a short name its type and class.
 */
export function questionStarts(name: string): Uint8Array[] {
  const labels = Buffer.concat([...name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label, 'latin1')])), Buffer.of(0)])
  const starts = recordTypes.map((type) => Buffer.concat([labels, be16(type), be16(1)]).subarray(0, questionBytes))
  return [...new Map(starts.filter(({ length }) => length === questionBytes).map((start) => [start.toString('hex'), start])).values()]
}
