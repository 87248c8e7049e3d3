import { createHash } from 'node:crypto'

/**
 * Whether this computer is among the first `percent` to get a version. Each has its place by a random id of its own, another
 * one for each version, so that nobody is always first; a percentage that rises only adds computers.
 */
export function isInRollout(id: string, version: string, percent: number): boolean {
  const place = createHash('sha256').update(`depin/rollout/v1\0${version}\0${id}`).digest().readUInt32BE(0) / 2 ** 32
  return place * 100 < percent
}
