import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type KeptImage, planTidy } from './cache.ts'

const image = (config: string, change: Partial<KeptImage> = {}): KeptImage => ({ config, digests: [config, `${config}-layer`], lastUsedMs: 0, engineBytes: 100, isPinned: false, ...change })
const none = new Set<string>()

describe('making room', () => {
  it('lets pieces go before images, the oldest first', () => {
    const images = [image('new', { lastUsedMs: 2 }), image('old', { lastUsedMs: 1 })]
    const blobs = new Map([['new', 10], ['old', 10], ['new-layer', 50], ['old-layer', 50]])
    expect(planTidy(images, blobs, none, 320)).toEqual({ blobs: [], images: [] })
    expect(planTidy(images, blobs, none, 300)).toEqual({ blobs: ['old', 'old-layer'], images: [] })
    expect(planTidy(images, blobs, none, 100)).toEqual({ blobs: ['old', 'old-layer', 'new', 'new-layer'], images: ['old'] })
  })

  it('keeps a shared piece for the image that was used last', () => {
    const images = [image('new', { lastUsedMs: 2, digests: ['base'] }), image('old', { lastUsedMs: 1, digests: ['base', 'top'] })]
    expect(planTidy(images, new Map([['base', 50], ['top', 50]]), none, 260).blobs).toEqual(['top'])
  })

  it('comes under the cap, unless what is in use keeps it from that', () => {
    const images = fc.uniqueArray(fc.record({
      config: fc.constantFrom('a', 'b', 'c', 'd'), digests: fc.uniqueArray(fc.constantFrom('l1', 'l2', 'l3')), lastUsedMs: fc.nat(5), engineBytes: fc.nat(50), isPinned: fc.boolean(),
    }), { selector: (each) => each.config })
    const blobs = fc.dictionary(fc.constantFrom('l1', 'l2', 'l3', 'orphan'), fc.nat(50)).map((sizes) => new Map(Object.entries(sizes)))
    fc.assert(fc.property(images, blobs, fc.uniqueArray(fc.constantFrom('l1', 'orphan')), fc.nat(200), (given, sizes, inUse, capBytes) => {
      const plan = planTidy(given, sizes, new Set(inUse), capBytes)
      const kept = given.filter((each) => !plan.images.includes(each.config))
      const left = [...sizes].filter(([digest]) => !plan.blobs.includes(digest))
      const bytes = kept.reduce((sum, each) => sum + each.engineBytes, 0) + left.reduce((sum, [, size]) => sum + size, 0)
      expect(plan.blobs.filter((digest) => inUse.some((each) => each === digest))).toEqual([])
      expect(given.filter((each) => each.isPinned && plan.images.includes(each.config))).toEqual([])
      const held = kept.filter((each) => each.isPinned).reduce((sum, each) => sum + each.engineBytes, 0) + left.filter(([digest]) => inUse.some((each) => each === digest)).reduce((sum, [, size]) => sum + size, 0)
      expect(bytes).toBeLessThanOrEqual(Math.max(capBytes, held))
    }))
  })
})
