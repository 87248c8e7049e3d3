/** Every screen in every state it can be in. The gallery shows them; tests draw each of them in each language. */
import type { ErrorReport } from '../../contract/errors.ts'
import type { SharingState } from '../../contract/nouns/node.ts'
import type { ConnectionState } from '../api/types.ts'
import { isOver } from '../pages/guests/guestState.ts'
import { HoldCause } from '../../contract/nouns/owner.ts'
import type { Hold } from '../../contract/nouns/owner.ts'
import { onboardingSteps } from '../../contract/nouns/onboarding.ts'
import type { OnboardingStep, TestGuest } from '../../contract/nouns/onboarding.ts'
import type { SetupPlan, SetupRun } from '../../contract/nouns/engine-setup.ts'
import type { ShareStatus } from '../../contract/nouns/node.ts'
import { unseen } from '../stores/engineSetup.ts'
import type { InitialStates } from '../stores/index.ts'
import { composeText, manifests, quotes, startingApp, tooDear } from './fixtures/apps.ts'
import { firstRun, keyWords, onboarding, testGuests } from './fixtures/setup.ts'
import { endsAfter, fixtureClient } from './fixtures/client.ts'
import { enginePlans, engineRuns, engines } from './fixtures/engine.ts'
import { firstEarnings, guests, leaseId, noEarnings, oddGuests } from './fixtures/guests.ts'
import { brokenAttack, heldAttack, imagePolicy } from './fixtures/safety.ts'
import { shellState } from './fixtures/shell.ts'
import { badFindings, nodeStatus, nowMs, pausedBy, readyEngine, shareStatus, sharingStates, sharingWith, useSample, hungEngine, installedEngine } from './fixtures/sharing.ts'
import { updateStatuses } from './fixtures/updates.ts'
import { everything, openWith } from './fixtures/stores.ts'

export interface Story {
  id: string
  path: string
  initial: InitialStates
  connection: ConnectionState
}

const open = openWith(fixtureClient())
const away: ConnectionState = { kind: 'lost', lastSeenMs: nowMs - 70 * 60_000, trying: false }
const engineError: ErrorReport = { code: 'E_ENGINE_STOPPED', message: 'The engine does not answer on /var/run/docker.sock.', next: 'Start it, or look at its log.' }

/** States in which nobody is here. */
const lonely = new Set<SharingState['kind']>(['off', 'ready', 'starting'])

function home(kind: SharingState['kind'], changes: InitialStates = {}): Story {
  return {
    id: `home-${kind}`, path: '/', connection: open,
    initial: { ...everything, ...lonely.has(kind) && { guests: { kind: 'live', value: guests.filter(isOver) } }, node: { kind: 'live', value: nodeStatus(kind) }, share: { kind: 'live', value: shareStatus(kind) }, ...changes },
  }
}

const nothing: InitialStates = {
  guests: { kind: 'live', value: [] }, earnings: { kind: 'live', value: noEarnings }, deployments: { kind: 'live', value: [] }, activity: { kind: 'live', value: [] },
}

/** All feeds as they were, now that the service is away. */
function stale(initial: InitialStates): InitialStates {
  const old = Object.entries(initial).map(([name, state]: [string, unknown]) =>
    [name, typeof state === 'object' && state !== null && 'kind' in state && state.kind === 'live' ? { ...state, kind: 'stale' } : state] as const)
  return Object.fromEntries(old)
}

function failing(): InitialStates {
  const failed = { kind: 'failed', error: engineError, value: null } as const
  return { ...everything, guests: failed, earnings: failed, deployments: failed, activity: failed, use: failed, doctor: { kind: 'failed', error: engineError, findings: [] } }
}

const hungSharing: SharingState = { ...sharingStates['engine-stopped'], hung: true }

