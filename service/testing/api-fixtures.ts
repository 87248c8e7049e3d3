/** One plausible value of every noun of the API, to change where a test cares. */
import { defaultRules } from '../../contract/nouns/owner.ts'
import type { Deployment, HostQuote, ManifestReport, QuoteReport, Replica } from '../../contract/nouns/deployment.ts'
import type { UpdateStatus } from '../../contract/nouns/updates.ts'
import type { FoundEngine, SetupPlan, SetupRun } from '../../contract/nouns/engine-setup.ts'
import type { Earnings, LeaseAmount, ReceiptRow } from '../../contract/nouns/earnings.ts'
import type { Evidence } from '../../contract/nouns/evidence.ts'
import { defaultAssumptions, type Onboarding, type TestGuest, testGuestSteps } from '../../contract/nouns/onboarding.ts'
import type { Guest } from '../../contract/nouns/guest.ts'
import type { CachedImage, ImagePolicy } from '../../contract/nouns/images.ts'
import type { Activity, EngineStatus, NodeStatus, Peer, ResourceSample, ShareStatus } from '../../contract/nouns/node.ts'

export const nowMs = Date.UTC(2026, 0, 15, 12)
export const peerA = `12D3KooW${'A'.repeat(44)}`
export const peerB = `12D3KooW${'B'.repeat(44)}`
export const leaseA = 'a'.repeat(32)
export const leaseB = 'b'.repeat(32)
const channel = 'c'.repeat(32)
const resources = { cpuMilli: 1500, memoryMiB: 768, diskMiB: 2048 }

export const engine: EngineStatus = {
  state: 'ready', kind: 'docker', version: '27.1.0', socket: '/var/run/docker.sock', os: 'linux', arch: 'amd64', cpuMilli: 8000, memoryMiB: 16384, rootless: false, containment: 'proven', isolation: 'container',
}

export const nodeStatus: NodeStatus = {
  peerId: peerA, label: 'quiet-baobab', version: '0.1.0', network: 'main', pid: 4711, startedAtMs: nowMs - 3_600_000, dataDir: '/home/a/.local/share/depin',
  addresses: [`/ip4/192.0.2.7/tcp/4001/p2p/${peerA}`], dashboard: 'http://127.0.0.1:4848', engine, sharing: { kind: 'sharing', sinceMs: nowMs - 60_000, guests: 1, held: null },
  alone: null, connectedPeers: 3, guests: 1, deployments: 0,
}

export const shareStatus: ShareStatus = {
  settings: {
    on: true, pausedUntilMs: null, label: 'quiet-baobab', region: 'TZ',
    limits: { cpuMilli: 4000, memoryMiB: 8192, diskMiB: 51_200 },
    prices: { cpuCoreMonthMicro: 2_500_000n, memoryGiBMonthMicro: 1_000_000n, diskGiBMonthMicro: 30_000n, egressGiBMicro: 5_000n },
    imageCacheMiB: 20_480,
    terms: { meterIntervalMs: 60_000, prepaidMs: 600_000, graceMs: 1_800_000, retentionMs: 86_400_000 },
    rules: defaultRules,
    egress: { tier: 'none', rateMbit: 20, monthlyGiB: 100 },
  },
  state: { kind: 'sharing', sinceMs: nowMs - 60_000, guests: 1, held: null },
  machine: { cpuMilli: 8000, memoryMiB: 16384, diskMiB: 400_000 },
  reserved: resources,
  available: { cpuMilli: 2500, memoryMiB: 7424, diskMiB: 49_152 },
  owner: {
    target: { kind: 'full' }, holds: [], yielding: { weight: 'each', memory: false, why: null },
    signals: { lastInputMs: null, fullScreen: null, power: null, metered: null, temperatureC: null, otherCpuPercent: null },
  },
}

export const sample: ResourceSample = {
  atMs: nowMs, measured: true,
  cpuMilli: { guests: 300, you: 900, limit: 4000, total: 8000 },
  memoryMiB: { guests: 200, you: 6000, limit: 8192, total: 16384 },
  diskMiB: { guests: 100, you: 90_000, limit: 51_200, total: 400_000 },
}

export const peer: Peer = {
  peerId: peerB, label: 'brave-acacia', region: 'KE', addresses: [`/ip4/192.0.2.8/tcp/4001/p2p/${peerB}`], connected: true, lastSeenMs: nowMs, roundTripMs: 12.4,
}

