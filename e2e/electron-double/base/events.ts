export interface Preventable {
  readonly defaultPrevented: boolean
  preventDefault(): void
}

/** Electron's event object: `preventDefault`, and whatever the event tells. */
export function event(): Preventable
export function event<T extends object>(details: T): Preventable & T
export function event(details: object = {}): Preventable {
  let prevented = false
  return Object.defineProperty({ preventDefault: () => void (prevented = true), ...details }, 'defaultPrevented', { get: () => prevented, enumerable: true }) as Preventable
}
