import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { promisify } from 'node:util'
import { type BaseDeps, withDeadline } from '../base/index.ts'
import { accountName } from './account.ts'
import { type Candidate, candidateOf, engineCandidates, type Surroundings } from './discovery.ts'
import type { DiskOptions } from './disk/means.ts'
import { probeDocker } from './docker/connect.ts'
import { type Endpoint, formatEndpoint } from './endpoint.ts'
import type { EngineFinder, Finding, Probe } from './finder.ts'
import { forbiddenWords } from './forbidden.ts'
import { installHint } from './install.ts'
import { installedSentence, lookForInstalled } from './installed.ts'
import { hasPath, hasProgram } from './search-path.ts'
import type { EngineChoice } from './types.ts'

export interface SocketFinderDeps extends BaseDeps {
  surroundings: Surroundings
  isRoot: boolean
  probe: (endpoint: Endpoint, deps: BaseDeps, signal: AbortSignal) => Promise<Probe>
}

/** This machine. */
export function machineFinderDeps(deps: BaseDeps, disks: DiskOptions | null = null): SocketFinderDeps {
  const run = promisify(execFile)
  return {
    ...deps,
    isRoot: process.getuid?.() === 0,
    probe: (endpoint, base, signal) => probeDocker(endpoint, base, signal, disks),
    surroundings: {
      platform: process.platform,
      env: process.env,
      homeDir: homedir(),
      user: accountName(),
      hasPath,
      hasProgram,
      readFile: (path) => readFile(path, 'utf8').catch(() => null),
      run: async (command, args, signal) => {
        try {
          return await withDeadline(deps.clock, command, 10_000, async (deadline) => (await run(command, [...args], { signal: deadline })).stdout, signal)
        } catch {
          return null
        }
      },
    },
  }
}

/**
 * Podman's own place for root is root's alone, its folder too: whoever may not look there cannot tell whether anything
 * is, and has a Podman of their own.
 */
export async function probeAt(endpoint: Endpoint, deps: SocketFinderDeps, signal: AbortSignal): Promise<Probe> {
  const probe = await deps.probe(endpoint, deps, signal)
  return probe.state === 'forbidden' && endpoint.kind === 'socket' && endpoint.path === '/run/podman/podman.sock' ? { state: 'absent', reason: 'is for root alone' } : probe
}

/** Looks in the places that discovery names and takes the first engine that answers and may be used. */
export function createSocketFinder(choice: EngineChoice, deps: SocketFinderDeps): EngineFinder {
  const { surroundings } = deps

  function candidates(only: string | null, signal: AbortSignal): Promise<Candidate[]> | Candidate[] {
    if (only !== null) return [candidateOf(only, only)]
    if (choice === 'none') return []
    if (choice === 'auto' || choice === 'docker') return engineCandidates(surroundings, signal)
    return [candidateOf(choice, choice)]
  }

  /** Where nothing answers anywhere, and the owner named no place, it may be that an engine is there and does not run. */
  async function asleep(misses: readonly Miss[]): Promise<Finding | null> {
    if ((choice !== 'auto' && choice !== 'docker') || misses.some(({ state }) => state !== 'absent' && state !== 'refused')) return null
    const engine = (await lookForInstalled(surroundings)).find(({ canStart, product }) => canStart && (choice === 'auto' || product !== 'podman'))
    return engine === undefined ? null : { state: 'silent', socket: null, message: installedSentence(engine) }
  }

  async function missing(misses: readonly Miss[]): Promise<Finding> {
    return { state: 'missing', tried: misses.map((miss) => `${miss.place}: ${miss.reason}`), install: await installHint(surroundings, deps) }
  }

  return {
    async find(only, signal) {
      const misses: Miss[] = []
      for (const candidate of await candidates(only, signal)) {
        const outcome = await tryCandidate(candidate, choice, deps, signal)
        if ('connection' in outcome) return { state: 'ready', connection: outcome.connection }
        misses.push(outcome)
      }
      // in the order in which what could be done about them is offered
      const silent = misses.find((miss) => miss.state === 'silent')
      if (silent !== undefined) return { state: 'silent', socket: silent.place, message: `The container engine at ${silent.place} ${silent.reason}.` }
      const forbidden = misses.find((miss) => miss.state === 'forbidden')
      if (forbidden !== undefined) return { state: 'forbidden', socket: forbidden.place, ...forbiddenWords(forbidden.place, surroundings) }
      const hung = misses.find((miss) => miss.state === 'hung')
      if (hung !== undefined) return { state: 'hung', socket: hung.place, message: `The container engine at ${hung.place} ${hung.reason}.` }
      const unsafe = misses.find((miss) => miss.state === 'unsafe')
      if (unsafe?.danger !== undefined) return { state: 'unsafe', socket: unsafe.place, message: unsafe.reason, ...unsafe.danger }
      return (only === null ? await asleep(misses) : null) ?? await missing(misses)
    },
  }
}

interface Miss {
  place: string
  /** refused: nothing was asked there. */
  state: Exclude<Probe['state'], 'ready'> | 'refused'
  reason: string
  danger?: { update: string, cves: string[] }
}

async function tryCandidate(candidate: Candidate, choice: EngineChoice, deps: SocketFinderDeps, signal: AbortSignal): Promise<Miss | Extract<Probe, { state: 'ready' }>> {
  if ('refused' in candidate) return { place: candidate.from, state: 'refused', reason: candidate.refused }
  const place = formatEndpoint(candidate.endpoint)
  const probe = await probeAt(candidate.endpoint, deps, signal)
  if (probe.state === 'unsafe') return { place, state: 'unsafe', reason: probe.reason, danger: { update: probe.update, cves: probe.cves } }
  if (probe.state !== 'ready') return { place, state: probe.state, reason: probe.reason }
  const { kind } = probe.connection.engine.status
  if (choice !== 'docker' || kind === 'docker') return probe
  probe.connection.close('another kind of engine is wanted')
  return { place, state: 'unfit', reason: `is ${kind}, and Docker is wanted` }
}
