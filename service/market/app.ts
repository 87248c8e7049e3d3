import * as dagCbor from '@ipld/dag-cbor'
import { DepinError } from '../../contract/errors.ts'
import { formatSize, type Resources } from '../../contract/units.ts'
import { App, maxAppBytes } from '../../contract/wire/v1/app.ts'

/** An app in canonical bytes: what a lease's `appHash` is the SHA-256 of. E_TOO_LARGE above 1 MiB. */
export function encodeApp(app: App): Uint8Array {
  const bytes = dagCbor.encode(App.parse(app))
  if (bytes.byteLength <= maxAppBytes) return bytes
  throw new DepinError('E_TOO_LARGE', `The app with its secrets and files is ${formatSize(bytes.byteLength)}; ${formatSize(maxAppBytes)} is the most.`, {
    next: 'Put large files into the image or a volume.',
  })
}

/** A peer's bytes as an app. E_BAD_INPUT when they are not one. */
export function decodeApp(bytes: Uint8Array): App {
  try {
    return App.parse(dagCbor.decode(bytes))
  } catch (cause) {
    throw new DepinError('E_BAD_INPUT', 'The description of the app cannot be read.', { next: 'The renter’s version may be newer than this one.', cause })
  }
}

/** What all services of an app need together. */
export function appResources(app: App): Resources {
  const total = { cpuMilli: 0, memoryMiB: 0, diskMiB: 0 }
  for (const service of app.services) {
    total.cpuMilli += service.cpuMilli
    total.memoryMiB += service.memoryMiB
    total.diskMiB += service.diskMiB
  }
  return total
}

/** A short name for people who see an app from outside: `nginx, redis`. */
export function appTitle(app: App): string {
  const names = app.services.map((service) => service.image.replace(/@.*$/, '').replace(/:[^/:]*$/, '').split('/').at(-1) ?? service.image)
  return [...new Set(names)].join(', ')
}
