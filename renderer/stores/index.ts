/** All that the interface knows and all that it can ask for. Built once per page, and anew for each test and story. */
import type { ShellState } from '../../contract/desktop/shell.ts'
import type { Activity, NodeStatus, ResourceSample, ShareStatus } from '../../contract/nouns/node.ts'
import type { Deployment } from '../../contract/nouns/deployment.ts'
import type { Earnings } from '../../contract/nouns/earnings.ts'
import type { Guest } from '../../contract/nouns/guest.ts'
import type { Onboarding } from '../../contract/nouns/onboarding.ts'
import type { UpdateStatus } from '../../contract/nouns/updates.ts'
import { activityKept, mergeActivity } from './activity.ts'
import { createAttack } from './attack.ts'
import type { Attack, AttackState } from './attack.ts'
import { stillDesktop } from './desktop.ts'
import type { Desktop } from './desktop.ts'
import { createDraft } from './draft.ts'
import type { Draft, DraftState } from './draft.ts'
import { createDoctor } from './doctor.ts'
import type { Doctor, DoctorState } from './doctor.ts'
import { createEngineSetup } from './engineSetup.ts'
import type { EngineSetupState, EngineSetupStore } from './engineSetup.ts'
import { createFeed, latest, listOf } from './feed.ts'
import type { Feed, FeedNeeds, FeedState } from './feed.ts'
import { createForwards } from './forwards.ts'
import type { Forwards, ForwardState } from './forwards.ts'
import { createGuestUse } from './guestUse.ts'
import type { GuestUse } from './guestUse.ts'
import { createHistory } from './history.ts'
import type { History, HistoryState } from './history.ts'
import { createImagePolicy } from './imagePolicy.ts'
import type { ImagePolicyState, ImagePolicyStore } from './imagePolicy.ts'
import { createLog } from './logs.ts'
import type { Log, LogQuery, LogState } from './logs.ts'
import { createNotices } from './notices.ts'
import { createOrders } from './orders.ts'
import type { Orders } from './orders.ts'
import type { Notices } from './notices.ts'
import type { PreferencesStore } from './preferences.ts'
import { createTestGuest } from './testGuest.ts'
import type { TestGuestState, TestGuestStore } from './testGuest.ts'
import { createAsking } from './quotes.ts'
import type { Asking, QuoteState } from './quotes.ts'

export interface Stores extends FeedNeeds {
  preferences: PreferencesStore
  /** Null in a browser. */
  desktop: Desktop | null
  node: Feed<NodeStatus>
  share: Feed<ShareStatus>
  guests: Feed<readonly Guest[]>
  earnings: Feed<Earnings>
  deployments: Feed<readonly Deployment[]>
  activity: Feed<readonly Activity[]>
  onboarding: Feed<Onboarding>
  updates: Feed<UpdateStatus>
  /** Who uses what, sampled while somebody looks: started by the card that shows it. */
  use: Feed<ResourceSample>
  doctor: Doctor
  attack: Attack
  engineSetup: EngineSetupStore
  testGuest: TestGuestStore
  imagePolicy: ImagePolicyStore
  /** What happened to one guest, further back than Activity: begun by the screen that shows it. */
  createHistory(): History
  createGuestUse(leaseId: string): Feed<GuestUse>
  forwards: Forwards
  /** The live log of one app: begun and ended by the screen that shows it. */
  createLog(query: LogQuery): Log
  draft: Draft
  allQuotes: Asking
  pickedQuotes: Asking
  notices: Notices
  orders: Orders
  /** Begins to listen to everything that is always shown. Returns the end of it. */
  start(): () => void
}

