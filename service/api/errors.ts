/**
 * Whatever a handler throws reaches the caller as the contract's one error, `DEPIN`, with an `ErrorReport`. What is not
 * ours is logged with its cause and becomes E_INTERNAL: its text may name files and addresses.
 */
import { mapEventIterator, ORPCError } from '@orpc/client'
import { ValidationError } from '@orpc/contract'
import type { Interceptor } from '@orpc/shared'
import { isAsyncIteratorObject } from '@orpc/shared'
import { DepinError, ErrorReport, toErrorReport } from '../../contract/errors.ts'
import type { Logger } from '../base/index.ts'

/** What an oRPC call interceptor is given, as far as it matters here. */
export interface CallInfo {
  path: readonly string[]
  signal?: AbortSignal
}

/** Wraps every call, and every item of every stream. */
export function reportErrors(log: Logger): Interceptor<CallInfo, Promise<unknown>> {
  return async (call) => {
    const report = (error: unknown): unknown => call.signal?.aborted === true ? error : toApiError(error, call.path.join('.'), log)
    try {
      const output = await call.next()
      if (!isAsyncIteratorObject(output)) return output
      return mapEventIterator<unknown, unknown, unknown, unknown>(output, {
        value: (item) => Promise.resolve(item),
        error: (error) => Promise.resolve(report(error)),
      })
    } catch (error) {
      throw report(error)
    }
  }
}

/** A request that could not even be read as one. */
export function malformedRequest(cause: unknown): ORPCError<'DEPIN', ErrorReport> {
  return apiError({ code: 'E_BAD_INPUT', message: 'The request is malformed.' }, 400, cause)
}

/** Another version, most likely: clients are derived from the contract. */
export function unknownProcedure(pathname: string): ORPCError<'DEPIN', ErrorReport> {
  return apiError({
    code: 'E_VERSION',
    message: `This service has no procedure “${pathname.slice(0, 100)}”.`,
    next: 'The service and its client are of different versions. Restart the service.',
  }, 404)
}

/** `status` is for HTTP; a WebSocket or a message port carries it along. */
export function apiError(report: ErrorReport, status: number, cause?: unknown): ORPCError<'DEPIN', ErrorReport> {
  return new ORPCError('DEPIN', { defined: true, status, message: report.message, data: clip(report), cause })
}

function toApiError(error: unknown, procedure: string, log: Logger): ORPCError<string, unknown> {
  if (isReported(error)) return error
  if (isInputError(error)) return apiError(inputReport(error.cause), 422, error)
  if (error instanceof DepinError && error.code !== 'E_INTERNAL') {
    log.debug('api call refused', { procedure, code: error.code, error })
    return apiError(error.toReport(), 422, error)
  }
  log.error('api call failed', { procedure, error })
  return apiError(toErrorReport(undefined), 422, error)
}

function isReported(error: unknown): error is ORPCError<'DEPIN', ErrorReport> {
  return error instanceof ORPCError && error.code === 'DEPIN' && ErrorReport.safeParse(error.data).success
}

/** oRPC says “bad request” for an input that the contract's schema refuses, and nothing else of ours says it. */
function isInputError(error: unknown): error is ORPCError<'BAD_REQUEST', unknown> & { cause: ValidationError } {
  return error instanceof ORPCError && error.code === 'BAD_REQUEST' && error.cause instanceof ValidationError
}

const counted: Readonly<Record<string, string>> = { string: ' characters', array: ' entries', set: ' entries' }

/** Bounds as people say them; the rest in the schema's own words. */
function wordsOf(issue: { message: string, code?: unknown, origin?: unknown, minimum?: unknown, maximum?: unknown }): string {
  const { code, origin, minimum, maximum, message } = issue
  const isOurs = !/^Too (big|small): expected/.test(message)
  if (isOurs || (code !== 'too_small' && code !== 'too_big')) return message
  return `it must ${counted[String(origin)] === undefined ? 'be' : 'have'} at ${code === 'too_small' ? 'least' : 'most'} ${String(code === 'too_small' ? minimum : maximum)}${counted[String(origin)] ?? ''}`
}

function inputReport(error: ValidationError): ErrorReport {
  const problems = error.issues.map((issue) => ({
    field: (issue.path ?? []).map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.'),
    message: wordsOf(issue),
  }))
  const [first] = problems
  const field = first === undefined || first.field === '' ? 'The input' : `“${first.field}”`
  return {
    code: 'E_BAD_INPUT',
    message: `${field} is not acceptable: ${first?.message ?? 'it does not fit'}.`,
    details: { problems: problems.slice(0, 20) },
  }
}

/** The contract bounds the texts; a longer one must not lose the whole report. */
function clip(report: ErrorReport): ErrorReport {
  return {
    ...report,
    message: report.message.slice(0, 2000),
    ...report.next !== undefined && { next: report.next.slice(0, 2000) },
  }
}
