import * as z from 'zod'
import type { EngineStatus } from '../../../contract/nouns/node.ts'
import { DepinError } from '../../../contract/errors.ts'
import type { IsolationLevel } from '../../../contract/wire/v1/records.ts'
import { type BaseDeps, DeadlineError } from '../../base/index.ts'
import { type Endpoint, formatEndpoint } from '../endpoint.ts'
import type { EngineConnection, Probe } from '../finder.ts'
import { imageArch } from '../platform.ts'
import { judgeSafety } from '../safety/safety.ts'
import type { EngineTraits } from '../spec.ts'
import { prepareYielding } from '../yielding.ts'
import type { ContainerEngine } from '../types.ts'
import { DockerClient } from './client.ts'
import { type DiskOptions, measuredDisks } from '../disk/means.ts'
import type { EngineContext } from './context.ts'
import { Cores } from './cores.ts'
import { chooseDisks } from './disks.ts'
import { createDockerEngine } from './engine.ts'
import { missingControllers, podmanDoubts, type PodmanFacts, readPodman } from './podman.ts'
import { Quotas } from './quotas.ts'
import { hasSandbox, withoutSandbox } from './sandbox.ts'

const VersionJson = z.object({
  Version: z.string(),
  ApiVersion: z.string(),
  Platform: z.object({ Name: z.string() }).nullish(),
  Components: z.array(z.object({ Name: z.string(), Version: z.string().nullish(), Details: z.record(z.string(), z.string()).nullish() })).nullish(),
})
const InfoJson = z.object({
  OSType: z.string(),
  Architecture: z.string(),
  NCPU: z.int(),
  MemTotal: z.number(),
  DockerRootDir: z.string().nullish(),
  OperatingSystem: z.string().nullish(),
  CgroupDriver: z.string().nullish(),
  CgroupVersion: z.string().nullish(),
  SecurityOptions: z.array(z.string()).nullish(),
  Runtimes: z.record(z.string(), z.unknown()).nullish(),
  MemoryLimit: z.boolean().nullish(),
  CpuCfsQuota: z.boolean().nullish(),
  PidsLimit: z.boolean().nullish(),
})
/** What Docker says that it can limit, and what that takes. */
const limitsOf = [['CpuCfsQuota', 'cpu'], ['MemoryLimit', 'memory'], ['PidsLimit', 'pids']] as const

/** `podman`: null on every other engine. */
export interface EngineFacts { version: z.infer<typeof VersionJson>, info: z.infer<typeof InfoJson>, podman: PodmanFacts | null }

const probeDeadlineMs = 5000

/**
 * Asks what listens at `endpoint`, and connects when it is an engine that strangers' containers may run on.
 *
 * @param disks how guests' disks are to be kept; null: nobody asks, and nothing is tried out.
 */
export async function probeDocker(endpoint: Endpoint, deps: BaseDeps, signal?: AbortSignal, disks: DiskOptions | null = null): Promise<Probe> {
  let client: DockerClient | null = null
  try {
    client = await DockerClient.open(endpoint, deps.clock)
    const facts = await readFacts(client, signal)
    const refusal = refusalOf(facts)
    if (refusal === null) return { state: 'ready', connection: await connectionOf(client, facts, deps, disks) }
    client.close(refusal.reason)
    return refusal
  } catch (error) {
    client?.close('not an engine')
    if (signal?.aborted === true) throw error
    return probeFailure(error)
  }
}

async function readFacts(client: DockerClient, signal: AbortSignal | undefined): Promise<EngineFacts> {
  await client.call('answer', probeDeadlineMs, (docker) => docker.ping(), signal)
  const [version, info] = await Promise.all([
    client.call('tell its version', probeDeadlineMs, (docker) => docker.version(), signal),
    client.call('describe itself', probeDeadlineMs, (docker) => docker.info() as Promise<unknown>, signal),
  ])
  const parsed = { version: VersionJson.parse(version), info: InfoJson.parse(info) }
  return { ...parsed, podman: isPodman(parsed.version) ? await readPodman(client, signal) : null }
}

