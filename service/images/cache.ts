/** What goes when kept images take more than they may. Pure. */
export interface KeptImage {
  config: string
  /** Its pieces that may be ready to be given, shared or not. */
  digests: readonly string[]
  lastUsedMs: number
  /** What taking it out of the engine gives back, bytes; 0: it is not ours to take away. */
  engineBytes: number
  /** A guest runs on it, or it is on its way. */
  isPinned: boolean
}

export interface TidyPlan { blobs: string[], images: string[] }

/**
 * Pieces first, those of the image used least lately before others: the engine has them still. Then images no guest runs on.
 *
 * @param inUse pieces of images that are on their way.
 */
export function planTidy(images: readonly KeptImage[], blobs: ReadonlyMap<string, number>, inUse: ReadonlySet<string>, capBytes: number): TidyPlan {
  const plan: TidyPlan = { blobs: [], images: [] }
  let bytes = [...blobs.values()].reduce((sum, size) => sum + size, 0) + images.reduce((sum, image) => sum + image.engineBytes, 0)
  const oldestFirst = images.toSorted((a, b) => a.lastUsedMs - b.lastUsedMs)
  const users = new Map<string, KeptImage[]>()
  for (const image of oldestFirst) for (const digest of image.digests) users.set(digest, [...users.get(digest) ?? [], image])
  const dropBlob = (digest: string): void => {
    if (plan.blobs.includes(digest) || inUse.has(digest)) return
    plan.blobs.push(digest)
    bytes -= blobs.get(digest) ?? 0
  }
  // nobody's
  for (const digest of blobs.keys()) if (!users.has(digest)) dropBlob(digest)
  for (const image of oldestFirst) {
    // a piece goes with the last image that uses it
    const own = image.digests.filter((digest) => blobs.has(digest) && users.get(digest)?.at(-1) === image)
    for (const digest of own) if (bytes > capBytes) dropBlob(digest)
  }
  for (const image of oldestFirst) {
    if (bytes <= capBytes || image.isPinned || image.engineBytes === 0) continue
    plan.images.push(image.config)
    bytes -= image.engineBytes
  }
  return plan
}
