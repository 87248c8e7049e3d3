/** The desktop shell as its window sees it, and what main and the service's process say to each other. */
import * as z from 'zod'
import { ErrorReport } from '../errors.ts'
import { TimestampMs } from '../ids.ts'
import { ReadyEvent, ServeOptions } from '../nouns/serve.ts'
import type { DesktopCall, DesktopNews } from './channels.ts'

/**
 * The service as the desktop supervises it. There is never more than one on a data directory.
 *
 *     starting ──ready──► running ──it ended──► waiting ──delay, or told to──► starting …
 *        ├──failed──────────────────────────────►┘
 *        └──one runs already──► elsewhere ──it ended──► starting …
 *     any of them ──quit──► stopping ──► stopped
 */
export const ServiceState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('starting') }),
  z.object({ kind: z.literal('running'), pid: z.int() }),
  /** Somebody else started it, such as `depin serve`: it is used as it is, and goes on when the desktop quits. */
  z.object({ kind: z.literal('elsewhere'), pid: z.int() }),
  /** It ended or did not start. `failures`: how often in a row. */
  z.object({ kind: z.literal('waiting'), report: ErrorReport, failures: z.int().min(1), retryAtMs: TimestampMs }),
  z.object({ kind: z.literal('stopping') }),
  z.object({ kind: z.literal('stopped') }),
])
export type ServiceState = z.infer<typeof ServiceState>

/** What the owner is told outside the window. */
export const noticeKinds = ['needs-you', 'paid', 'paused'] as const
export const NoticeKind = z.enum(noticeKinds)
export type NoticeKind = z.infer<typeof NoticeKind>

export const JoinLink = z.string().max(8192).startsWith('depin://join/')

export const ShellState = z.object({
  service: ServiceState,
  /** There is a tray: closing the window hides it. */
  tray: z.boolean(),
  /** Null: this system, or this copy of the app, cannot be started at login. */
  openAtLogin: z.boolean().nullable(),
  notify: z.record(NoticeKind, z.boolean()),
  /** The key of this computer is sealed with the system’s keychain. Null: there is no keychain, or no service of ours. */
  keySealed: z.boolean().nullable(),
  /** A link that somebody opened and that nobody has decided about. */
  join: JoinLink.nullable(),
})
export type ShellState = z.infer<typeof ShellState>

/** Screens that main can ask for. `/earnings`: where Home shows them. */
export const ScreenPath = z.enum(['/', '/guests', '/earnings', '/settings', '/diagnostics'])
export type ScreenPath = z.infer<typeof ScreenPath>

const nothing = z.undefined()

/** What each call takes; every one of them answers with nothing or, `state`, with a `ShellState`. */
export const desktopInputs = {
  state: nothing,
  retryService: nothing,
  setLanguage: z.enum(['en', 'ar']),
  setOpenAtLogin: z.boolean(),
  setNotify: z.object({ kind: NoticeKind, on: z.boolean() }),
  setKeySealed: z.boolean(),
  joinSeen: nothing,
  quit: nothing,
} as const satisfies Record<DesktopCall, z.ZodType>

type Answers = { [Call in DesktopCall]: Call extends 'state' ? ShellState : undefined }

export type DesktopHandlers = { [Call in DesktopCall]: (input: z.infer<(typeof desktopInputs)[Call]>) => Answers[Call] | Promise<Answers[Call]> }

export interface DesktopNewsItems {
  state: ShellState
  go: ScreenPath
}

/** What the preload puts on `window.depin`. */
export type DesktopBridge = {
  [Call in DesktopCall]: (...input: undefined extends z.infer<(typeof desktopInputs)[Call]> ? [] : [z.infer<(typeof desktopInputs)[Call]>]) => Promise<Answers[Call]>
} & {
  /** Asks for a port to the service. It comes as a message to the window, once the service takes calls. */
  connect: (id: string) => void
  /** Returns the end of it. */
  on: <News extends DesktopNews>(news: News, listener: (item: DesktopNewsItems[News]) => void) => () => void
}

/** By which a page that asks for a port knows it when it comes. */
export const ConnectId = z.string().min(1).max(64)

/** Main to the service's process. A `client` comes with a port. */
export const ServiceOrder = z.discriminatedUnion('kind', [
  /** `sealKey`: what opens the key where it is sealed; null: there is none. */
  z.object({ kind: z.literal('start'), options: ServeOptions, watchdogProgram: z.array(z.string()).min(1), sealKey: z.base64().nullable() }),
  z.object({ kind: z.literal('client') }),
  /** Seals the key on the disk, or, null, takes the seal off. */
  z.object({ kind: z.literal('seal'), sealKey: z.base64().nullable() }),
  z.object({ kind: z.literal('stop') }),
])
export type ServiceOrder = z.infer<typeof ServiceOrder>

/** The service's process to main. */
export const ServiceNews = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), event: ReadyEvent, isSealed: z.boolean() }),
  /** Answers `seal`. `problem`: it was not done. */
  z.object({ kind: z.literal('sealed'), isSealed: z.boolean(), problem: ErrorReport.nullable() }),
  z.object({ kind: z.literal('failed'), report: ErrorReport }),
])
export type ServiceNews = z.infer<typeof ServiceNews>
