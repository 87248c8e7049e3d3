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
  if (error instanceof CommanderError) return commandError(error)
  const report = reportIn(error)
  if (report !== undefined) return DepinError.fromReport(report)
  return fileError(error) ?? new DepinError('E_INTERNAL', `This command failed: ${error instanceof Error ? error.message : String(error)}`, { next: 'Please report this.', cause: error })
}

/** A command that was mistyped goes to the one that stands for none: nobody has typed that one's name. */
function commandError({ code, message }: CommanderError): DepinError {
  const stray = code === 'commander.excessArguments' ? /got \d+: ([^,]+)/.exec(message)?.[1]?.replace(/\.$/, '') : undefined
  return usageError(stray === undefined ? message.replace(/^error: /, '').replaceAll('\n', ' ') : `“${stray}” is not known here.`)
}

const troubles: Readonly<Record<string, string>> = {
  EROFS: 'is on a disk that can only be read', EACCES: 'may not be used by this user', EPERM: 'may not be used by this user',
  EISDIR: 'is a folder, where a file belongs', ENOTDIR: 'is a file, where a folder belongs', ELOOP: 'is a link that leads to itself', ENAMETOOLONG: 'has too long a name',
}

/** What the system says of a file is no fault of ours. */
function fileError(error: unknown): DepinError | undefined {
  const { code = '', path, dest } = error as NodeJS.ErrnoException & { dest?: string }
  const file = dest ?? path
  if (code === 'ENOSPC' || code === 'EDQUOT') return new DepinError('E_DISK_FULL', `The disk is full${file === undefined ? '' : `: ${file} was not written`}.`, { next: 'Free some space, then try again.', cause: error })
  const trouble = troubles[code]
  if (trouble === undefined || file === undefined) return undefined
  return new DepinError('E_FILE', `${file} ${trouble}.`, { next: 'Look at it and at the folders above it, then try again.', details: { file, code }, cause: error })
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
