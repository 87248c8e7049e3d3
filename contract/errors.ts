/**
 * Every error a user, a script or a peer can meet has one of these codes. Codes are stable: scripts match on them,
 * and nobody matches on message text.
 */
import * as z from 'zod'

export const errorCodes = [
  // input
  'E_USAGE', 'E_BAD_INPUT', 'E_MANIFEST', 'E_NOT_FOUND', 'E_CONFLICT', 'E_FILE',
  // this machine
  'E_DATA_DIR_PERMISSIONS', 'E_DATA_DIR_LOCKED', 'E_DATA_DIR_FOREIGN', 'E_DATA_DIR_DAMAGED', 'E_DATA_DIR_MISSING', 'E_DATA_DIR_NEWER', 'E_KEY_SEALED',
  'E_DISK_FULL', 'E_PORT_IN_USE', 'E_ADDRESS', 'E_NOT_RUNNING', 'E_UNAUTHORIZED',
  // the service and who asks it are of different versions, and do not understand each other
  'E_VERSION',
  // engine
  'E_ENGINE_MISSING', 'E_ENGINE_STOPPED', 'E_ENGINE_FORBIDDEN', 'E_ENGINE_UNSAFE', 'E_SETUP', 'E_ENGINE', 'E_IMAGE_NOT_FOUND', 'E_REGISTRY_UNREACHABLE', 'E_IMAGE_PLATFORM', 'E_IMAGE_TOO_LARGE', 'E_IMAGE_REFUSED',
  // network
  'E_PEER_UNREACHABLE', 'E_PEER_MISBEHAVED', 'E_DEADLINE', 'E_TOO_LARGE', 'E_BUSY', 'E_INVITE', 'E_INVITE_EXPIRED',
  // market
  'E_NO_PROVIDER', 'E_REFUSED', 'E_QUOTE_EXPIRED', 'E_SIGNATURE', 'E_LEASE_STATE', 'E_BUDGET',
  // updates: `details.reason` is one of `updateProblems`
  'E_UPDATE',
  // running
  'E_APP_FAILED', 'E_INTERNAL',
] as const

export const ErrorCode = z.enum(errorCodes)
export type ErrorCode = z.infer<typeof ErrorCode>

/** An error as it travels: over the API, over the wire, and on the command line with `--json`. */
export const ErrorReport = z.object({
  code: ErrorCode,
  /** What happened, to what. One sentence. */
  message: z.string().max(2000),
  /** What to do next. One sentence or a command. */
  next: z.string().max(2000).optional(),
  /** Facts for programs: the numbers behind the sentence. */
  details: z.record(z.string(), z.unknown()).optional(),
})
export type ErrorReport = z.infer<typeof ErrorReport>

export interface DepinErrorOptions {
  next?: string
  details?: Record<string, unknown>
  cause?: unknown
}

export class DepinError extends Error {
  override readonly name = 'DepinError'
  readonly code: ErrorCode
  readonly next: string | undefined
  readonly details: Record<string, unknown> | undefined

  constructor(code: ErrorCode, message: string, options: DepinErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.next = options.next
    this.details = options.details
  }

  /** The error as plain data. The cause stays here: it may name files and addresses. */
  toReport(): ErrorReport {
    return {
      code: this.code,
      message: this.message,
      ...this.next !== undefined && { next: this.next },
      ...this.details !== undefined && { details: this.details },
    }
  }

  static fromReport(report: ErrorReport): DepinError {
    return new DepinError(report.code, report.message, {
      ...report.next !== undefined && { next: report.next },
      ...report.details !== undefined && { details: report.details },
    })
  }
}

/** Any thrown value as a report; what is not ours becomes `E_INTERNAL` without its text leaking further than the log. */
export function toErrorReport(error: unknown): ErrorReport {
  if (error instanceof DepinError) return error.toReport()
  return {
    code: 'E_INTERNAL',
    message: 'Something went wrong on our side. Nothing was lost.',
    next: 'Try again. If it happens again, look in the service log and report it.',
  }
}
