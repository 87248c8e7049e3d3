import { DepinError } from '../../../contract/errors.ts'
import { DeadlineError } from '../../base/index.ts'
import { forbiddenWords } from '../forbidden.ts'
import { accountName } from '../account.ts'
import { diskFull, engineGone, imageNotFound, registryUnreachable } from '../errors.ts'

/**
 * What engines and registries say, as codes. Engines give a status and a sentence; registries' troubles come as the
 * sentence alone, so this is the one place that reads sentences.
 */
const silentCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ENOTCONN', 'ETIMEDOUT', 'ABORT_ERR'])
const maxWords = 600

/** HTTP status of an engine's refusal, or null when the error is something else. */
export function statusOf(error: unknown): number | null {
  if (!(error instanceof DepinError)) return null
  const status = error.details?.['status']
  return typeof status === 'number' ? status : null
}

/** @param what the call in words. */
export function engineError(what: string, endpoint: string, error: unknown): DepinError {
  if (error instanceof DepinError) return error
  if (error instanceof DeadlineError) return engineGone(what, endpoint, error)
  const { code, statusCode } = error as { code?: unknown, statusCode?: unknown }
  if (typeof statusCode === 'number') return answerError(what, statusCode, wordsOf(error))
  if (code === 'EACCES' || code === 'EPERM') {
    const { message, fix } = forbiddenWords(endpoint, { platform: process.platform, user: accountName() })
    return new DepinError('E_ENGINE_FORBIDDEN', message, { next: fix, cause: error })
  }
  if (typeof code === 'string' && silentCodes.has(code)) return engineGone(what, endpoint, error)
  return new DepinError('E_ENGINE', `The container engine could not ${what}: ${wordsOf(error)}`, { cause: error })
}

function answerError(what: string, status: number, words: string): DepinError {
  if (isDiskFull(words)) return diskFull(what, words)
  // Podman without the program that it puts first into a container, which some systems leave to be recommended
  const advice = words.includes('container-init binary not found') ? { next: 'Install the package catatonit.' } : {}
  return new DepinError('E_ENGINE', `The container engine could not ${what}: ${words}`, { ...advice, details: { status, words } })
}

/** Kinds of pull failures by what registries, runtimes and resolvers say; the first that matches is meant. */
const pullFailures: readonly { words: RegExp, make: (ref: string, words: string) => DepinError }[] = [
  { words: /no space left on device|disk quota exceeded|not enough space/i, make: (ref, words) => diskFull(`get the image ${ref}`, words) },
  {
    words: /no matching manifest|does not match the specified platform|cannot be used on this platform/i,
    make: (ref, words) => new DepinError('E_IMAGE_PLATFORM', `The image ${ref} is not made for this machine.`, {
      next: 'Use an image that is built for this processor too.', details: { words },
    }),
  },
  // before “not found”, which a resolver says of a host as a registry says of an image
  { words: /no such host|lookup |dial |network is unreachable|no route to host/i, make: registryUnreachable },
  { words: /not found|manifest unknown|name unknown|access.*denied|denied:|unauthorized|invalid reference|did not resolve|authentication required/i, make: imageNotFound },
  { words: /timeout|deadline exceeded|connection|x509|tls|certificate|EOF|HTTP response to HTTPS|toomanyrequests|rate limit|server error|bad gateway|unavailable/i, make: registryUnreachable },
]

/** A failed pull. @param words what the engine passed on of what the registry said. */
export function pullError(ref: string, words: string): DepinError {
  const failure = pullFailures.find((kind) => kind.words.test(words))
  return failure?.make(ref, words.slice(0, maxWords)) ?? new DepinError('E_ENGINE', `The container engine could not get the image ${ref}: ${words.slice(0, maxWords)}`)
}

export function isDiskFull(words: string): boolean {
  return /no space left on device|disk quota exceeded|not enough space/i.test(words)
}

/** The engine's own sentence. */
function wordsOf(error: unknown): string {
  const { json, message } = error as { json?: unknown, message?: unknown }
  const answered = typeof json === 'object' && json !== null ? (json as { message?: unknown }).message : json
  return (typeof answered === 'string' ? answered : String(message ?? error)).trim().slice(0, maxWords)
}
