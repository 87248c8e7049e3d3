export type * from './types.ts'
export { createCapacity, type CapacityDeps } from './capacity.ts'
export { createInventory, type Inventory } from './inventory.ts'
export { keepFreeDiskMiB } from './policy.ts'
