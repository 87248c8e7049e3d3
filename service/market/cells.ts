import type { Resources } from '../../contract/units.ts'

/** Size classes of the DHT: an order looks in the smallest that holds it. */
const sizeClasses = [
  { name: 's', cpuMilli: 1000, memoryMiB: 1024 },
  { name: 'm', cpuMilli: 4000, memoryMiB: 8192 },
  { name: 'l', cpuMilli: 16_000, memoryMiB: 65_536 },
  { name: 'xl', cpuMilli: Number.POSITIVE_INFINITY, memoryMiB: Number.POSITIVE_INFINITY },
] as const

/** The capability cells (region × size class) a provider with this much free announces itself in. */
export function cellsOf(region: string | null, available: Resources): string[] {
  if (available.cpuMilli === 0 || available.memoryMiB === 0) return []
  const regions = ['any', ...region === null ? [] : [...new Set([region.slice(0, 2), region])]]
  const largest = sizeClasses.findIndex((size) => available.cpuMilli <= size.cpuMilli && available.memoryMiB <= size.memoryMiB)
  const sizes = sizeClasses.slice(0, largest + 1)
  return regions.flatMap((name) => sizes.map((size) => `${name}/${size.name}`))
}

/** Where to look for hosts for an order. */
export function cellsFor(regions: readonly string[], need: Resources): string[] {
  const size = sizeClasses.find((each) => need.cpuMilli <= each.cpuMilli && need.memoryMiB <= each.memoryMiB) ?? sizeClasses[3]
  return (regions.length === 0 ? ['any'] : regions).map((region) => `${region}/${size.name}`)
}
