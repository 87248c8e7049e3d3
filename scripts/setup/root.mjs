import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

/** Written into `dist/` with everything else that a build makes: what it was built from. */
export const buildStampName = '.stamp'
export const buildStampPath = join(root, 'dist', buildStampName)
