import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asPrefix, deniedRanges, isIPv6Network, mergeRanges, parseNetwork, rangeElements, specialNetworks } from './addresses.ts'

const address = (number: number): string => [24, 16, 8, 0].map((shift) => number >>> shift & 255).join('.')
const anyNetwork = fc.record({ first: fc.nat(0xffff_ffff), bits: fc.integer({ min: 0, max: 32 }) }).map(({ first, bits }) => `${address(first)}/${bits}`)

describe('networks', () => {
  it('are read whole or not at all', () => {
    expect(parseNetwork('10.1.2.3')).toEqual({ start: 0x0a01_0203, end: 0x0a01_0203 })
    expect(parseNetwork('10.1.2.3/8')).toEqual({ start: 0x0a00_0000, end: 0x0aff_ffff })
    expect(parseNetwork('0.0.0.0/0')).toEqual({ start: 0, end: 0xffff_ffff })
    for (const bad of ['', '10.1.2', '10.1.2.3/', '10.1.2.3/33', '10.1.2.3/8/8', '10.1.2.3 ', '010.1.2.3', '::1', 'a.b.c.d']) expect(parseNetwork(bad), bad).toBeNull()
    expect([isIPv6Network('fd00::1'), isIPv6Network('fd00::/8'), isIPv6Network('fd00::/129'), isIPv6Network('10.0.0.1')]).toEqual([true, true, false, false])
  })

  it('merge into ranges that hold the same addresses and do not touch', () => {
    fc.assert(fc.property(fc.array(anyNetwork, { maxLength: 12 }), fc.array(fc.nat(0xffff_ffff)), (networks, others) => {
      const ranges = networks.flatMap((network) => parseNetwork(network) ?? [])
      const merged = mergeRanges(ranges)
      const edges = ranges.flatMap(({ start, end }) => [start - 1, start, end, end + 1]).filter((edge) => edge >= 0 && edge <= 0xffff_ffff)
      for (const one of [...edges, ...others]) {
        expect(merged.some(({ start, end }) => start <= one && one <= end)).toBe(ranges.some(({ start, end }) => start <= one && one <= end))
      }
      for (const [index, range] of merged.slice(1).entries()) expect(range.start).toBeGreaterThan((merged[index]?.end ?? 0) + 1)
    }))
  })

  it('end open where there is no address after them', () => {
    expect(rangeElements(deniedRanges([])).at(-1)).toEqual({ key: Buffer.from([224, 0, 0, 0]) })
    expect(rangeElements([{ start: 1, end: 1 }])).toEqual([{ key: Buffer.from([0, 0, 0, 1]) }, { key: Buffer.from([0, 0, 0, 2]), end: true }])
  })

  it('that are nobody\'s business are denied without being asked', () => {
    const denied = mergeRanges(deniedRanges(['81.2.69.142', 'fd00::1']))
    const isDenied = (text: string): boolean => denied.some(({ start, end }) => start <= (parseNetwork(text)?.start ?? -1) && (parseNetwork(text)?.end ?? 2 ** 32) <= end)
    for (const text of [...specialNetworks, '169.254.169.254', '100.100.100.200', '192.168.1.1', '172.17.0.1', '255.255.255.255', '239.1.1.1', '81.2.69.142']) expect(isDenied(text), text).toBe(true)
    for (const text of ['1.1.1.1', '9.9.9.9', '172.32.0.1', '100.128.0.1', '192.169.0.1', '223.255.255.255', '81.2.69.143']) expect(isDenied(text), text).toBe(false)
  })

  it('are compared by as many bits as they have', () => {
    for (const bits of [0, 1, 8, 26, 31, 32]) expect(asPrefix(parseNetwork(`10.201.0.64/${bits}`) ?? { start: 0, end: 0 }).bits).toBe(bits)
  })
})
