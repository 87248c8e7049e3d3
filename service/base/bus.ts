import type { Disposer } from './types.ts'

/**
 * Facts about what changed, for those above to look again. An event carries no order and no state beyond a key: whoever
 * hears it reads the store. `Events` maps an event's name to its key.
 */
export interface EventBus<Events extends object> {
  publish<Name extends keyof Events & string>(name: Name, key: Events[Name]): void
  subscribe<Name extends keyof Events & string>(name: Name, listener: (key: Events[Name]) => void): Disposer
}

export function createEventBus<Events extends object>(): EventBus<Events> {
  const listeners = new Map<string, Set<(key: never) => void>>()
  return {
    publish(name, key) {
      for (const listener of [...listeners.get(name) ?? []]) (listener as (key: Events[typeof name]) => void)(key)
    },
    subscribe(name, listener) {
      const group = listeners.get(name) ?? new Set()
      listeners.set(name, group.add(listener))
      return () => void group.delete(listener)
    },
  }
}