/** What is known before the first news: fixtures in the gallery and in tests. */
export interface InitialStates {
  node?: FeedState<NodeStatus>
  share?: FeedState<ShareStatus>
  guests?: FeedState<readonly Guest[]>
  earnings?: FeedState<Earnings>
  deployments?: FeedState<readonly Deployment[]>
  activity?: FeedState<readonly Activity[]>
  onboarding?: FeedState<Onboarding>
  updates?: FeedState<UpdateStatus>
  use?: FeedState<ResourceSample>
  doctor?: DoctorState
  attack?: AttackState
  engineSetup?: EngineSetupState
  testGuest?: TestGuestState
  imagePolicy?: ImagePolicyState
  history?: HistoryState
  guestUse?: FeedState<GuestUse>
  forwards?: Readonly<Record<string, ForwardState>>
  log?: LogState
  draft?: Partial<DraftState>
  allQuotes?: QuoteState
  pickedQuotes?: QuoteState
  shell?: ShellState
}

/** What is listened to always. */
function createFeeds(needs: FeedNeeds, initial: InitialStates = {}) {
  const given = <Value>(state: FeedState<Value> | undefined) => state === undefined ? {} : { initial: state }
  return {
    node: createFeed(needs, { open: (client, signal) => client.node.watch(undefined, { signal }), reduce: latest<NodeStatus>, ...given(initial.node) }),
    share: createFeed(needs, { open: (client, signal) => client.share.watch(undefined, { signal }), reduce: latest<ShareStatus>, ...given(initial.share) }),
    guests: createFeed(needs, { open: (client, signal) => client.guests.watch(undefined, { signal }), reduce: listOf((guest: Guest) => guest.leaseId), ...given(initial.guests) }),
    earnings: createFeed(needs, { open: (client, signal) => client.earnings.watch(undefined, { signal }), reduce: latest<Earnings>, ...given(initial.earnings) }),
    deployments: createFeed(needs, { open: (client, signal) => client.deployments.watch(undefined, { signal }), reduce: listOf((deployment: Deployment) => deployment.name), ...given(initial.deployments) }),
    activity: createFeed(needs, { open: (client, signal) => client.activity.watch({ recent: activityKept }, { signal }), reduce: mergeActivity, ...given(initial.activity) }),
    onboarding: createFeed(needs, { open: (client, signal) => client.onboarding.watch(undefined, { signal }), reduce: latest<Onboarding>, ...given(initial.onboarding) }),
    updates: createFeed(needs, { open: (client, signal) => client.updates.watch(undefined, { signal }), reduce: latest<UpdateStatus>, ...given(initial.updates) }),
  }
}

export function createStores(needs: FeedNeeds & { preferences: PreferencesStore; desktop?: Desktop | null }, initial: InitialStates = {}): Stores {
  const feeds = createFeeds(needs, initial)
  return {
    ...needs,
    desktop: initial.shell === undefined ? needs.desktop ?? null : stillDesktop(initial.shell),
    ...feeds,
    use: createFeed(needs, { open: (client, signal) => client.share.watchUse(undefined, { signal }), reduce: latest<ResourceSample>, ...initial.use !== undefined && { initial: initial.use } }),
    doctor: createDoctor(needs, initial.doctor),
    attack: createAttack(needs, initial.attack),
    engineSetup: createEngineSetup(needs, initial.engineSetup),
    testGuest: createTestGuest(needs, initial.testGuest),
    imagePolicy: createImagePolicy(needs, initial.imagePolicy),
    createHistory: () => createHistory(needs, initial.history),
    createGuestUse: (leaseId) => createGuestUse(needs, leaseId, initial.guestUse),
    forwards: createForwards(needs, initial.forwards),
    createLog: (query) => createLog(needs, query, initial.log),
    draft: createDraft(needs, initial.draft),
    allQuotes: createAsking(needs, initial.allQuotes),
    pickedQuotes: createAsking(needs, initial.pickedQuotes),
    notices: createNotices(needs.clock),
    orders: createOrders(needs),
    start() {
      const stops = Object.values(feeds).map((feed) => feed.start())
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
}

/** The same, as before anything was heard: what is shown looks as if it loads. Orders and the connection are the same. */
export function withoutNews(stores: Stores): Stores {
  return { ...stores, ...createFeeds(stores) }
}
