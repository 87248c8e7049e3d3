/**
 * Addresses for networks once an engine's own pools are used up: Docker's hold about thirty networks. Slices of 64
 * addresses out of 10.201.0.0 … 10.254.255.255, which home routers and clouds use least.
 */
const firstOctet = 201
const lastOctet = 254
const sliceBits = 6
const slicesPerOctet = 2 ** (16 - sliceBits)
const slices = (lastOctet - firstOctet + 1) * slicesPerOctet

/**
 * A slice that overlaps none of `taken`, the first after a place that depends on `seed`, so that two nodes on one engine
 * rarely try the same; null when there is none.
 *
 * @param taken networks in CIDR notation; what is not IPv4 is skipped.
 */
export function freeSubnet(taken: readonly string[], seed: number): string | null {
  const ranges = taken.flatMap((cidr) => rangeOf(cidr) ?? [])
  for (let step = 0; step < slices; step++) {
    const slice = (seed + step) % slices
    const start = (10 * 256 + firstOctet) * 65_536 + slice * 2 ** sliceBits
    const end = start + 2 ** sliceBits - 1
    if (ranges.every((range) => range.end < start || range.start > end)) return `${formatAddress(start)}/${32 - sliceBits}`
  }
  return null
}

function rangeOf(cidr: string): { start: number, end: number } | null {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr)
  if (match === null) return null
  const [a = 0, b = 0, c = 0, d = 0, bits = 32] = match.slice(1).map(Number)
  const size = 2 ** (32 - bits)
  const address = ((a * 256 + b) * 256 + c) * 256 + d
  const start = Math.floor(address / size) * size
  return { start, end: start + size - 1 }
}

function formatAddress(address: number): string {
  return [2 ** 24, 2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(address / unit) % 256).join('.')
}
