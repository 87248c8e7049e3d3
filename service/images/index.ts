export type * from './types.ts'
export { createImages } from './images.ts'
export { createRegistryClient } from './registry.ts'
