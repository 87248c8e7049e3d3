import { lazy } from 'react'
import type { ComponentType } from 'react'

const tries = 3

/**
 * Asks again for a part of the page that did not arrive: browsers drop what they are loading when a network comes or goes,
 * and on a computer that runs containers that happens all the time.
 */
export async function loadPart<Part>(load: () => Promise<Part>): Promise<Part> {
  for (let left = tries; ; left--) {
    try {
      return await load()
    } catch (error) {
      if (left === 1) throw error
    }
  }
}

/** A component that is loaded when it is first shown. */
export function lazyPart<Props>(load: () => Promise<ComponentType<Props>>) {
  return lazy(async () => ({ default: await loadPart(load) }))
}
