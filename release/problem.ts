import { DepinError } from '../contract/errors.ts'
import { UpdateProblem } from '../contract/nouns/updates.ts'
import { day } from './day.ts'

const nexts: Partial<Record<UpdateProblem, string>> = {
  'unreachable': 'It is tried again later. Is this computer online?',
  'stalled': 'It goes on from there at the next try.',
  'truncated': 'It goes on from there at the next try.',
  'expired': 'The mirror stands still, or this computer’s clock is wrong. If it stays so, get the newest version by hand.',
  'memory-damaged': 'Looking for a newer version by hand begins anew.',
  'disk-full': 'Free some space; it goes on from there at the next try.',
}

/** Why there is no update: `details.reason` is for programs, the sentence for people. */
export function updateProblem(reason: UpdateProblem, message: string, options: { cause?: unknown, next?: string } = {}): DepinError {
  return new DepinError('E_UPDATE', message, { next: options.next ?? nexts[reason] ?? 'Nothing was installed. If it stays so, report it.', details: { reason }, ...options.cause !== undefined && { cause: options.cause } })
}

/** @param atMs null: when is not known. */
export function takenBack(version: string, atMs: number | null, options: { next?: string } = {}): DepinError {
  return updateProblem('unhealthy', `${version} was tried here${atMs === null ? '' : ` on ${day(atMs)}`} and did not become healthy; waiting for a newer one.`, { next: 'It is not tried again until there is a newer one.', ...options })
}

/** Null: not one of these. */
export function problemOf(error: unknown): UpdateProblem | null {
  const details = error instanceof Error && 'details' in error ? error.details as Record<string, unknown> | undefined : undefined
  return UpdateProblem.safeParse(details?.['reason']).data ?? null
}
