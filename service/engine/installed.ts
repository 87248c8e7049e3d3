/** Engines that are on this machine whether they run or not, told by a program or a folder of theirs. */
import type { EngineProduct } from '../../contract/nouns/engine-setup.ts'
import type { Surroundings } from './discovery.ts'

export const engineNames: Readonly<Record<EngineProduct, string>> = {
  docker: 'Docker', podman: 'Podman', 'docker-desktop': 'Docker Desktop', 'rancher-desktop': 'Rancher Desktop', colima: 'Colima', orbstack: 'OrbStack', unknown: 'An engine',
}

/** Where each is to be found, and what it takes to be started: an engine that nothing can start is none that has stopped. */
interface Trace {
  product: EngineProduct
  platform: NodeJS.Platform
  program?: string
  path?: string
  startedBy?: { program?: string, path?: string }
}

const traces: readonly Trace[] = [
  { product: 'docker', platform: 'linux', program: 'dockerd' },
  // it has no daemon of its own: systemd listens for it
  { product: 'podman', platform: 'linux', program: 'podman', startedBy: { path: '/run/systemd/system' } },
  { product: 'docker-desktop', platform: 'linux', path: '/opt/docker-desktop' },
  { product: 'docker-desktop', platform: 'darwin', path: '/Applications/Docker.app' },
  { product: 'orbstack', platform: 'darwin', path: '/Applications/OrbStack.app' },
  { product: 'colima', platform: 'darwin', program: 'colima' },
  { product: 'colima', platform: 'linux', program: 'colima' },
  { product: 'rancher-desktop', platform: 'darwin', path: '/Applications/Rancher Desktop.app' },
  { product: 'podman', platform: 'darwin', program: 'podman' },
  { product: 'docker-desktop', platform: 'win32', path: 'C:\\Program Files\\Docker\\Docker\\Docker Desktop.exe' },
  { product: 'rancher-desktop', platform: 'win32', path: 'C:\\Program Files\\Rancher Desktop\\Rancher Desktop.exe', startedBy: { program: 'rdctl' } },
  { product: 'podman', platform: 'win32', program: 'podman' },
]

/** What is there of a machine. */
export interface Presence {
  programs: ReadonlySet<string>
  paths: ReadonlySet<string>
}

export interface InstalledEngine {
  product: EngineProduct
  /** As its makers write it. */
  name: string
  /** The program or the folder that told of it. */
  foundBy: string
  canStart: boolean
}

export function installedEngines(platform: string, there: Presence): InstalledEngine[] {
  return traces.filter((trace) => trace.platform === platform && holds(trace, there)).map(({ product, program, path, startedBy }) => ({
    product, name: engineNames[product], foundBy: program ?? path ?? '', canStart: startedBy === undefined || holds(startedBy, there),
  }))
}

/** As one sentence, the same wherever it is told. */
export function installedSentence({ name }: Pick<InstalledEngine, 'name'>): string {
  return `${name} is installed and does not run.`
}

/** Looks for their traces on this machine: a few files, no command. */
export async function lookForInstalled(here: Pick<Surroundings, 'platform' | 'hasPath' | 'hasProgram'>): Promise<InstalledEngine[]> {
  const wanted = traces.filter(({ platform }) => platform === here.platform).flatMap(({ startedBy, ...trace }) => [trace, startedBy ?? {}])
  const [programs, paths] = await Promise.all([
    those(wanted.flatMap(({ program }) => program ?? []), here.hasProgram),
    those(wanted.flatMap(({ path }) => path ?? []), here.hasPath),
  ])
  return installedEngines(here.platform, { programs, paths })
}

function holds({ program, path }: Pick<Trace, 'program' | 'path'>, { programs, paths }: Presence): boolean {
  return (program === undefined || programs.has(program)) && (path === undefined || paths.has(path))
}

async function those(names: readonly string[], test: (name: string) => Promise<boolean>): Promise<ReadonlySet<string>> {
  const tested = await Promise.all(names.map(async (name) => await test(name) ? [name] : []))
  return new Set(tested.flat())
}
