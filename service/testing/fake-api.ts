/** The contract over a handful of values in memory: what clients and transports are tried against. */
import { implement } from '@orpc/server'
import { api } from '../../contract/api.ts'
import { DepinError } from '../../contract/errors.ts'
import type { SetupPlan, SetupRun } from '../../contract/nouns/engine-setup.ts'
import type { DoctorFinding } from '../../contract/nouns/node.ts'
import type { Onboarding } from '../../contract/nouns/onboarding.ts'
import type { UpdateOrder } from '../../contract/nouns/updates.ts'
import type { Deployment, ForwardStatus, LogBatch, ManifestBundle, ManifestReport, QuoteReport } from '../../contract/nouns/deployment.ts'
import { watchList, watchValue, type ApiRouter } from '../api/index.ts'
import { createEventBus } from '../base/index.ts'
import * as fixture from './api-fixtures.ts'

/** Everything a test may change. `changed()` tells those who watch. */
export interface FakeApi {
  readonly router: ApiRouter
  /** Inputs by procedure, in order. */
  readonly calls: { procedure: string, input: unknown }[]
  readonly deployments: Map<string, Deployment>
  /** Streams under way now, by procedure. */
  readonly open: Set<string>
  status: typeof fixture.nodeStatus
  share: typeof fixture.shareStatus
  guests: (typeof fixture.guest)[]
  earnings: typeof fixture.earnings
  logs: LogBatch[]
  forward: ForwardStatus
  quotes: (QuoteReport & { asked: number, answered: number })[]
  findings: DoctorFinding[]
  enginePlan: SetupPlan
  /** What a setup, a start and an undo tell. */
  engineRuns: SetupRun[]
  onboarding: Onboarding
  updates: typeof fixture.updateStatus
  validate: (bundle: ManifestBundle) => ManifestReport
  /** Called by `node.stop`. */
  stop: () => void
  changed(): void
}

const os = implement(api)

export function createFakeApi(): FakeApi {
  const bus = createEventBus<{ changed: null }>()
  const fake: FakeApi = {
    router: os.router({ ...nodeHandlers(() => fake, watching), ...tenantHandlers(() => fake, watching) }),
    calls: [],
    deployments: new Map(),
    open: new Set(),
    status: fixture.nodeStatus,
    share: fixture.shareStatus,
    guests: [fixture.guest],
    earnings: fixture.earnings,
    logs: [],
    forward: { host: '127.0.0.1', port: 4040, connections: 0, totalConnections: 0, sentBytes: 0, receivedBytes: 0, problem: null },
    quotes: [fixture.quoteReport],
    findings: [],
    enginePlan: fixture.setupPlan,
    onboarding: fixture.onboarding,
    engineRuns: [fixture.setupRun, fixture.setupDone],
    updates: fixture.updateStatus,
    validate: () => fixture.manifestReport,
    stop: () => undefined,
    changed: () => bus.publish('changed', null),
  }
  function watching<Value>(signal: AbortSignal | undefined, read: () => Value) {
    return { subscribe: (changed: () => void) => bus.subscribe('changed', changed), read, signal }
  }
  return fake
}

type Watching = <Value>(signal: AbortSignal | undefined, read: () => Value) => {
  subscribe: (changed: () => void) => () => void
  read: () => Value
  signal: AbortSignal | undefined
}

