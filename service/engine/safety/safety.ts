import { type Component, componentNames, type KnownEscape, knownEscapes } from './known-escapes.ts'
import { holdsRepair, parseVersion } from './version.ts'

/** What an engine tells of its parts at `/version`. */
export interface EngineVersions {
  Version: string
  Platform?: { Name: string } | null | undefined
  Components?: readonly { Name: string, Version?: string | null | undefined, Details?: Readonly<Record<string, string>> | null | undefined }[] | null | undefined
}

export interface Part {
  component: Component
  /** As it is written. */
  version: string
  /** Of its makers' own build: its number tells what it holds. Others may hold repairs that the number does not tell. */
  isUpstream: boolean
}

export type Safety =
  | { verdict: 'safe' }
  /** A distribution's build, older by its number than the repair: it may hold it all the same. */
  | { verdict: 'cannot-tell', doubts: string[] }
  | { verdict: 'unsafe', message: string, update: string, cves: string[] }

/** Whether strangers' containers could get out of this engine by a way that is known. */
export function judgeSafety(versions: EngineVersions, escapes: readonly KnownEscape[] = knownEscapes): Safety {
  const findings = partsOf(versions).flatMap((part) => escapes
    .filter((escape) => escape.component === part.component && isOpen(part, escape))
    .map((escape) => ({ part, escape })))
  const certain = findings.filter(({ part }) => part.isUpstream)
  const worst = certain[0]
  if (worst !== undefined) {
    const cves = certain.filter(({ part }) => part.component === worst.part.component).map(({ escape }) => escape.cve)
    return { verdict: 'unsafe', message: sentence(worst.part, worst.escape), update: updateFor(worst.part.component, certain.map(({ escape }) => escape)), cves }
  }
  if (findings.length === 0) return { verdict: 'safe' }
  return { verdict: 'cannot-tell', doubts: doubtsOf(findings) }
}

/** Docker, Docker Desktop and Podman name their parts each in their own way. */
export function partsOf({ Version, Platform, Components }: EngineVersions): Part[] {
  const platform = Platform?.Name ?? ''
  const desktop = /Docker Desktop (\d+(?:\.\d+)*)/.exec(platform)?.[1]
  const byMakers = desktop !== undefined || platform.includes('Docker Engine - Community')
  const parts = (Components ?? []).flatMap((part): Part[] => {
    const component = componentOf(part.Name)
    const version = fullest(part.Version ?? '', part.Details?.['GitCommit'] ?? '')
    if (component === null || parseVersion(version) === null) return []
    return [{ component, version, isUpstream: isUpstream(version, part.Details?.['GitCommit'] ?? '', byMakers) }]
  })
  if (!parts.some(({ component }) => component === 'docker' || component === 'podman')) parts.push({ component: 'docker', version: Version, isUpstream: byMakers })
  return desktop === undefined ? parts : [{ component: 'docker-desktop', version: desktop, isUpstream: true }, ...parts]
}

function componentOf(name: string): Component | null {
  const runtime = /^OCI Runtime \((\w+)\)/.exec(name)?.[1] ?? name
  switch (runtime) {
    case 'Engine': return 'docker'
    case 'Podman Engine': return 'podman'
    case 'containerd': case 'runc': case 'crun': return runtime
    case 'runsc': return 'gvisor'
    default: return null
  }
}

/** Debian's packages write their whole version where others write a commit. */
function fullest(version: string, commit: string): string {
  const first = (version.split('\n')[0] ?? '').replace(/^\w+ version /, '')
  return commit.startsWith(first) && first !== '' ? commit : first
}

function isUpstream(version: string, commit: string, byMakers: boolean): boolean {
  if (parseVersion(version)?.isDistribution !== false) return false
  return byMakers || /^v\d+\.\d+\.\d+\S*-g[0-9a-f]{7,}$/.test(commit)
}

function isOpen({ version, component }: Part, { fixedIn, repaired = [] }: KnownEscape): boolean {
  // dates and release numbers do not compare
  const parsed = parseVersion(component === 'gvisor' ? version.replace(/^.*?(\d{8})/, '$1') : version)
  if (parsed === null || holdsRepair(parsed, fixedIn)) return false
  return !repaired.some(({ build, leastRevision }) => version.startsWith(build) && Number.parseInt(version.slice(build.length), 10) >= leastRevision)
}

function sentence({ component, version }: Part, { can, cve }: KnownEscape): string {
  return `${componentNames[component]} ${version} has a known hole: a guest could ${can} (${cve}).`
}

function updateFor(component: Component, escapes: readonly KnownEscape[]): string {
  const fixes = escapes.filter((escape) => escape.component === component).map(({ fixedIn }) => fixedIn)
  const last = fixes.map((each) => each.filter((fix) => !fix.includes('rc')).at(-1) ?? each[0]).toSorted().at(-1) ?? ''
  const bringer = { runc: ' (with Docker’s own packages, it comes with containerd.io)', crun: '', 'docker-desktop': '', docker: '', containerd: '', podman: '', gvisor: '' }[component]
  return `Update ${componentNames[component]} to ${last} or later${bringer}.`
}

function doubtsOf(findings: readonly { part: Part, escape: KnownEscape }[]): string[] {
  return [...Map.groupBy(findings, ({ part }) => part)].map(([{ component, version }, each]) =>
    `${componentNames[component]} ${version} is your system's own build; whether it holds the repair of ${each.map(({ escape }) => escape.cve).join(', ')} cannot be told from its version.`)
}
