/**
 * Errors on their way from one node to another. What goes out says nothing of this machine; what comes in is a peer's
 * word, bounded and shown as text.
 */
import * as z from 'zod'
import { DepinError, ErrorCode, type ErrorReport, toErrorReport } from '../../../contract/errors.ts'
import { DeadlineError } from '../../base/index.ts'
import { FrameError } from '../mux/frame.ts'
import { ChannelError } from '../mux/types.ts'
import { CodecError } from './codec.ts'
import { FramingError } from './inbox.ts'
import { NotSpokenError } from './select.ts'

const maxTextLength = 2000
const maxDetails = 16
const maxDetailLength = 500
/** Absolute paths, of any system, and file addresses. */
const paths = /(?<![\w.:/-])(?:file:\/\/|[A-Za-z]:)?[\\/](?:[\w.@+ -]+[\\/])+[\w.@+-]*/g

/** An error that a peer reported. A code that this version does not know counts as E_INTERNAL. */
export const WireError = z.strictObject({
  code: z.string().max(64).transform((code) => ErrorCode.catch('E_INTERNAL').parse(code)),
  message: z.string().max(maxTextLength),
  next: z.string().max(maxTextLength).optional(),
  details: z.record(z.string().max(64), z.union([z.string().max(maxDetailLength), z.number(), z.boolean(), z.null()]))
    .refine((details) => Object.keys(details).length <= maxDetails).optional(),
})

/** What a peer is told of an error here: its code and its sentences, without paths, and such facts as are plain. */
export function toWireError(error: unknown, protocolId: string): z.input<typeof WireError> {
  const report = toErrorReport(asTold(error, protocolId))
  const details = plainDetails(report)
  return {
    code: report.code,
    message: withoutPaths(report.message),
    ...report.next !== undefined && { next: withoutPaths(report.next) },
    ...details !== undefined && { details },
  }
}

function asTold(error: unknown, protocolId: string): unknown {
  if (error instanceof FramingError && error.isTooLarge) return new DepinError('E_TOO_LARGE', `That was larger than ${protocolId} carries.`, { next: 'Send less.' })
  if (isOffence(error)) return new DepinError('E_PEER_MISBEHAVED', `That was not a message of ${protocolId}.`, { next: 'Update the program that sent it.' })
  if (error instanceof DeadlineError) return new DepinError('E_DEADLINE', `This node did not finish within ${error.deadlineMs / 1000} s.`, { next: 'Try again later.' })
  return error
}

/** Whether a failed conversation is the other side's fault: it broke the rules, rather than being slow or gone. */
export function isOffence(error: unknown): boolean {
  return error instanceof FramingError || error instanceof CodecError || error instanceof FrameError
}

/** What a failed call means to the caller. What is not about the peer is passed on as it is. */
export function toCallError(error: unknown, peerId: string, protocolId: string): unknown {
  const details = { peerId, protocol: protocolId }
  if (error instanceof DeadlineError) {
    return new DepinError('E_DEADLINE', `${peerId} did not answer within ${error.deadlineMs / 1000} s.`, { next: 'Try again, or choose another node.', details, cause: error })
  }
  if (error instanceof FramingError && error.isTooLarge) {
    return new DepinError('E_TOO_LARGE', `${peerId} sent more than this conversation allows.`, { next: 'Choose another node.', details, cause: error })
  }
  if (isOffence(error)) {
    return new DepinError('E_PEER_MISBEHAVED', `${peerId} sent something that is not an answer.`, { next: 'Choose another node, or ask its owner to update.', details, cause: error })
  }
  if (error instanceof NotSpokenError) {
    return new DepinError('E_REFUSED', `${peerId} does not take part in ${protocolId}.`, { next: 'It may run another version. Choose another node.', details, cause: error })
  }
  if (error instanceof ChannelError) {
    return new DepinError('E_PEER_UNREACHABLE', `The conversation with ${peerId} was cut.`, { next: 'Try again.', details, cause: error })
  }
  return error
}

function withoutPaths(text: string): string {
  return text.slice(0, maxTextLength).replace(paths, '…')
}

function plainDetails(report: ErrorReport): Record<string, string | number | boolean | null> | undefined {
  if (report.details === undefined) return undefined
  const plain: Record<string, string | number | boolean | null> = {}
  for (const [key, value] of Object.entries(report.details).slice(0, maxDetails)) {
    if (typeof value === 'bigint') plain[key] = value.toString()
    else if (typeof value === 'string') plain[key] = withoutPaths(value).slice(0, maxDetailLength)
    else if (typeof value === 'boolean' || value === null || (typeof value === 'number' && Number.isFinite(value))) plain[key] = value
  }
  return plain
}