function nodeHandlers(get: () => FakeApi, watching: Watching) {
  return {
    node: {
      status: os.node.status.handler(() => get().status),
      watch: os.node.watch.handler(({ signal }) => watchValue(watching(signal, () => get().status))),
      peers: os.node.peers.handler(() => [fixture.peer]),
      invite: os.node.invite.handler(({ input }) => ({ link: 'depin:invite/abc', expiresAtMs: fixture.nowMs + input.validForMs })),
      join: os.node.join.handler(({ input }) => {
        if (input.link.includes('expired')) throw new DepinError('E_INVITE_EXPIRED', 'This invite expired yesterday.', { next: 'Ask for a new one.' })
        return fixture.peer
      }),
      retryEngine: os.node.retryEngine.handler(() => get().status),
      dashboard: os.node.dashboard.handler(() => ({ url: 'http://127.0.0.1:4848/#token=x' })),
      stop: os.node.stop.handler(() => {
        get().stop()
        return {}
      }),
    },
    share: {
      get: os.share.get.handler(() => get().share),
      set: os.share.set.handler(({ input }) => {
        get().calls.push({ procedure: 'share.set', input })
        const { settings } = get().share
        get().share = { ...get().share, settings: { ...settings, on: input.on ?? settings.on, pausedUntilMs: input.pausedUntilMs === undefined ? settings.pausedUntilMs : input.pausedUntilMs } }
        get().changed()
        return get().share
      }),
      panic: os.share.panic.handler(() => {
        get().calls.push({ procedure: 'share.panic', input: {} })
        return { stopped: 2, left: [], how: 'engine' as const, tookMs: 120 }
      }),
      anyway: os.share.anyway.handler(() => {
        get().calls.push({ procedure: 'share.anyway', input: {} })
        return get().share
      }),
      signals: os.share.signals.handler(() => get().share.owner.signals),
      watch: os.share.watch.handler(({ signal }) => watchValue(watching(signal, () => get().share))),
      watchUse: os.share.watchUse.handler(({ signal }) => watchValue(watching(signal, () => fixture.sample))),
    },
    guests: {
      list: os.guests.list.handler(() => get().guests),
      watch: os.guests.watch.handler(({ signal }) => watchList({ ...watching(signal, () => get().guests), keyOf: (guest) => guest.leaseId })),
      watchUse: os.guests.watchUse.handler(async function* () { yield await Promise.resolve({ samples: [] }) }),
      end: os.guests.end.handler(({ input }) => {
        get().calls.push({ procedure: 'guests.end', input })
        return { ...fixture.guest, state: 'terminated' as const, reason: { code: 'owner-ended' as const } }
      }),
      evidence: os.guests.evidence.handler(({ input }) => {
        get().calls.push({ procedure: 'guests.evidence', input })
        return fixture.evidence
      }),
    },
    images: imageHandlers(get),
    onboarding: {
      get: os.onboarding.get.handler(() => get().onboarding),
      watch: os.onboarding.watch.handler(({ signal }) => watchValue(watching(signal, () => get().onboarding))),
      save: os.onboarding.save.handler(({ input }) => {
        get().calls.push({ procedure: 'onboarding.save', input })
        return get().onboarding
      }),
      testGuest: os.onboarding.testGuest.handler(async function* () {
        yield* await Promise.resolve([fixture.testGuest])
      }),
      lastTest: os.onboarding.lastTest.handler(() => null),
    },
    key: {
      words: os.key.words.handler(() => ({ peerId: fixture.peerA, words: fixture.words })),
      confirm: os.key.confirm.handler(({ input }) => {
        get().calls.push({ procedure: 'key.confirm', input })
        return get().onboarding
      }),
      restore: os.key.restore.handler(() => ({ peerId: fixture.peerA, outcome: 'same' as const })),
    },
    updates: updateHandlers(get, watching),
    engine: {
      list: os.engine.list.handler(() => [fixture.foundEngine]),
      plan: os.engine.plan.handler(({ input }) => {
        get().calls.push({ procedure: 'engine.plan', input })
        return get().enginePlan
      }),
      examples: os.engine.examples.handler(() => [{ name: 'debian', title: 'Debian 12, a server, as root' }]),
      last: os.engine.last.handler(() => null),
      setup: os.engine.setup.handler(({ input }) => {
        get().calls.push({ procedure: 'engine.setup', input })
        return engineRuns(get())
      }),
      start: os.engine.start.handler(() => engineRuns(get())),
      undo: os.engine.undo.handler(() => engineRuns(get())),
      cancel: os.engine.cancel.handler(() => ({})),
    },
    earnings: {
      get: os.earnings.get.handler(() => get().earnings),
      watch: os.earnings.watch.handler(({ signal }) => watchValue(watching(signal, () => get().earnings))),
      receipts: os.earnings.receipts.handler(() => [fixture.receipt]),
    },
    activity: {
      list: os.activity.list.handler(() => [fixture.activity]),
      watch: os.activity.watch.handler(({ signal }) => watchValue(watching(signal, () => [fixture.activity]))),
    },
    doctor: { run: os.doctor.run.handler(() => get().findings), attack: os.doctor.attack.handler(() => [{ what: 'another lease', tier: 'none' as const, outcome: 'refused' as const, expected: 'refused' as const }]) },
  }
}

function updateHandlers(get: () => FakeApi, watching: Watching) {
  const note = (procedure: string, input: unknown) => {
    get().calls.push({ procedure: `updates.${procedure}`, input })
    return get().updates
  }
  return {
    get: os.updates.get.handler(() => get().updates),
    watch: os.updates.watch.handler(({ signal }) => watchValue(watching(signal, () => get().updates))),
    check: os.updates.check.handler(() => note('check', {})),
    install: os.updates.install.handler(() => note('install', {})),
    setChannel: os.updates.setChannel.handler(({ input }) => note('setChannel', input)),
    drive: os.updates.drive.handler(async function* () { yield* await Promise.resolve<UpdateOrder[]>([]) }),
    report: os.updates.report.handler(() => ({})),
  }
}

