import type { Logger, Startable } from './types.ts'

/** Starts parts in order; when one fails, stops those already started, in reverse, and rethrows. */
export async function startAll(parts: readonly Startable[]): Promise<void> {
  const started: Startable[] = []
  try {
    for (const part of parts) {
      await part.start()
      started.unshift(part)
    }
  } catch (error) {
    for (const part of started) await part.stop()
    throw error
  }
}

/** Stops parts in reverse order. One that fails is logged and does not keep the others from stopping. */
export async function stopAll(parts: readonly Startable[], log: Logger): Promise<void> {
  for (const part of parts.toReversed()) {
    try {
      await part.stop()
    } catch (error) {
      log.error('part did not stop cleanly', { error })
    }
  }
}
