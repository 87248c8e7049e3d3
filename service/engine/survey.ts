import type { BaseDeps } from '../base/index.ts'
import { engineCandidates } from './discovery.ts'
import { formatEndpoint } from './endpoint.ts'
import type { Probe } from './finder.ts'
import { machineFinderDeps, probeAt, type SocketFinderDeps } from './socket-finder.ts'

/** What is at one place where an engine may be. */
export interface EngineSighting {
  place: string
  /** Who named the place. */
  foundBy: string
  state: Exclude<Probe['state'], 'absent'>
  /** Null while it is not known. */
  kind: 'docker' | 'podman' | null
  version: string | null
  /** Why it is not `ready`, to follow the name of the place; for `unsafe` a sentence. */
  reason: string
  /** For `unsafe`: what to do. */
  update: string | null
}

/** Looks at every place, whichever answers first. Holds nothing open. */
export async function surveyEngines(deps: BaseDeps, signal: AbortSignal, finder: SocketFinderDeps = machineFinderDeps(deps)): Promise<EngineSighting[]> {
  const candidates = await engineCandidates(finder.surroundings, signal)
  const sightings = await Promise.all(candidates.map(async (candidate): Promise<EngineSighting | null> => {
    const unknown = { foundBy: candidate.from, kind: null, version: null, update: null }
    if ('refused' in candidate) return { ...unknown, place: candidate.from, state: 'unfit', reason: candidate.refused }
    const place = formatEndpoint(candidate.endpoint)
    const probe = await probeAt(candidate.endpoint, finder, signal)
    return probe.state === 'absent' ? null : { ...unknown, place, ...tellOf(probe) }
  }))
  return withoutTwins(sightings.filter((sighting) => sighting !== null))
}

function tellOf(probe: Exclude<Probe, { state: 'absent' }>): Pick<EngineSighting, 'state' | 'reason'> & Partial<EngineSighting> {
  switch (probe.state) {
    case 'ready': {
      const { kind, version } = probe.connection.engine.status
      probe.connection.close('only looked')
      return { state: 'ready', reason: '', kind: kind === 'podman' ? 'podman' : 'docker', version }
    }
    case 'unsafe': return { state: 'unsafe', reason: probe.reason, update: probe.update, version: probe.version }
    default: return { state: probe.state, reason: probe.reason }
  }
}

/** One engine may listen at /var/run and at /run, which are the same folder. */
function withoutTwins(sightings: readonly EngineSighting[]): EngineSighting[] {
  const seen = new Set<string>()
  return sightings.filter(({ place }) => {
    const key = place.replace('unix:///var/run/', 'unix:///run/')
    return !seen.has(key) && seen.add(key)
  })
}