const homes: Story[] = [
  ...(Object.keys(sharingStates) as SharingState['kind'][]).map((kind) => home(kind)),
  { ...home('engine-stopped', { node: { kind: 'live', value: nodeStatus('engine-stopped', { engine: installedEngine }) } }), id: 'home-engine-installed' },
  { ...home('engine-stopped', { node: { kind: 'live', value: nodeStatus('engine-stopped', { engine: hungEngine, sharing: hungSharing }) }, share: { kind: 'live', value: { ...shareStatus('engine-stopped'), state: hungSharing } } }), id: 'home-engine-hung' },
  { ...home('sharing', { node: { kind: 'live', value: nodeStatus('sharing', { addresses: ['/ip4/127.0.0.1/tcp/4101'] }) } }), id: 'home-hidden' },
  { ...home('off', nothing), id: 'home-first-run' },
  { ...home('ready', { ...nothing, node: { kind: 'live', value: nodeStatus('ready', { connectedPeers: 0 }) } }), id: 'home-empty' },
  ...(['no-peers', 'no-network'] as const).map((why): Story => ({
    ...home('ready', { node: { kind: 'live', value: nodeStatus('ready', { connectedPeers: 0, alone: { sinceMs: nowMs - 600_000, why } }) } }), id: `home-${why}`,
  })),
  { ...home('sharing', { earnings: { kind: 'live', value: firstEarnings } }), id: 'home-first-cents' },
  { ...home('sharing', { guests: { kind: 'live', value: oddGuests }, doctor: { kind: 'checked', findings: badFindings }, use: { kind: 'live', value: { ...useSample, measured: false } } }), id: 'home-odd' },
  { id: 'home-loading', path: '/', initial: {}, connection: { kind: 'connecting' } },
  { id: 'home-never-reached', path: '/', initial: {}, connection: { kind: 'lost', lastSeenMs: null, trying: true } },
  { id: 'home-service-ended', path: '/', connection: away, initial: {
    ...stale(everything), shell: shellState({ service: { kind: 'waiting', report: { code: 'E_NOT_RUNNING', message: 'The service ended unexpectedly (9).' }, failures: 3, retryAtMs: nowMs + 1_000 } }),
  } },
  { id: 'home-join', path: '/', connection: open, initial: { ...everything, shell: shellState({ join: 'depin://join/pGFhSGVsbG8' }) } },
  { id: 'home-stale', path: '/', initial: stale(everything), connection: away },
  { id: 'home-error', path: '/', initial: failing(), connection: openWith(fixtureClient({
    share: { watchUse: () => Promise.reject(new Error('no use')) }, doctor: { run: () => Promise.reject(new Error('no doctor')) },
  })) },
]

function withShare(share: ShareStatus): InitialStates {
  return { ...everything, node: { kind: 'live', value: nodeStatus('sharing', { sharing: share.state }) }, share: { kind: 'live', value: share } }
}

const battery: Hold = { cause: 'battery', allow: 25, sinceMs: nowMs, untilMs: null, lifted: false }
const pauses: Story[] = [
  ...HoldCause.options.map((cause) => ({ id: `home-paused-${cause}`, path: '/', initial: withShare(pausedBy(cause, cause === 'hours' || cause === 'you' ? nowMs + 3_600_000 : null)), connection: open })),
  { id: 'home-held', path: '/', initial: withShare(sharingWith(battery)), connection: open },
  { id: 'home-anyway', path: '/', initial: withShare(sharingWith({ ...battery, allow: 'asleep', lifted: true })), connection: open },
]

const guestScreens: Story[] = [
  { id: 'guests', path: '/guests', initial: everything, connection: open },
  { id: 'guests-odd', path: '/guests', initial: { ...everything, guests: { kind: 'live', value: oddGuests } }, connection: open },
  { id: 'guests-empty', path: '/guests', initial: { ...everything, ...nothing }, connection: open },
  { id: 'guests-off', path: '/guests', initial: { ...withShare(shareStatus('off')), ...nothing }, connection: open },
  { id: 'guests-asleep', path: '/guests', initial: withShare(pausedBy('in-use')), connection: open },
  { id: 'guests-loading', path: '/guests', initial: {}, connection: { kind: 'connecting' } },
  { id: 'guests-stale', path: '/guests', initial: stale(everything), connection: away },
  { id: 'guests-error', path: '/guests', initial: failing(), connection: open },
  { id: 'guest-running', path: `/guests/${leaseId('c')}`, initial: everything, connection: open },
  { id: 'guest-ended', path: `/guests/${leaseId('d')}`, initial: everything, connection: open },
  { id: 'guest-throttled', path: `/guests/${leaseId('h')}`, initial: { ...everything, guests: { kind: 'live', value: oddGuests } }, connection: open },
  { id: 'guest-unseen', path: `/guests/${leaseId('i')}`, initial: { ...everything, guests: { kind: 'live', value: oddGuests } }, connection: open },
  { id: 'guest-odd', path: `/guests/${leaseId('g')}`, initial: { ...everything, guests: { kind: 'live', value: oddGuests }, history: { kind: 'failed', error: engineError, lines: [] } }, connection: openWith(fixtureClient({ activity: { list: () => Promise.reject(new Error('no list')) } })) },
  { id: 'guest-gone', path: `/guests/${leaseId('z')}`, initial: everything, connection: open },
  { id: 'guest-loading', path: `/guests/${leaseId('a')}`, initial: {}, connection: { kind: 'connecting' } },
  { id: 'guest-stale', path: `/guests/${leaseId('a')}`, initial: stale(everything), connection: away },
]

