/** Every stop has one of these codes; both sides keep it, and the interface explains it. */
import * as z from 'zod'

export const reasonCodes = [
  /** The renter ended it. */
  'tenant-closed',
  /** The renter moved this copy to another host. */
  'replaced',
  /** The owner ended this guest. */
  'owner-ended',
  /** The owner stopped sharing, or needs the machine. */
  'owner-needed-machine',
  /** It is outside the hours in which the owner shares. */
  'schedule',
  /** The host is on mobile data, or on a network that is marked as limited. */
  'metered',
  /** The host is too hot. */
  'too-hot',
  /** The host has kept it asleep for longer than the renter's grace. */
  'asleep-too-long',
  /** The voucher for time already run did not come within the grace. */
  'unpaid',
  /** The budget the renter set is used. */
  'budget',
  /** The agreed end has come. */
  'expired',
  /** The host has not answered for longer than the renter's grace. */
  'provider-gone',
  /** The host answered but no longer has the lease. */
  'provider-lost-lease',
  /** No host that is known can take it now; the detail says what is missing and by how much. */
  'no-host',
  /** The host refused the lease after quoting it. */
  'rejected',
  /** The engine on the host failed or refused. */
  'engine',
  /** The image does not exist under this name, or is private. */
  'image-not-found',
  /** The host could reach neither the registry nor anybody else who has the image. */
  'image-unreachable',
  /** The image is made for another processor. */
  'image-platform',
  /** The owner of the host does not accept the image, or it is not what the renter said. */
  'image-refused',
  /** The app keeps ending by itself. */
  'app-exited',
  /** A service that others wait for did not become healthy, or failed. */
  'dependency-failed',
  /** The disk of the host is full. */
  'disk-full',
  /** It turned to more new places than it may, or to the ports that worms spread by, and did not stop when it was held back. */
  'abuse-scan',
  /** It went on trying to send mail. */
  'abuse-mail',
  /** It went on sending far more than it may, whether or not anything arrived. */
  'abuse-flood',
  /** It went on trying to reach mining pools. */
  'abuse-mining',
  /** It went on printing far more than anybody reads, which the host's engine has to write down. */
  'abuse-logs',
  /** The host runs on its battery, lost power or restarted. */
  'power',
  /** Something failed that has no code of its own; the detail says what. */
  'failed',
] as const

/** The owner's rules put a guest to sleep for these. It keeps its place, and wakes when they end. */
export const ownerReasonCodes = ['owner-needed-machine', 'power', 'schedule', 'metered', 'too-hot', 'disk-full'] as const satisfies readonly (typeof reasonCodes)[number][]

/** What a guest did to the owner's internet connection or engine: it is held back for them, then ended, and no other host is asked. */
export const abuseReasonCodes = ['abuse-scan', 'abuse-mail', 'abuse-flood', 'abuse-mining', 'abuse-logs'] as const satisfies readonly (typeof reasonCodes)[number][]

export const ReasonCode = z.enum(reasonCodes)
export type ReasonCode = z.infer<typeof ReasonCode>

/** A reason with its own words, as both sides keep it. The detail is text from a peer or an engine: show it as text. */
export const Reason = z.object({ code: ReasonCode, detail: z.string().max(500).optional() })
export type Reason = z.infer<typeof Reason>

export function isOwnerReason({ code }: Reason): boolean {
  return (ownerReasonCodes as readonly ReasonCode[]).includes(code)
}

export function isAbuseReason({ code }: Reason): boolean {
  return (abuseReasonCodes as readonly ReasonCode[]).includes(code)
}
