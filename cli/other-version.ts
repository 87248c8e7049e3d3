/** A service that another version of this program has started may not know what this one asks, or answer what this one does not know. */
import { DepinError } from '../contract/errors.ts'
import { toDepinError } from './failure.ts'

export const ownVersion = process.env['DEPIN_VERSION'] ?? 'unbuilt'

/** What went wrong, or that the two are of different versions, where that explains it. */
export function explained(cause: unknown, serviceVersion: string | undefined): DepinError {
  const error = toDepinError(cause)
  const isSkewed = serviceVersion !== undefined && serviceVersion !== ownVersion
  if (error.code !== 'E_VERSION' && !(error.code === 'E_INTERNAL' && isSkewed)) return error
  return new DepinError('E_VERSION', `The service is of version ${serviceVersion ?? 'unknown'}, this command of ${ownVersion}${isSkewed ? '' : ', from another build'}: they do not understand each other.`, {
    next: 'Restart the service: depin stop, then depin serve. The desktop app: quit it, and open it again.',
    details: { service: serviceVersion ?? null, command: ownVersion }, cause,
  })
}
