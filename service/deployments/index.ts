export type * from './types.ts'
export { createDeployments } from './deployments.ts'
export { readManifest } from './manifest/index.ts'
