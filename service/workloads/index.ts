export type * from './types.ts'
export { createWorkloads } from './workloads.ts'