function engineStory(name: string, plan: SetupPlan, run: SetupRun | null): Story {
  return {
    id: `settings-engine-${name}`, path: '/settings/engine', connection: openWith(fixtureClient({ engine: { plan: () => Promise.resolve(plan), last: () => Promise.resolve(run) } })),
    initial: { ...everything, node: { kind: 'live', value: nodeStatus('engine-missing') }, share: { kind: 'live', value: shareStatus('engine-missing') }, engineSetup: { ...unseen, found: { engines, plan }, run } },
  }
}

const settings: Story[] = [
  ...['share', 'when', 'safety', 'engine', 'updates'].flatMap((section): Story[] => [
    { id: `settings-${section}`, path: `/settings/${section}`, initial: { ...everything, imagePolicy: { kind: 'known', policy: imagePolicy } }, connection: openWith(fixtureClient({ images: { policy: () => Promise.resolve(imagePolicy) } })) },
    { id: `settings-${section}-loading`, path: `/settings/${section}`, initial: {}, connection: { kind: 'connecting' } },
    { id: `settings-${section}-stale`, path: `/settings/${section}`, initial: stale(everything), connection: away },
  ]),
  ...Object.entries(updateStatuses).map(([name, value]): Story => ({ id: `settings-updates-${name}`, path: '/settings/updates', connection: open, initial: { ...everything, updates: { kind: 'live', value } } })),
  { id: 'settings-app', path: '/settings/app', connection: open, initial: { ...everything, shell: shellState() } },
  { id: 'settings-app-bare', path: '/settings/app', connection: open, initial: { ...everything, shell: shellState({ tray: false, openAtLogin: null, service: { kind: 'elsewhere', pid: 812 } }) } },
  { id: 'settings-error', path: '/settings', initial: { ...everything, share: { kind: 'failed', error: engineError, value: null } }, connection: open },
  { id: 'settings-when-hours', path: '/settings/when', initial: withShare(pausedBy('metered')), connection: open },
  { id: 'settings-safety-open', path: '/settings/safety', connection: open, initial: withShare({ ...shareStatus(), settings: { ...shareStatus().settings, egress: { tier: 'open', rateMbit: 50, monthlyGiB: null } } }) },
  { id: 'settings-engine-leaks', path: '/settings/engine', connection: open, initial: { ...everything, node: { kind: 'live', value: nodeStatus('sharing', { engine: { ...readyEngine, containment: 'broken', leaks: ['the router'], doubts: ['runc 1.1.5 may hold the repair.'] } }) } } },
  { id: 'settings-engine-forbidden', path: '/settings/engine', connection: openWith(fixtureClient({ engine: { plan: () => Promise.resolve(enginePlans.allow), last: () => Promise.resolve(null) } })),
    initial: { ...everything, node: { kind: 'live', value: nodeStatus('engine-forbidden') }, share: { kind: 'live', value: shareStatus('engine-forbidden') }, engineSetup: { ...unseen, found: { engines: [enginePlans.allow.engine], plan: enginePlans.allow }, run: null } } },
  ...(Object.entries(enginePlans) as [string, SetupPlan][]).map(([name, plan]) => engineStory(name, plan, null)),
  ...(Object.entries(engineRuns) as [string, SetupRun][]).map(([name, run]) => engineStory(`run-${name}`, enginePlans.install, run)),
]

const setupStep = (step: OnboardingStep, changes: InitialStates = {}): InitialStates => ({
  ...everything, ...nothing, node: { kind: 'live', value: nodeStatus('off') }, share: { kind: 'live', value: shareStatus('off') }, onboarding: { kind: 'live', value: { ...firstRun, step } }, ...changes,
})
const deploysOnly: InitialStates = { onboarding: { kind: 'live', value: { ...firstRun, purpose: 'deploy', step: 'review' } } }
const withTest = (run: TestGuest): InitialStates => ({ ...everything, testGuest: { run, following: run.state === 'running', problem: null } })
const lastTest = (run: TestGuest) => openWith(fixtureClient({ onboarding: { lastTest: () => Promise.resolve(run) } }))