export const guest: Guest = {
  leaseId: leaseA, app: 'nginx + redis', tenant: peerB, state: 'running', reason: null,
  services: [{ name: 'web', image: 'nginx:1.27', status: null }], resources, isolation: 'container', egress: 'none',
  createdAtMs: nowMs - 7_200_000, sinceMs: nowMs - 7_100_000, endedAtMs: null, rateMonthMicro: 4_560_000n, dueMicro: 12_493n, signedMicro: 12_400n, paidUntilMs: nowMs + 540_000,
}

export const evidence: Evidence = {
  format: 'depin-evidence/1', madeAtMs: nowMs,
  lease: {
    leaseId: leaseA, host: peerA, renter: peerB, resources, isolation: 'container', egress: 'open', createdAtMs: nowMs - 7_200_000, state: 'running', reason: null, endedAtMs: null,
    signed: { body: 'Ym9keQ==', renterSignature: 'c2ln', hostSignature: 'c2ln' },
  },
  images: [{ service: 'web', image: 'nginx:1.27', config: `sha256:${'1a'.repeat(32)}` }],
  domains: [],
  verdicts: [{ atMs: nowMs - 60_000, level: 'throttled', reason: { code: 'abuse-scan', detail: '412 connections to new places, or to ports that worms use, were refused within 2 s.' } }],
  hours: [{ startMs: nowMs - 3_600_000, counts: { out: { packets: 1200, bytes: 96_000 }, scan: { packets: 412, bytes: 24_720 } } }],
  destinations: [{ address: '192.0.2.7', port: 443, firstMs: nowMs - 90_000, lastMs: nowMs - 60_000 }],
}

const leaseAmount: LeaseAmount = {
  leaseId: leaseA, channelId: channel, peer: peerB, app: 'nginx + redis', state: 'running',
  accruing: 93n, signed: 12_400n, due: 12_493n,
  runMs: 7_100_000, suspendedMs: 0, egressBytes: 1_500_000, statements: 118, createdAtMs: nowMs - 7_200_000,
}

export const earnings: Earnings = {
  unit: 'USD', rail: 'trust',
  // more than a double holds exactly
  earned: { total: { accruing: 93n, signed: 9_007_199_254_740_993n, due: 9_007_199_254_741_086n }, leases: [leaseAmount] },
  spent: { total: { accruing: 0n, signed: 0n, due: 0n }, leases: [] },
  hours: [{ hourMs: nowMs - 3_600_000, earnedMicro: 6_246n, spentMicro: 0n }],
}

export const receipt: ReceiptRow = {
  channelId: channel, role: 'spent', peer: peerB, unit: 'USD', rail: 'trust', cumulativeMicro: 12_400n, atMs: nowMs, record: 'cmVjb3Jk', signature: 'c2ln',
}

export const manifestReport: ManifestReport = {
  ok: true, services: [{ name: 'web', image: 'nginx:1.27', ports: [80], resources }], copies: 1, resources, warnings: [], errors: [], missingFiles: [],
}

export const hostQuote: HostQuote = {
  provider: peerB, label: 'brave-acacia', region: 'KE', roundTripMs: 12.4, priceMonthMicro: 4_560_000n, chosen: true, refusal: null, why: null,
}

export const quoteReport: QuoteReport & { asked: number, answered: number } = {
  resources, copies: 1, maxPriceMonthMicro: null, hosts: [hostQuote], totalMonthMicro: 4_560_000n, problem: null, warnings: [], asked: 1, answered: 1,
}

export const replica: Replica = {
  index: 0, leaseId: leaseA, provider: peerB, providerLabel: 'brave-acacia', region: 'KE', state: 'running', sinceMs: nowMs - 60_000, reason: null,
  containerIds: ['c0ffee'.repeat(10) + 'c0ff'], services: [{
    service: 'web', containerId: 'c0ffee', state: 'running', health: 'none', startedAtMs: nowMs - 60_000, restarts: 0, exitCode: null, progress: null, ports: [80],
  }],
  rateMonthMicro: 4_560_000n,
  events: [{ atMs: nowMs - 60_000, kind: 'running', provider: peerB, leaseId: leaseA, reason: null }],
}

