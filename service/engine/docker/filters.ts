import { labelKeys } from '../names.ts'
import type { Owner } from '../types.ts'

/** Label filter for what a lease has on the engine, images apart. */
export function ownerFilter(owner: Owner): string[] {
  return [`${labelKeys.node}=${owner.node}`, `${labelKeys.lease}=${owner.leaseId}`]
}

/** Label filter for images made for a lease. */
export function imageOwnerFilter(owner: Owner): string[] {
  return [`${labelKeys.imageNode}=${owner.node}`, `${labelKeys.imageLease}=${owner.leaseId}`]
}
