export type * from './types.ts'
export { createMetering } from './metering.ts'
