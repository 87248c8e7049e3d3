import type { Rng } from './types.ts'

export interface BackoffOptions {
  /** Delay after the first failure, ms. */
  initialMs: number
  /** No delay is longer, ms. */
  maxMs: number
  /** Each failure multiplies the delay by this; 2 when left out. */
  factor?: number
}

/**
 * Delay before the next attempt after `failures` failures in a row (≥ 1), ms.
 * Full jitter over the upper half, so that peers that failed together do not come back together.
 */
export function backoffMs(failures: number, options: BackoffOptions, rng: Rng): number {
  const ceiling = Math.min(options.maxMs, options.initialMs * (options.factor ?? 2) ** Math.max(0, failures - 1))
  return Math.round(ceiling * (0.5 + rng.fraction() / 2))
}
