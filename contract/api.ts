/**
 * The one API. Handlers in `service/api`, the clients of the dashboard, the desktop and the CLI are all derived from this
 * router; it is reached through a message port, WebSocket or HTTP on loopback with a token, and a local socket.
 *
 * `watch` procedures give the present state first and then every change, so a client that reconnects is up to date.
 */
import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'
import { ErrorReport } from './errors.ts'
import { LeaseId, Name, PeerId } from './ids.ts'
import {
  Deployment, DeployOptions, ForwardStatus, LogBatch, ManifestBundle, ManifestReport, QuoteReport,
} from './nouns/deployment.ts'
import { Earnings, ReceiptRow } from './nouns/earnings.ts'
import { FoundEngine, SetupPlan, SetupRun } from './nouns/engine-setup.ts'
import { Evidence } from './nouns/evidence.ts'
import { Guest, GuestSample } from './nouns/guest.ts'
import { BlocklistDraft, BlocklistSource, CachedImage, ImagePolicy, ImageRule } from './nouns/images.ts'
import { KeyWords, Onboarding, OnboardingPatch, TestGuest, WordsText } from './nouns/onboarding.ts'
import { PanicReport } from './nouns/panic.ts'
import { UpdateChannel, UpdateOrder, UpdateReport, UpdateStatus } from './nouns/updates.ts'
import { Activity, AttackFinding, DoctorFinding, NodeStatus, Peer, ResourceSample, ShareSettingsPatch, ShareStatus } from './nouns/node.ts'
import { ImageSubject } from './wire/v1/blocklist.ts'
import { Digest } from './wire/v1/image.ts'
import { Signals, SignalsPush } from './nouns/owner.ts'

/** Every procedure fails with this one error; `data.code` is one of `errorCodes`. */
const base = oc.errors({ DEPIN: { status: 422, data: ErrorReport } })