function imageHandlers(get: () => FakeApi) {
  const note = (procedure: string, input: unknown) => {
    get().calls.push({ procedure: `images.${procedure}`, input })
    return fixture.imagePolicy
  }
  return {
    list: os.images.list.handler(() => [fixture.cachedImage]),
    remove: os.images.remove.handler(({ input }) => {
      note('remove', input)
      return {}
    }),
    policy: os.images.policy.handler(() => fixture.imagePolicy),
    setRule: os.images.setRule.handler(({ input }) => note('setRule', input)),
    removeRule: os.images.removeRule.handler(({ input }) => note('removeRule', input)),
    setOnlyAllowed: os.images.setOnlyAllowed.handler(({ input }) => note('setOnlyAllowed', input)),
    subscribe: os.images.subscribe.handler(({ input }) => note('subscribe', input)),
    unsubscribe: os.images.unsubscribe.handler(({ input }) => note('unsubscribe', input)),
    refresh: os.images.refresh.handler(() => fixture.imagePolicy),
    sign: os.images.sign.handler(({ input }) => {
      note('sign', input)
      return { text: '{}\n' }
    }),
  }
}

function tenantHandlers(get: () => FakeApi, watching: Watching) {
  const find = (name: string): Deployment => {
    const found = get().deployments.get(name)
    if (found === undefined) throw new DepinError('E_NOT_FOUND', `There is no app “${name}”.`, { next: 'See “depin ps”.' })
    return found
  }
  return {
    manifests: {
      validate: os.manifests.validate.handler(({ input }) => {
        get().calls.push({ procedure: 'manifests.validate', input })
        return get().validate(input.bundle)
      }),
    },
    deployments: {
      list: os.deployments.list.handler(() => [...get().deployments.values()]),
      get: os.deployments.get.handler(({ input }) => find(input.name)),
      watch: os.deployments.watch.handler(({ signal }) => marked(get(), 'deployments.watch',
        watchList({ ...watching(signal, () => [...get().deployments.values()]), keyOf: (app) => app.name }))),
      quote: os.deployments.quote.handler(async function* ({ input }) {
        get().calls.push({ procedure: 'deployments.quote', input })
        yield* await Promise.resolve(get().quotes)
      }),
      create: os.deployments.create.handler(({ input }) => {
        get().calls.push({ procedure: 'deployments.create', input })
        const name = input.options.name ?? 'shop'
        const created: Deployment = { ...fixture.deployment, name, state: 'starting', replicas: [{ ...fixture.replica, state: 'waiting', leaseId: null, provider: null, containerIds: [], services: [] }] }
        get().deployments.set(name, created)
        get().changed()
        return created
      }),
      remove: os.deployments.remove.handler(({ input }) => {
        const app = find(input.name)
        get().deployments.delete(input.name)
        get().changed()
        return { ...app, state: 'removing' as const }
      }),
      retry: os.deployments.retry.handler(({ input }) => find(input.name)),
      logs: os.deployments.logs.handler(({ input, signal }) => {
        get().calls.push({ procedure: 'deployments.logs', input })
        return marked(get(), 'deployments.logs', logs(get(), input.follow, watching(signal, () => get().logs.length)))
      }),
      forward: os.deployments.forward.handler(({ input, signal }) => {
        get().calls.push({ procedure: 'deployments.forward', input })
        return marked(get(), 'deployments.forward', watchValue(watching(signal, () => get().forward)))
      }),
    },
  }
}

async function* engineRuns({ engineRuns: runs }: FakeApi): AsyncGenerator<SetupRun, void> {
  yield* await Promise.resolve(runs)
}

async function* logs(fake: FakeApi, follow: boolean, watch: ReturnType<Watching> & { read: () => number }): AsyncGenerator<LogBatch, void> {
  let sent = 0
  for await (const count of watchValue<number>(watch)) {
    while (sent < count) yield fake.logs[sent++] ?? { lines: [] }
    if (!follow) return
  }
}

/** Shows in `open` while it runs. */
async function* marked<Item>(fake: FakeApi, procedure: string, items: AsyncGenerator<Item, void>): AsyncGenerator<Item, void> {
  fake.open.add(procedure)
  try {
    yield* items
  } finally {
    fake.open.delete(procedure)
  }
}