function probeFailure(error: unknown): Probe {
  const cause = error instanceof DepinError ? error.cause : error
  const code = (cause as { code?: unknown } | null | undefined)?.code
  if (code === 'ENOENT' || code === 'ENOTSOCK' || code === 'ENOTDIR') return { state: 'absent', reason: 'there is none' }
  if (code === 'EACCES' || code === 'EPERM') return { state: 'forbidden', reason: 'you may not use it' }
  if (code === 'ECONNREFUSED') return { state: 'silent', reason: 'refuses connections' }
  if (cause instanceof DeadlineError) return { state: 'hung', reason: 'does not answer' }
  return { state: 'unfit', reason: error instanceof Error ? error.message : String(error) }
}

async function connectionOf(client: DockerClient, facts: EngineFacts, deps: BaseDeps, diskOptions: DiskOptions | null): Promise<EngineConnection> {
  const seen = statusOfFacts(facts, client.endpoint, facts.podman === null ? [] : await podmanDoubts())
  const yielding = await prepareYielding({
    kind: seen.kind === 'podman' ? 'podman' : 'docker', rootless: seen.rootless, isLocal: localRootDir(facts) !== null,
    driver: facts.info.CgroupDriver ?? 'none', version: facts.info.CgroupVersion ?? '1',
  })
  const isNative = client.endpoint.kind === 'socket' && localRootDir(facts) !== null && !seen.rootless
  const context = {
    ...deps, client, status: seen, traits: { ...traitsOf(facts), yielding }, rootDir: localRootDir(facts),
    isNative,
    cores: seen.kind === 'docker' && isNative ? Cores.of(facts.info.NCPU) : null,
    log: deps.log.child({ engine: seen.kind }), quotas: seen.kind === 'podman' ? new Quotas() : null, disks: measuredDisks('Nobody has looked.'),
  }
  const engine = await strongest(await withDisks(context, facts, diskOptions), facts, deps)
  return {
    engine,
    close: (reason) => client.close(reason),
    set onSilence(listener: () => void) { client.onSilence = listener },
  }
}

/** Guests' disks are kept by the strongest means that works here, and the status says which. */
async function withDisks(context: EngineContext & Pick<BaseDeps, 'rng'>, { info }: EngineFacts, options: DiskOptions | null): Promise<EngineContext> {
  if (options === null) return context
  const userNamespaces = (info.SecurityOptions ?? []).some((option) => option.startsWith('name=userns'))
  const disks = await chooseDisks({ ...context, userNamespaces, options })
  return { ...context, disks, status: { ...context.status, disk: disks.says } }
}

/** With its sandbox where that works, else without. */
async function strongest(context: EngineContext, facts: EngineFacts, deps: BaseDeps): Promise<ContainerEngine> {
  const engine = createDockerEngine(context)
  if (context.traits.runtime === null || await hasSandbox(engine, deps)) return engine
  deps.log.warn('the engine lists a sandbox that does not run', { runtime: context.traits.runtime })
  const status = withoutSandbox(context.status, levelOf(facts))
  return createDockerEngine({ ...context, status, traits: { ...context.traits, runtime: null } })
}

function statusOfFacts(facts: EngineFacts, endpoint: Endpoint, others: readonly string[]): Extract<EngineStatus, { state: 'ready' }> {
  const { version, info } = facts
  const doubts = [...doubtsOf(version), ...others]
  return {
    state: 'ready',
    kind: isPodman(version) ? 'podman' : 'docker',
    version: version.Version,
    socket: formatEndpoint(endpoint),
    os: info.OSType,
    arch: imageArch(info.Architecture),
    cpuMilli: info.NCPU * 1000,
    memoryMiB: Math.floor(info.MemTotal / 1024 ** 2),
    isolation: isolationOf(facts),
    containment: 'unproven',
    rootless: isRootless(facts),
    ...doubts.length > 0 && { doubts },
  }
}

