/**
 * Ways out of a container that are public, and the versions that closed them. A new one is a row here.
 *
 * Only what a guest could use: flaws in building images or in host networking that we never ask for, and those that
 * merely crash or slow an engine, are left out.
 */
export type Component = 'docker-desktop' | 'docker' | 'containerd' | 'runc' | 'podman' | 'crun' | 'gvisor'

export interface KnownEscape {
  component: Component
  cve: string
  /** The first safe version of each release line that was repaired; older lines never were. */
  fixedIn: readonly [string, ...string[]]
  /** What a guest could do, to follow “whose containers can”. */
  can: string
  /** Distributions repair old versions in place: their packages that are known to hold the repair. */
  repaired?: readonly { build: string, leastRevision: number }[]
}

export const componentNames: Record<Component, string> = {
  'docker-desktop': 'Docker Desktop', docker: 'Docker', containerd: 'containerd', runc: 'runc', podman: 'Podman', crun: 'crun', gvisor: 'gVisor',
}

export const knownEscapes: readonly KnownEscape[] = [
  { component: 'docker-desktop', cve: 'CVE-2025-9074', fixedIn: ['4.44.3'], can: 'reach its control interface' },
  { component: 'docker', cve: 'CVE-2019-14271', fixedIn: ['18.09.9', '19.03.1'], can: 'run code as root when files are copied' },
  {
    component: 'runc', cve: 'CVE-2024-21626', fixedIn: ['1.1.12'], can: 'reach this computer’s files through a leaked descriptor',
    repaired: [
      { build: '1.1.5+ds1-1+deb12u', leastRevision: 1 },
      { build: '1.0.0~rc93+ds1-5+deb11u', leastRevision: 3 },
    ],
  },
  { component: 'runc', cve: 'CVE-2025-31133', fixedIn: ['1.2.8', '1.3.3', '1.4.0-rc.3'], can: 'write to this computer’s kernel settings through masked paths' },
  { component: 'runc', cve: 'CVE-2025-52565', fixedIn: ['1.2.8', '1.3.3', '1.4.0-rc.3'], can: 'write to this computer’s kernel settings through the console' },
  { component: 'runc', cve: 'CVE-2025-52881', fixedIn: ['1.2.8', '1.3.3', '1.4.0-rc.3'], can: 'redirect writes to this computer’s kernel settings' },
  { component: 'containerd', cve: 'CVE-2020-15257', fixedIn: ['1.3.9', '1.4.3'], can: 'speak to the engine’s own helper' },
  { component: 'podman', cve: 'CVE-2019-10152', fixedIn: ['1.4.0'], can: 'reach this computer’s files when files are copied' },
  { component: 'crun', cve: 'CVE-2019-18837', fixedIn: ['0.10.5'], can: 'reach this computer’s files through a crafted image' },
  { component: 'gvisor', cve: 'CVE-2018-19333', fixedIn: ['20180823'], can: 'reach the memory of its kernel' },
]