/** A list that stays current: all of it first, then what changed. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what it returns has the key in it
function listEvents<Item extends z.ZodType, Key extends z.ZodType>(item: Item, key: Key) {
  return eventIterator(z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('all'), items: z.array(item) }),
    z.object({ kind: z.literal('put'), item }),
    z.object({ kind: z.literal('gone'), key }),
  ]))
}

export const api = {
  node: {
    status: base.output(NodeStatus),
    watch: base.output(eventIterator(NodeStatus)),
    peers: base.output(z.array(Peer)),
    invite: base.input(z.object({ validForMs: z.int().min(60_000).max(365 * 86_400_000) })).output(z.object({ link: z.string(), expiresAtMs: z.int() })),
    join: base.input(z.object({ link: z.string().max(8192) })).output(Peer),
    retryEngine: base.output(NodeStatus),
    /** The dashboard's address with its token. */
    dashboard: base.output(z.object({ url: z.string().nullable() })),
    stop: base.output(z.object({})),
  },
  share: {
    get: base.output(ShareStatus),
    set: base.input(ShareSettingsPatch).output(ShareStatus),
    /** *Stop everything*: sharing off, every guest ended and killed, within five seconds. */
    panic: base.output(PanicReport),
    watch: base.output(eventIterator(ShareStatus)),
    /** Lifts what holds guests back now, each cause until it ends. E_CONFLICT when nothing does that may be lifted. */
    anyway: base.output(ShareStatus),
    /** What the desktop sees of how this computer is used. Gives what is known now. */
    signals: base.input(SignalsPush).output(Signals),
    /** One sample every few seconds while somebody looks. */
    watchUse: base.output(eventIterator(ResourceSample)),
  },
  guests: {
    list: base.output(z.array(Guest)),
    watch: base.output(listEvents(Guest, LeaseId)),
    /** The last hour, oldest first, and then what is new. Empty for a guest that has just come, or has ended. E_NOT_FOUND. */
    watchUse: base.input(z.object({ leaseId: LeaseId })).output(eventIterator(z.object({ samples: z.array(GuestSample) }))),
    /** `why`: the owner's own words, which the renter is told with the reason. E_NOT_FOUND, E_CONFLICT: it has ended. */
    end: base.input(z.object({ leaseId: LeaseId, why: z.string().trim().min(1).max(200).optional() })).output(Guest),
    /** What can be shown of a guest when somebody complains of it. E_NOT_FOUND: no such guest, or it ended longer ago than evidence is kept. */
    evidence: base.input(z.object({ leaseId: LeaseId })).output(Evidence),
  },
  earnings: {
    get: base.output(Earnings),
    watch: base.output(eventIterator(Earnings)),
    receipts: base.output(z.array(ReceiptRow)),
  },
  manifests: {
    /** What a compose file would do, without asking anybody. Needs no running service. */
    validate: base.input(z.object({ bundle: ManifestBundle })).output(ManifestReport),
  },
  deployments: {
    list: base.output(z.array(Deployment)),
    get: base.input(z.object({ name: Name })).output(Deployment),
    watch: base.output(listEvents(Deployment, Name)),
    /** Asks all known hosts. Gives each answer as it comes; the last report is complete. */
    quote: base.input(z.object({ bundle: ManifestBundle, options: DeployOptions })).output(eventIterator(QuoteReport.extend({ asked: z.int(), answered: z.int() }))),
    create: base.input(z.object({ bundle: ManifestBundle, options: DeployOptions })).output(Deployment),
    /** Closes all leases and returns when the last statement is settled or the hosts cannot be reached. */
    remove: base.input(z.object({ name: Name })).output(Deployment),
    /** Forgets the past failures of a deployment that needs its owner and tries again. */
    retry: base.input(z.object({ name: Name })).output(Deployment),
    logs: base.input(z.object({
      name: Name, service: Name.nullable(), replica: z.int().nullable(), follow: z.boolean(), tailLines: z.int().min(0).max(10_000),
    })).output(eventIterator(LogBatch)),
    /** Listens on a local port for as long as the caller keeps this open. Port 0: any free one. */
    forward: base.input(z.object({
      name: Name, service: Name, port: z.int().min(1).max(65535), localPort: z.int().min(0).max(65535), replica: z.int().nullable(),
    })).output(eventIterator(ForwardStatus)),
  },
  engine: {
    /** Every engine of this machine with its state. Needs no running service, as all of these. */
    list: base.output(z.array(FoundEngine)),
    /** What getting an engine would do here; with `example`, what it would do on another kind of machine, to read. */
    plan: base.input(z.object({ example: z.string().max(60).nullable() })).output(SetupPlan),
    /** The names that `plan` takes as `example`. */
    examples: base.output(z.array(z.object({ name: z.string(), title: z.string() }))),
    /** The setup under way or last made; null: never any. */
    last: base.output(SetupRun.nullable()),
    /**
     * Does what was confirmed, or goes on with it where it was cut off. Goes on when nobody listens; asked again with the
     * same plan, it tells of the one under way. E_CONFLICT when something else would be done by now.
     */
    setup: base.input(z.object({ planId: z.string().max(100) })).output(eventIterator(SetupRun)),
    /** Starts the engine that is there and stopped. */
    start: base.output(eventIterator(SetupRun)),
    /** Takes back what `setup` did, and only that. */
    undo: base.output(eventIterator(SetupRun)),
    /** Ends what is under way, after the command that cannot be cut off. */
    cancel: base.output(z.object({})),
  },
  images: {
    list: base.output(z.array(CachedImage)),
    /** Not while a guest runs on it. What was in the engine before stays there. */
    remove: base.input(z.object({ config: Digest })).output(z.object({})),
    policy: base.output(ImagePolicy),
    setRule: base.input(ImageRule).output(ImagePolicy),
    removeRule: base.input(z.object({ subject: ImageSubject })).output(ImagePolicy),
    setOnlyAllowed: base.input(z.object({ on: z.boolean() })).output(ImagePolicy),
    /** Reads the list at once. */
    subscribe: base.input(z.object({ source: BlocklistSource, publisher: PeerId })).output(ImagePolicy),
    unsubscribe: base.input(z.object({ source: BlocklistSource })).output(ImagePolicy),
    refresh: base.output(ImagePolicy),
    /** A list for others to follow, signed with this node's key: the text of a file. */
    sign: base.input(BlocklistDraft).output(z.object({ text: z.string() })),
  },
  updates: {
    get: base.output(UpdateStatus),
    watch: base.output(eventIterator(UpdateStatus)),
    /** Looks for a newer version. E_UPDATE with the reason in `details.reason`; E_CONFLICT where something else updates this copy. */
    check: base.output(UpdateStatus),
    /** Installs what is ready without waiting for a quiet hour. E_CONFLICT with the command where that is not done from here. */
    install: base.output(UpdateStatus),
    setChannel: base.input(z.object({ channel: UpdateChannel })).output(UpdateStatus),
    /** For the desktop, which updates itself as long as it keeps this open: what it is asked to do. */
    drive: base.output(eventIterator(UpdateOrder)),
    /** For the desktop: how far it is. */
    report: base.input(UpdateReport).output(z.object({})),
  },
  activity: {
    list: base.input(z.object({ beforeSeq: z.int().nullable(), limit: z.int().min(1).max(500) })).output(z.array(Activity)),
    watch: base.input(z.object({ recent: z.int().min(0).max(500) })).output(eventIterator(z.array(Activity))),
  },
  onboarding: {
    get: base.output(Onboarding),
    watch: base.output(eventIterator(Onboarding)),
    /** Durable when it is answered. */
    save: base.input(OnboardingPatch).output(Onboarding),
    /** Sends a guest through the whole way, on this computer; tells of the one under way when there is one. Goes on when nobody listens. */
    testGuest: base.output(eventIterator(TestGuest)),
    /** The one under way or last made since the service started; null: none. */
    lastTest: base.output(TestGuest.nullable()),
  },
  key: {
    /** What brings this node's identity back: to be shown to its owner, when they ask. */
    words: base.output(KeyWords),
    /** The owner shows that they have them. E_BAD_INPUT for words that are none, E_CONFLICT for those of another key. */
    confirm: base.input(z.object({ text: WordsText })).output(Onboarding),
    /**
     * This node becomes the one that the words are of: it stops, changes and starts again. E_CONFLICT where the identity it has would be lost: it
     * has leased or rented before.
     */
    restore: base.input(z.object({ text: WordsText })).output(z.object({ peerId: PeerId, outcome: z.enum(['restored', 'same']) })),
  },
  doctor: {
    run: base.output(z.array(DoctorFinding)),
    /** Attacks this machine from inside a guest of its own; takes some seconds. What is refused stays closed to everybody. */
    attack: base.output(z.array(AttackFinding)),
  },
}
export type Api = typeof api
