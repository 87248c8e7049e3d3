/** Reads compose files: see README.md. */
export * from './types.ts'
export { bounds, defaults } from './limits.ts'
export { readManifest } from './read.ts'
export { casesOf, supportTable, type SupportSection } from './support/table.ts'
export type { SupportCase, SupportRow, Verdict } from './support/types.ts'
