export * from './types.ts'
export { createDirectClient } from './handler.ts'
export { createApiServer } from './server.ts'
export { watchList, type ListEvent, type WatchListOptions, watchValue, type WatchOptions } from './watch.ts'