const setup: Story[] = [
  ...onboardingSteps.map((step): Story => ({ id: `setup-${step}`, path: `/setup/${step}`, initial: setupStep(step), connection: open })),
  { id: 'setup-welcome-desktop', path: '/setup', initial: setupStep('welcome', { shell: shellState() }), connection: open },
  { id: 'setup-check-missing', path: '/setup/check', connection: openWith(fixtureClient({ engine: { plan: () => Promise.resolve(enginePlans.install), last: () => Promise.resolve(null) } })),
    initial: setupStep('check', { node: { kind: 'live', value: nodeStatus('engine-missing', { connectedPeers: 0 }) }, engineSetup: { ...unseen, found: { engines: [], plan: enginePlans.install }, run: null } }) },
  { id: 'setup-check-installing', path: '/setup/check', connection: open,
    initial: setupStep('check', { node: { kind: 'live', value: nodeStatus('engine-missing') }, engineSetup: { ...unseen, found: { engines: [], plan: enginePlans.install }, run: engineRuns.running } }) },
  { id: 'setup-check-blocked', path: '/setup/check', connection: open,
    initial: setupStep('check', { node: { kind: 'live', value: nodeStatus('sharing', { engine: { ...readyEngine, containment: 'broken', leaks: ['the router'] } }) }, share: { kind: 'live', value: { ...shareStatus('off'), machine: { cpuMilli: 250, memoryMiB: 256, diskMiB: 2048 } } } }) },
  { id: 'setup-share-desktop', path: '/setup/share', connection: open,
    initial: setupStep('share', { shell: shellState(), onboarding: { kind: 'live', value: { ...firstRun, assumptions: { ...firstRun.assumptions, kilowattHourMicro: 140_000n } } } }) },
  { id: 'setup-safety-saved', path: '/setup/safety', initial: setupStep('safety', { onboarding: { kind: 'live', value: onboarding } }), connection: openWith(fixtureClient({ key: { words: () => Promise.resolve(keyWords) } })) },
  { id: 'setup-deploy', path: '/setup/review', initial: setupStep('review', deploysOnly), connection: open },
  { id: 'setup-done', path: '/setup/review', initial: everything, connection: open },
  ...Object.entries(testGuests).map(([name, run]): Story => ({ id: `setup-test-${name}`, path: '/setup/review', initial: withTest(run), connection: lastTest(run) })),
  { id: 'setup-loading', path: '/setup', initial: {}, connection: { kind: 'connecting' } },
  { id: 'setup-stale', path: '/setup/share', initial: stale(setupStep('share')), connection: away },
  { id: 'setup-error', path: '/setup', initial: { ...everything, onboarding: { kind: 'failed', error: engineError, value: null } }, connection: open },
]

const diagnostics: Story[] = [
  { id: 'diagnostics', path: '/diagnostics', initial: { ...everything, attack: { kind: 'tried', findings: heldAttack } }, connection: open },
  { id: 'diagnostics-bad', path: '/diagnostics', connection: open, initial: { ...everything, node: { kind: 'live', value: nodeStatus('engine-stopped') }, doctor: { kind: 'checked', findings: badFindings }, attack: { kind: 'tried', findings: brokenAttack } } },
  { id: 'diagnostics-checking', path: '/diagnostics', connection: open, initial: { ...everything, doctor: { kind: 'checking', findings: [] }, attack: { kind: 'trying' } } },
  { id: 'diagnostics-error', path: '/diagnostics', initial: { ...failing(), attack: { kind: 'failed', error: engineError } }, connection: open },
  { id: 'diagnostics-loading', path: '/diagnostics', initial: {}, connection: { kind: 'connecting' } },
  { id: 'diagnostics-stale', path: '/diagnostics', initial: stale(everything), connection: away },
]

