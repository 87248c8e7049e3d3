import { createHash } from 'node:crypto'
import type { BaseDeps, Logger, Rng } from '../base/index.ts'
import { FakeClock } from './clock.ts'

const ignore = (): void => undefined
export const silentLog: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore, child: () => silentLog }

/** The same bytes for the same seed, in the same order. */
export function createSeededRng(seed: string): Rng {
  let counter = 0
  const block = (): Buffer => createHash('sha256').update(`${seed}:${counter++}`).digest()
  return {
    bytes(length) {
      const blocks: Buffer[] = []
      for (let have = 0; have < length; have += 32) blocks.push(block())
      return new Uint8Array(Buffer.concat(blocks).subarray(0, length))
    },
    fraction: () => block().readUInt32BE() / 2 ** 32,
  }
}

export interface FakeDeps extends BaseDeps { clock: FakeClock }

export function fakeDeps(seed = 'test'): FakeDeps {
  return { clock: new FakeClock(), rng: createSeededRng(seed), log: silentLog }
}
