/** IPv4 ranges, so that an engine of our own does not take addresses that this machine already talks to. */
interface Range {
  first: number
  last: number
}

export interface AddressPool {
  /** Address of the bridge, with its prefix. */
  bridge: string
  /** For `--default-address-pool`. */
  base: string
  size: number
}

/**
 * The first /16 of 10.192–10.223 that overlaps nothing: networks come from its lower half, the bridge from the upper.
 * @param taken ranges in use, as `10.0.0.0/8`
 */
export function choosePool(taken: readonly string[]): AddressPool | undefined {
  const ranges = taken.map(parseRange)
  for (let second = 192; second < 224; second++) {
    const wanted = parseRange(`10.${second}.0.0/16`)
    if (ranges.some(({ first, last }) => first <= wanted.last && wanted.first <= last)) continue
    return { bridge: `10.${second}.128.1/24`, base: `10.${second}.0.0/17`, size: 24 }
  }
  return undefined
}

export function contains(pool: AddressPool, address: string): boolean {
  const octets = (text: string) => text.split('.').slice(0, 2).join('.')
  return octets(pool.bridge) === octets(address)
}

/**
 * The ranges in `/proc/net/route`, which has them as little-endian hexadecimal. The default route is no use of addresses.
 * @returns as `10.0.0.0/8`
 */
export function routedRanges(table: string): string[] {
  return table.trim().split('\n').slice(1).map((line) => line.split('\t')).flatMap((fields) => {
    const destination = fromLittleEndian(fields[1] ?? '0')
    const mask = fromLittleEndian(fields[7] ?? '0')
    const prefix = mask.toString(2).replaceAll('0', '').length
    return prefix === 0 ? [] : [`${format(destination)}/${prefix}`]
  })
}

function fromLittleEndian(hex: string): number {
  return Buffer.from(hex.padStart(8, '0'), 'hex').readUInt32LE()
}

function parseRange(text: string): Range {
  const [address = '', prefix = '32'] = text.split('/')
  const size = 2 ** (32 - Number(prefix))
  const number = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
  const first = Math.floor(number / size) * size
  return { first, last: first + size - 1 }
}

function format(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')
}
