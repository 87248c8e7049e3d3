import type { NetworkStore } from './types.ts'

/** Records that live as long as the process: for networks in memory. */
export function createMemoryStore(): NetworkStore {
  const records = new Map<string, Uint8Array>()
  return {
    get: (key) => records.get(key),
    list: (prefix) => [...records].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => ({ key, value })).toSorted((a, b) => a.key < b.key ? -1 : 1),
    apply(changes) {
      for (const { key, value } of changes) {
        if (value === null) records.delete(key)
        else records.set(key, value)
      }
    },
  }
}
