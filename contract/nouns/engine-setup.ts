/** Getting an engine: which there are, what installing one would do, how far it is, and what it did. */
import * as z from 'zod'
import { ErrorReport } from '../errors.ts'
import { TimestampMs } from '../ids.ts'

export const engineProducts = ['docker', 'podman', 'docker-desktop', 'rancher-desktop', 'colima', 'orbstack', 'unknown'] as const
export const EngineProduct = z.enum(engineProducts)
export type EngineProduct = z.infer<typeof EngineProduct>

/** One engine of this machine, whether it runs or not. */
export const FoundEngine = z.object({
  product: EngineProduct,
  /** As its makers write it: `Docker Desktop`. */
  name: z.string(),
  /** Its socket, pipe or address; null while nothing tells where it would listen. */
  place: z.string().nullable(),
  /** What led to it: `DOCKER_HOST`, `docker context colima`, a usual place, or an installed program. */
  foundBy: z.string(),
  /**
   * running: it answers. stopped: it is installed and does not run. hung: something listens and does not answer.
   * forbidden: this account may not use it. unsafe: its version has a known escape. unfit: it cannot run guest apps.
   */
  state: z.enum(['running', 'stopped', 'hung', 'forbidden', 'unsafe', 'unfit']),
  version: z.string().nullable(),
  /** One sentence about the state, with what to do when it is not `running`. */
  message: z.string(),
  /** `engine.start` knows how to start it. */
  canStart: z.boolean(),
})
export type FoundEngine = z.infer<typeof FoundEngine>

/**
 * no: runs as this user. asks: an administrator's consent is asked for once, before the first of these. asks-itself: the
 * installer shows its own prompt.
 */
export const AdminNeed = z.enum(['no', 'asks', 'asks-itself'])
export type AdminNeed = z.infer<typeof AdminNeed>

export const SetupStepView = z.object({
  id: z.string(),
  /** What it does, a sentence in the imperative: `Install Docker from Debian's own packages.` */
  title: z.string(),
  admin: AdminNeed,
  /** Exactly what is run, to read and to paste. */
  command: z.string(),
  /** Exactly what takes it back; null: nothing is left to take back. */
  undo: z.string().nullable(),
  downloadMiB: z.int().min(0),
})
export type SetupStepView = z.infer<typeof SetupStepView>

/** Whether the system asks for permission before a step of a plan: never, once, or by the installer itself and maybe more than once. */
export const SystemPrompt = z.enum(['none', 'once', 'itself'])
export type SystemPrompt = z.infer<typeof SystemPrompt>

/** Which machine a plan is for. */
export const MachineSummary = z.object({
  platform: z.string(),
  /** `Debian GNU/Linux 12 (bookworm)`, `macOS 15.1`, `Windows 11, build 26100`. */
  name: z.string(),
  arch: z.string(),
})
export type MachineSummary = z.infer<typeof MachineSummary>

export const blockReasons = [
  'unknown-system', 'too-old', 'processor', 'virtualisation', 'wsl1', 'inside-container', 'no-consent', 'disk', 'memory', 'declared-system', 'unsafe-engine', 'hung-engine', 'forbidden-engine',
] as const

const Mend = { machine: MachineSummary, planId: z.string(), engine: FoundEngine, steps: z.array(SetupStepView), prompt: SystemPrompt, sentences: z.array(z.string()) }

/** What would be done. */
export const SetupPlan = z.discriminatedUnion('kind', [
  /** An engine answers: nothing is to be done. */
  z.object({ kind: z.literal('ready'), machine: MachineSummary, engine: FoundEngine }),
  /** There is one, which only needs a start. */
  z.object({ kind: z.literal('start'), ...Mend }),
  /** There is one, which runs and does not answer. */
  z.object({ kind: z.literal('restart'), ...Mend }),
  /** There is one, which this account may not use yet. */
  z.object({ kind: z.literal('allow'), ...Mend }),
  z.object({
    kind: z.literal('install'),
    machine: MachineSummary,
    /** Names exactly these steps: what was read is what is confirmed. */
    planId: z.string(),
    recipe: z.string(),
    /** `Docker`, `Podman`, `Docker Desktop`. */
    engineName: z.string(),
    /** Who makes and signs what is installed: `Debian's own packages`. */
    source: z.string(),
    /** Somebody else's terms that installing accepts. */
    terms: z.object({ name: z.string(), url: z.string() }).nullable(),
    steps: z.array(SetupStepView),
    downloadMiB: z.int(),
    diskMiB: z.int(),
    /** The steps that an earlier, interrupted setup has already done. */
    done: z.array(z.string()),
    prompt: SystemPrompt,
    /** What to tell the owner before they confirm, in order and in English; the sentence before the administrator prompt among them. */
    sentences: z.array(z.string()),
  }),
  /** It cannot work here, or not by us. */
  z.object({
    kind: z.literal('blocked'),
    machine: MachineSummary,
    reason: z.enum(blockReasons),
    message: z.string(),
    /** What the owner can do about it; null: nothing. */
    next: z.string().nullable(),
    /** What works on this machine all the same, a sentence each. */
    stillWorks: z.array(z.string()),
  }),
])
export type SetupPlan = z.infer<typeof SetupPlan>

/** How far a setup, a start, a restart, a permission or an undo is. Each event is the whole present state, so a reader may skip any of them. */
export const SetupRun = z.object({
  kind: z.enum(['install', 'start', 'restart', 'allow', 'undo']),
  planId: z.string(),
  engineName: z.string(),
  /**
   * waiting-for-consent: the system's prompt is open. restart-needed: restart, or log out and in, then ask for it again.
   * interrupted: it was cut off, and goes on from there when it is asked to.
   */
  state: z.enum(['running', 'waiting-for-consent', 'done', 'failed', 'cancelled', 'restart-needed', 'interrupted']),
  startedAtMs: TimestampMs,
  steps: z.array(z.object({
    id: z.string(),
    title: z.string(),
    state: z.enum(['waiting', 'running', 'done', 'already', 'failed', 'undone', 'kept']),
    /** For `kept`: why it stays. */
    note: z.string().nullable(),
  })),
  /** Steps done of all, in hundredths: 100 only when it is done. */
  percent: z.int().min(0).max(100),
  /** The last lines of what the running step printed. Text of other programs: show it as text. */
  output: z.array(z.string()),
  problem: ErrorReport.nullable(),
  /** What was done so far, a sentence each. */
  did: z.array(z.string()),
})
export type SetupRun = z.infer<typeof SetupRun>