export const deployment: Deployment = {
  name: 'shop', createdAtMs: nowMs - 3_600_000, state: 'running', why: null, copies: 1, services: [{ name: 'web', image: 'nginx:1.27', ports: [80] }],
  resources, graceMs: 30_000, maxPriceMonthMicro: null, budgetMicro: null, spentMicro: 4_560n, rateMonthMicro: 4_560_000n, replicas: [replica], warnings: [],
}

export const activity: Activity = { seq: 1, atMs: nowMs, kind: 'guest-arrived', tone: 'good', params: { app: 'nginx + redis' } }

export const foundEngine: FoundEngine = {
  product: 'docker', name: 'Docker', place: 'unix:///var/run/docker.sock', foundBy: '/var/run/docker.sock', state: 'running', version: '27.1.0',
  message: 'Docker 27.1.0 is running.', canStart: false,
}

export const setupPlan: Extract<SetupPlan, { kind: 'install' }> = {
  kind: 'install', machine: { platform: 'linux', name: 'Debian GNU/Linux 12 (bookworm)', arch: 'amd64' }, planId: 'debian-docker-0123456789ab', recipe: 'debian-docker', engineName: 'Docker',
  source: 'Debian’s own packages', terms: null, downloadMiB: 70, diskMiB: 310, done: [], prompt: 'once',
  steps: [
    { id: 'install', title: 'Install Docker from Debian’s own packages.', admin: 'asks', command: 'apt-get install --yes docker.io', undo: 'dpkg --purge <what it added>', downloadMiB: 70 },
    { id: 'wait', title: 'Wait until the engine answers.', admin: 'no', command: '', undo: null, downloadMiB: 0 },
  ],
  sentences: [
    'This installs Docker from Debian’s own packages: about 70 MB to download, 310 MB on the disk.',
    'Next, your system will ask for permission. It’s needed once, to install the engine.',
  ],
}

export const setupRun: SetupRun = {
  kind: 'install', planId: setupPlan.planId, engineName: 'Docker', state: 'running', startedAtMs: nowMs, percent: 0, output: ['Get:1 bookworm/main amd64 runc'], problem: null, did: [],
  steps: [
    { id: 'install', title: 'Install Docker from Debian’s own packages.', state: 'running', note: null },
    { id: 'wait', title: 'Wait until the engine answers.', state: 'waiting', note: null },
  ],
}
export const setupDone: SetupRun = {
  ...setupRun, state: 'done', percent: 100, output: [], did: ['Done: Install Docker from Debian’s own packages. It added 2 packages: docker.io, runc.'],
  steps: setupRun.steps.map((step) => ({ ...step, state: 'done' })),
}

export const cachedImage: CachedImage = {
  config: `sha256:${'1a'.repeat(32)}`, reference: 'nginx:1.29', origin: 'peers', sizeBytes: 190_000_000, readyBytes: 195_000_000,
  createdAtMs: nowMs - 86_400_000, lastUsedMs: nowMs - 3_600_000, pinnedBy: [leaseA],
}

export const imagePolicy: ImagePolicy = {
  onlyAllowed: false,
  rules: [{ action: 'deny', subject: 'repository:docker.io/library/nginx' }],
  blocklists: [{
    source: 'https://example.org/list.json', publisher: peerB, name: 'village', entries: 12, sequence: 3, expiresAtMs: nowMs + 86_400_000, fetchedAtMs: nowMs, state: 'current', problem: null,
  }],
}

export const words = ['ozone', 'drill', 'grab', 'fiber', 'curtain', 'grace', 'pudding', 'thank', 'cruise', 'elder', 'eight', 'picnic']

export const onboarding: Onboarding = { state: 'done', step: 'review', purpose: 'share', language: null, payout: 'later', assumptions: defaultAssumptions, keySavedAtMs: nowMs }

export const testGuest: TestGuest = {
  state: 'done', startedAtMs: nowMs, steps: testGuestSteps.map((id) => ({ id, state: 'done', tookMs: 120 })), leaseId: leaseA, rateMonthMicro: 900_000n,
  roundTripMs: 4.2, settledMicro: 2n, voucherMicro: 22n, problem: null,
}

export const updateStatus: UpdateStatus = {
  installed: '0.1.0', channel: 'latest', way: { kind: 'command', command: 'depin update' }, state: { kind: 'available', version: '0.2.0', bytes: 41_943_040, staged: false },
}
