/** Which engines there are: those that answer, those that listen and do not, and those that are merely installed. Pure. */
import { engineProducts, type EngineProduct, type FoundEngine } from '../../contract/nouns/engine-setup.ts'
import type { EngineSighting } from '../engine/index.ts'
import type { MachineFacts } from './machine/facts.ts'
import { startRecipeFor } from './recipes/plan.ts'

const names: Record<EngineProduct, string> = {
  docker: 'Docker', podman: 'Podman', 'docker-desktop': 'Docker Desktop', 'rancher-desktop': 'Rancher Desktop', colima: 'Colima', orbstack: 'OrbStack', unknown: 'An engine',
}

/** Where each listens, by a part of the path. The first that fits. */
const places: readonly { part: RegExp, product: EngineProduct }[] = [
  { part: /podman/, product: 'podman' },
  { part: /colima/, product: 'colima' },
  { part: /orbstack/, product: 'orbstack' },
  { part: /\.rd\/|rancher-desktop/, product: 'rancher-desktop' },
  { part: /\.docker\/(run|desktop)\/|dockerDesktop|desktop-linux/, product: 'docker-desktop' },
  { part: /docker/, product: 'docker' },
]

/** What tells that it is installed. */
const installed: readonly { product: EngineProduct, platform: MachineFacts['platform'], program?: string, path?: string }[] = [
  { product: 'docker', platform: 'linux', program: 'dockerd' },
  { product: 'podman', platform: 'linux', program: 'podman' },
  { product: 'docker-desktop', platform: 'linux', path: '/opt/docker-desktop' },
  { product: 'docker-desktop', platform: 'darwin', path: '/Applications/Docker.app' },
  { product: 'orbstack', platform: 'darwin', path: '/Applications/OrbStack.app' },
  { product: 'colima', platform: 'darwin', program: 'colima' },
  { product: 'colima', platform: 'linux', program: 'colima' },
  { product: 'rancher-desktop', platform: 'darwin', path: '/Applications/Rancher Desktop.app' },
  { product: 'podman', platform: 'darwin', program: 'podman' },
  { product: 'docker-desktop', platform: 'win32', path: 'C:\\Program Files\\Docker\\Docker\\Docker Desktop.exe' },
  { product: 'rancher-desktop', platform: 'win32', path: 'C:\\Program Files\\Rancher Desktop\\Rancher Desktop.exe' },
  { product: 'podman', platform: 'win32', program: 'podman' },
]

export function foundEngines(facts: MachineFacts, sightings: readonly EngineSighting[]): FoundEngine[] {
  const seen = sightings.map((sighting) => seenEngine(facts, sighting))
  const asleep = installed
    .filter(({ platform, program, path }) => platform === facts.platform && (program === undefined || facts.programs.has(program)) && (path === undefined || facts.paths.has(path)))
    .filter(({ product }) => !seen.some((engine) => engine.product === product))
    .map((each): FoundEngine => ({
      product: each.product, name: names[each.product], place: null, foundBy: each.program ?? each.path ?? '', state: 'stopped', version: null,
      message: `${names[each.product]} is installed and does not run.`, canStart: startRecipeFor(facts, each) !== null,
    }))
  return [...seen, ...asleep].toSorted((a, b) => rank(a) - rank(b))
}

function seenEngine(facts: MachineFacts, sighting: EngineSighting): FoundEngine {
  const product = productOf(facts, sighting)
  const name = names[product]
  const shared = { product, name, place: sighting.place, foundBy: sighting.foundBy, version: sighting.version }
  switch (sighting.state) {
    case 'ready': return { ...shared, state: 'running', message: `${name} ${sighting.version ?? ''} is running.`, canStart: false }
    // a socket that refuses is what an engine leaves behind when it stops
    case 'silent': return sighting.reason.includes('refuses')
      ? { ...shared, state: 'stopped', message: `${name} does not run: its socket is there and refuses connections.`, canStart: startRecipeFor(facts, { product }) !== null }
      : { ...shared, state: 'hung', message: `${name} listens and does not answer. Restart it.`, canStart: false }
    case 'forbidden': return { ...shared, state: 'forbidden', message: `Your account may not use ${name}. Let an administrator add it: sudo usermod -aG docker ${facts.user}; then log in again.`, canStart: false }
    case 'unsafe': return { ...shared, state: 'unsafe', message: `${sighting.reason} ${sighting.update ?? ''}`.trim(), canStart: false }
    case 'unfit': return { ...shared, state: 'unfit', message: `${name} at ${sighting.place} ${sighting.reason}.`, canStart: false }
  }
}

function productOf({ platform }: MachineFacts, { place, foundBy, kind }: EngineSighting): EngineProduct {
  if (kind === 'podman') return 'podman'
  const product = places.find(({ part }) => part.test(`${foundBy} ${place}`))?.product ?? 'unknown'
  // Docker itself runs on Linux alone: whoever answers in its place elsewhere is Docker Desktop, or says otherwise by its context
  return product === 'docker' && platform !== 'linux' ? 'docker-desktop' : product
}

const states = ['running', 'stopped', 'forbidden', 'hung', 'unsafe', 'unfit'] as const

function rank({ state, product }: FoundEngine): number {
  return states.indexOf(state) * engineProducts.length + engineProducts.indexOf(product)
}
