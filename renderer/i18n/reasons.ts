import type { ReasonCode } from '../../contract/reasons.ts'

/** Every reason by its sentence: a new code without one is a type error. */
export const reasonTexts: { [Code in ReasonCode]: `reason.${Code}` } = {
  'tenant-closed': 'reason.tenant-closed', replaced: 'reason.replaced', 'owner-ended': 'reason.owner-ended',
  'owner-needed-machine': 'reason.owner-needed-machine', schedule: 'reason.schedule', metered: 'reason.metered', 'too-hot': 'reason.too-hot',
  'asleep-too-long': 'reason.asleep-too-long', unpaid: 'reason.unpaid', budget: 'reason.budget', expired: 'reason.expired',
  'provider-gone': 'reason.provider-gone', 'provider-lost-lease': 'reason.provider-lost-lease', rejected: 'reason.rejected',
  engine: 'reason.engine', 'image-not-found': 'reason.image-not-found', 'image-unreachable': 'reason.image-unreachable',
  'image-platform': 'reason.image-platform', 'image-refused': 'reason.image-refused', 'app-exited': 'reason.app-exited', 'dependency-failed': 'reason.dependency-failed',
  'abuse-scan': 'reason.abuse-scan', 'abuse-mail': 'reason.abuse-mail', 'abuse-flood': 'reason.abuse-flood', 'abuse-mining': 'reason.abuse-mining', 'abuse-logs': 'reason.abuse-logs',
  'disk-full': 'reason.disk-full', power: 'reason.power', 'no-host': 'reason.no-host', failed: 'reason.failed',
}

export function isReasonCode(value: unknown): value is ReasonCode {
  return typeof value === 'string' && Object.hasOwn(reasonTexts, value)
}
