export type * from './types.ts'
export { createOnboarding } from './onboarding.ts'
export { hangsOn } from './restore.ts'
