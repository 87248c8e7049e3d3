export type * from './types.ts'
export { createAbuse } from './abuse.ts'