function doubtsOf(version: EngineFacts['version']): string[] {
  const safety = judgeSafety(version)
  return safety.verdict === 'cannot-tell' ? safety.doubts : []
}

function isPodman(version: EngineFacts['version']): boolean {
  return (version.Components ?? []).some((component) => component.Name.startsWith('Podman'))
}

/** The strongest of what this engine has. */
export function isolationOf(facts: EngineFacts): IsolationLevel {
  return sandboxOf(facts) === null ? levelOf(facts) : 'sandbox'
}

function levelOf(facts: EngineFacts): IsolationLevel {
  return isRootless(facts) || (facts.info.SecurityOptions ?? []).some((option) => option.startsWith('name=userns')) ? 'userns' : 'container'
}

/** Podman has not said so in Docker's language before version 5. */
function isRootless({ info, podman }: EngineFacts): boolean {
  return podman?.host.security.rootless === true || (info.SecurityOptions ?? []).some((option) => option.startsWith('name=rootless'))
}

/** The name under which gVisor is known to the engine, if it is. */
function sandboxOf({ version, info }: Pick<EngineFacts, 'version' | 'info'>): string | null {
  // Podman lists every runtime it knows of, whether it is installed or not
  return !isPodman(version) && 'runsc' in (info.Runtimes ?? {}) ? 'runsc' : null
}

/** Docker 23 (API 1.42) and later know their own profile by name. */
export function traitsOf({ version, info }: Pick<EngineFacts, 'version' | 'info'>): EngineTraits {
  if (isPodman(version)) return { kind: 'podman', seccomp: 'implied', runtime: null }
  return { kind: 'docker', seccomp: atLeast(version.ApiVersion, '1.42') ? 'named' : 'implied', runtime: sandboxOf({ version, info }) }
}

/** Why strangers' containers may not run on this engine; null when they may. */
export function refusalOf(facts: EngineFacts): Extract<Probe, { state: 'unfit' | 'unsafe' }> | null {
  const unfit = unfitReason(facts)
  if (unfit !== null) return { state: 'unfit', reason: unfit }
  const safety = judgeSafety(facts.version)
  if (safety.verdict !== 'unsafe') return null
  return { state: 'unsafe', reason: safety.message, update: safety.update, cves: safety.cves, version: facts.version.Version }
}

function unfitReason({ version, info, podman }: EngineFacts): string | null {
  if (info.OSType !== 'linux') return `runs ${info.OSType} containers; switch it to Linux containers`
  const seccomp = (info.SecurityOptions ?? []).find((option) => option.startsWith('name=seccomp'))
  if (seccomp === undefined) return 'has no seccomp, so its containers cannot be confined'
  // an engine that knows its own profile by name is told to use it, whatever it is configured to do
  if (traitsOf({ version, info }).seccomp === 'implied' && seccomp.includes('profile=unconfined')) {
    return 'is configured to run containers without a seccomp profile; remove seccomp-profile from its configuration'
  }
  // what an engine cannot limit it leaves out with a warning, or without a word
  const missing = podman === null ? limitsOf.filter(([limit]) => info[limit] === false).map(([, name]) => name) : missingControllers(podman)
  if (missing.length > 0) return `cannot limit what its containers take (${missing.join(', ')}); without root it can on systems with cgroup v2 that delegate these controllers to you`
  return null
}

/** Images and volumes are under this path of this machine, unless the engine lives in a virtual machine. */
function localRootDir({ info, version }: EngineFacts): string | null {
  if (process.platform !== 'linux' || `${info.OperatingSystem ?? ''} ${version.Platform?.Name ?? ''}`.includes('Docker Desktop')) return null
  return info.DockerRootDir ?? null
}

function atLeast(version: string, minimum: string): boolean {
  const have = version.split('.').map(Number)
  for (const [index, need] of minimum.split('.').map(Number).entries()) {
    const part = have[index] ?? 0
    if (part !== need) return part > need
  }
  return true
}
