import * as z from 'zod'

/**
 * The life of a lease, the same words on both sides.
 *
 *     proposed ──countersigned──► funded ──all services up──► running ⇄ grace ──► suspended
 *        │                          │                           │         │          │
 *        └──refused──► terminated ◄─┴────────────── any reason ─┴─────────┴──────────┘
 *                          │
 *                          └──last statement acknowledged──► final
 *
 * grace: the time paid for is used, the next voucher is late. suspended: frozen, only disk is
 * billed; what it waits for, a voucher or the owner's leave, wakes it.
 */
export const LeaseState = z.enum(['proposed', 'funded', 'running', 'grace', 'suspended', 'terminated', 'final'])
export type LeaseState = z.infer<typeof LeaseState>

/** Both sides still hold something for it. */
export function isOpen(state: LeaseState): boolean {
  return state !== 'terminated' && state !== 'final'
}
