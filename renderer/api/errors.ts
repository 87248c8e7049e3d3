import { ORPCError } from '@orpc/client'
import type { ErrorReport } from '../../contract/errors.ts'

/** An error that the service, or this page, explains in the contract's words. */
export class ReportedError extends Error {
  override readonly name = 'ReportedError'
  readonly report: ErrorReport

  constructor(report: ErrorReport) {
    super(report.message)
    this.report = report
  }
}

/** The report inside an error of the API, or null when the error is about something else, such as a lost link. */
export function givenReport(error: unknown): ErrorReport | null {
  if (error instanceof ReportedError) return error.report
  if (error instanceof ORPCError && error.code === 'DEPIN' && isReport(error.data)) return error.data
  return null
}

/** Any thrown value as a report. The message of an unknown error stays out of sight: it was not written for a reader. */
export function reportOf(error: unknown): ErrorReport {
  return givenReport(error) ?? { code: 'E_INTERNAL', message: '' }
}

export const notConnected: ErrorReport = { code: 'E_NOT_RUNNING', message: '' }

function isReport(value: unknown): value is ErrorReport {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value && typeof value.message === 'string'
}
