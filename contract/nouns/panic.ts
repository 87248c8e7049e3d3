import * as z from 'zod'

/** What *Stop everything* did. */
export const PanicReport = z.object({
  /** Guests' containers that were running and are not any more. */
  stopped: z.int(),
  /** Those that may still run, and why. */
  left: z.array(z.object({ containerId: z.string(), why: z.string() })),
  /** engine: it was asked and did it. processes: it did not answer, so they were ended without it. none: nothing was running. */
  how: z.enum(['engine', 'processes', 'none']),
  tookMs: z.int(),
})
export type PanicReport = z.infer<typeof PanicReport>
