/** What went wrong, for people and for scripts. */
import { CommanderError } from 'commander'
import { DepinError, ErrorCode, ErrorReport } from '../contract/errors.ts'
import { toJson } from './output/json.ts'
import { plain } from './output/text.ts'

export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const

/**
 * Any thrown value as one of ours. Errors are known by what they hold, not by their class: those of the service's
 * bundle and those that came over a wire are of other classes.
 */
export function toDepinError(error: unknown): DepinError {
  if (error instanceof DepinError) return error
  if (error instanceof CommanderError) return usageError(error.message.replace(/^error: /, '').replaceAll('\n', ' '))
  const report = reportIn(error)
  if (report !== undefined) return DepinError.fromReport(report)
  return new DepinError('E_INTERNAL', `This command failed: ${error instanceof Error ? error.message : String(error)}`, { next: 'Please report this.', cause: error })
}

/** The command line itself is wrong. */
export function usageError(message: string, next = 'See: depin --help'): DepinError {
  return new DepinError('E_USAGE', message, { next })
}

export function formatError(error: DepinError, json: boolean): string {
  const report = error.toReport()
  if (json) return `${toJson({ error: report })}\n`
  const next = report.next === undefined ? '' : `${plain(report.next)}\n`
  return `depin: ${report.code}: ${plain(report.message)}\n${next}`
}

export function exitCodeOf(error: DepinError): number {
  return error.code === 'E_USAGE' ? exitCodes.usage : exitCodes.failed
}

function reportIn(error: unknown): ErrorReport | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  if (error.code === 'DEPIN' && 'data' in error) return ErrorReport.safeParse(error.data).data
  if (!ErrorCode.safeParse(error.code).success) return undefined
  const { code, message, next, details } = error as Error & { code: ErrorCode, next?: unknown, details?: unknown }
  return ErrorReport.safeParse({ code, message, ...next !== undefined && { next }, ...details !== undefined && { details } }).data
}
