export type * from './types.ts'
export { createFunding } from './funding.ts'
export { createLedger } from './ledger.ts'
export { createLedgerStore } from './store.sqlite.ts'
