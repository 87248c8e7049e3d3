/** Which engines there are: those that answer, those that listen and do not, and those that are merely installed. Pure. */
import { engineProducts, type EngineProduct, type FoundEngine } from '../../contract/nouns/engine-setup.ts'
import { engineNames, forbiddenWords, type EngineSighting, installedEngines, installedSentence } from '../engine/index.ts'
import type { MachineFacts } from './machine/facts.ts'
import { mendRecipeFor } from './recipes/plan.ts'

/** Where each listens, by a part of the path. The first that fits. */
const places: readonly { part: RegExp, product: EngineProduct }[] = [
  { part: /podman/, product: 'podman' },
  { part: /colima/, product: 'colima' },
  { part: /orbstack/, product: 'orbstack' },
  { part: /\.rd\/|rancher-desktop/, product: 'rancher-desktop' },
  { part: /\.docker\/(run|desktop)\/|dockerDesktop|desktop-linux/, product: 'docker-desktop' },
  { part: /docker/, product: 'docker' },
]

export function foundEngines(facts: MachineFacts, sightings: readonly EngineSighting[]): FoundEngine[] {
  const seen = sightings.map((sighting) => seenEngine(facts, sighting))
  const asleep = installedEngines(facts.platform, facts)
    .filter(({ product }) => !seen.some((engine) => engine.product === product))
    .map((each): FoundEngine => ({ ...each, place: null, state: 'stopped', version: null, message: installedSentence(each), canStart: mendRecipeFor(facts, 'start', each) !== null }))
  return [...seen, ...asleep].toSorted((a, b) => rank(a) - rank(b))
}

function seenEngine(facts: MachineFacts, sighting: EngineSighting): FoundEngine {
  const product = productOf(facts, sighting)
  const name = engineNames[product]
  const shared = { product, name, place: sighting.place, foundBy: sighting.foundBy, version: sighting.version }
  switch (sighting.state) {
    case 'ready': return { ...shared, state: 'running', message: `${name} ${sighting.version ?? ''} is running.`, canStart: false }
    case 'silent': return { ...shared, state: 'stopped', message: `${name} does not run: its socket is there and ${sighting.reason}.`, canStart: mendRecipeFor(facts, 'start', { product }) !== null }
    case 'hung': return { ...shared, state: 'hung', message: `${name} listens and does not answer. Restart it.`, canStart: false }
    case 'forbidden': {
      const { message, fix } = forbiddenWords(sighting.place, facts)
      return { ...shared, state: 'forbidden', message: `${message} ${fix}`, canStart: false }
    }
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
