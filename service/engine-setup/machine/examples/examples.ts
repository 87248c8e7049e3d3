import { macExamples, windowsExamples } from './desktops.ts'
import { linuxExamples } from './linux.ts'
import type { Example } from './types.ts'

/** Where each comes from: os-release files as the distributions ship them; answers of commands as their manuals have them. */
export const examples: readonly Example[] = [...linuxExamples, ...macExamples, ...windowsExamples]
