import type { Context } from './context.ts'

/** Turns what a command does into what commander calls. Its arguments and flags are as the command's parsers made them. */
export type Act = (work: (context: Context, ...args: never[]) => Promise<void>) => (...given: unknown[]) => Promise<void>
