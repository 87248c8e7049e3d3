/** Every screen in every state it can be in. The gallery shows them; tests draw each of them in each language. */
import type { ErrorReport } from '../../contract/errors.ts'
import type { SharingState } from '../../contract/nouns/node.ts'
import type { ConnectionState } from '../api/types.ts'
import { isOver } from '../pages/home/guestState.ts'
import type { InitialStates } from '../stores/index.ts'
import { composeText, manifests, quotes, startingApp, tooDear } from './fixtures/apps.ts'
import { endsAfter, fixtureClient } from './fixtures/client.ts'
import { firstEarnings, guests, noEarnings, oddGuests } from './fixtures/guests.ts'
import { badFindings, nodeStatus, nowMs, shareStatus, sharingStates, useSample } from './fixtures/sharing.ts'
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

const homes: Story[] = [
  ...(Object.keys(sharingStates) as SharingState['kind'][]).map((kind) => home(kind)),
  { ...home('off', nothing), id: 'home-first-run' },
  { ...home('ready', { ...nothing, node: { kind: 'live', value: nodeStatus('ready', { connectedPeers: 0 }) } }), id: 'home-empty' },
  { ...home('sharing', { earnings: { kind: 'live', value: firstEarnings } }), id: 'home-first-cents' },
  { ...home('sharing', { guests: { kind: 'live', value: oddGuests }, doctor: { kind: 'checked', findings: badFindings }, use: { kind: 'live', value: { ...useSample, measured: false } } }), id: 'home-odd' },
  { id: 'home-loading', path: '/', initial: {}, connection: { kind: 'connecting' } },
  { id: 'home-never-reached', path: '/', initial: {}, connection: { kind: 'lost', lastSeenMs: null, trying: true } },
  { id: 'home-stale', path: '/', initial: stale(everything), connection: away },
  { id: 'home-error', path: '/', initial: failing(), connection: openWith(fixtureClient({
    share: { watchUse: () => Promise.reject(new Error('no use')) }, doctor: { run: () => Promise.reject(new Error('no doctor')) },
  })) },
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

export const stories: readonly Story[] = [...homes, ...appScreens, ...newApp, { id: 'no-screen', path: '/nowhere', initial: everything, connection: open }]