const appScreens: Story[] = [
  { id: 'apps', path: '/apps', initial: everything, connection: open },
  { id: 'apps-empty', path: '/apps', initial: { ...everything, ...nothing }, connection: open },
  { id: 'apps-loading', path: '/apps', initial: {}, connection: { kind: 'connecting' } },
  { id: 'apps-stale', path: '/apps', initial: stale(everything), connection: away },
  { id: 'apps-error', path: '/apps', initial: failing(), connection: open },
  { id: 'app-running', path: '/apps/community-site', connection: open, initial: { ...everything, forwards: {
    'community-site/web:80': { kind: 'open', status: { host: '127.0.0.1', port: 40_080, connections: 2, totalConnections: 9, sentBytes: 48_120, receivedBytes: 1_204_551, problem: null } },
  } } },
  { id: 'app-degraded', path: '/apps/radio-archive', connection: open, initial: { ...everything, forwards: {
    'radio-archive/web:80': { kind: 'failed', error: { code: 'E_PEER_UNREACHABLE', message: 'No copy of radio-archive can be reached.', next: 'Wait until one runs.' } },
  } } },
  { id: 'app-starting', path: '/apps/shop', initial: everything, connection: openWith(fixtureClient({ deployments: { logs: () => Promise.resolve(endsAfter({ lines: [] })) } })) },
  { id: 'app-ending', path: '/apps/guestbook', initial: everything, connection: open },
  { id: 'app-failed', path: '/apps/mail-relay', initial: everything, connection: open },
  { id: 'app-waiting', path: '/apps/model-trainer', initial: everything, connection: openWith(fixtureClient({ deployments: { logs: () => Promise.reject(new Error('no log')) } })) },
  { id: 'app-removing', path: '/apps/shop', initial: { ...everything, deployments: { kind: 'live', value: [{ ...startingApp, state: 'removing', why: null }] } }, connection: open },
  { id: 'app-gone', path: '/apps/never-was', initial: everything, connection: open },
  { id: 'app-stale', path: '/apps/community-site', initial: stale(everything), connection: away },
  { id: 'app-loading', path: '/apps/community-site', initial: {}, connection: { kind: 'connecting' } },
]

const draft = { text: composeText, name: 'community-site', maxPrice: '6' }
const checked = { ...draft, validation: { kind: 'checked', report: manifests.good } } as const

const newApp: Story[] = [
  { id: 'new-empty', path: '/apps/new/app', initial: everything, connection: open },
  { id: 'new-good', path: '/apps/new/app', initial: { ...everything, draft: checked }, connection: open },
  { id: 'new-warned', path: '/apps/new/app', initial: { ...everything, draft: { ...draft, validation: { kind: 'checked', report: manifests.warned } } }, connection: open },
  { id: 'new-broken', path: '/apps/new/app', initial: { ...everything, draft: { ...draft, name: 'My Site', maxPrice: 'five', validation: { kind: 'checked', report: manifests.broken } } }, connection: open },
  { id: 'new-missing', path: '/apps/new/app', initial: { ...everything, draft: { ...draft, files: { '.env': 'QT0x' }, validation: { kind: 'checked', report: manifests.missing } } }, connection: open },
  { id: 'new-checking', path: '/apps/new/app', initial: { ...everything, draft: { ...draft, validation: { kind: 'checking', before: manifests.broken } } }, connection: open },
  { id: 'new-error', path: '/apps/new/app', initial: { ...everything, draft: { ...draft, validation: { kind: 'failed', error: engineError, before: null } } }, connection: open },
  { id: 'new-hosts', path: '/apps/new/hosts', initial: { ...everything, draft: checked, allQuotes: { kind: 'done', report: quotes } }, connection: open },
  { id: 'new-hosts-asking', path: '/apps/new/hosts', initial: { ...everything, draft: checked, allQuotes: { kind: 'asking', report: { ...quotes, answered: 2, hosts: quotes.hosts.slice(0, 2) } } }, connection: openWith(fixtureClient({ deployments: { quote: () => new Promise(() => undefined) } })) },
  { id: 'new-hosts-dear', path: '/apps/new/hosts', initial: { ...everything, draft: checked, allQuotes: { kind: 'done', report: tooDear } }, connection: openWith(fixtureClient({ deployments: { quote: () => Promise.resolve(endsAfter(tooDear)) } })) },
  { id: 'new-hosts-none', path: '/apps/new/hosts', initial: { ...everything, draft: checked, allQuotes: { kind: 'done', report: { ...tooDear, asked: 0, answered: 0, hosts: [] } } }, connection: openWith(fixtureClient({ deployments: { quote: () => Promise.resolve(endsAfter({ ...tooDear, asked: 0, answered: 0, hosts: [], problem: 'No host answered.' })) } })) },
  { id: 'new-hosts-error', path: '/apps/new/hosts', initial: { ...everything, draft: checked, allQuotes: { kind: 'failed', error: engineError, report: null } }, connection: away },
  { id: 'new-review', path: '/apps/new/review', initial: { ...everything, draft: { ...checked, validation: { kind: 'checked', report: { ...manifests.warned } } }, allQuotes: { kind: 'done', report: quotes } }, connection: open },
]

export const stories: readonly Story[] = [...homes, ...pauses, ...guestScreens, ...settings, ...setup, ...diagnostics, ...appScreens, ...newApp, { id: 'no-screen', path: '/nowhere', initial: everything, connection: open }]
