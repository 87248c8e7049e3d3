import type { MachineSummary } from '../../../contract/nouns/engine-setup.ts'
import { imageArch } from '../../engine/index.ts'
import { answerTo, type Recorded, windowsVirtualisation, windowsWsl } from './recorded.ts'

/** How an administrator's consent is had here. */
export type Consent = 'root' | 'pkexec' | 'sudo' | 'osascript' | 'uac'

/** What a machine is, as far as getting an engine goes. */
export interface MachineFacts {
  platform: 'linux' | 'darwin' | 'win32' | 'other'
  summary: MachineSummary
  /** As images name it: amd64, arm64. */
  arch: string
  /** The distribution, then those it is like. Empty elsewhere. */
  family: readonly string[]
  /** Of the distribution it descends from where that is known, of macOS, or Windows' build: numbers with points between. */
  version: string
  user: string
  uid: number
  isRoot: boolean
  init: 'systemd' | 'openrc' | 'none'
  /** The user's own services can be started. */
  hasUserSession: boolean
  /** What sets it apart: `wsl1`, `container` (without the right to make others), `image-based`, `declared`. */
  traits: readonly ('wsl1' | 'container' | 'image-based' | 'declared')[]
  /** Where an engine needs a virtual machine. */
  virtualisation: 'on' | 'off' | 'unknown'
  wsl: 'ready' | 'off' | null
  programs: ReadonlySet<string>
  paths: ReadonlySet<string>
  /** Null: nobody can be asked here. */
  consent: Consent | null
  cores: number
  memoryMiB: number
  freeDiskMiB: number
}

export function factsFrom(recorded: Recorded): MachineFacts {
  const { platform, uid, user, cores, memoryMiB, freeDiskMiB } = recorded
  const system = systemOf(recorded)
  const arch = imageArch(recorded.arch)
  return {
    ...system,
    platform: platform === 'linux' || platform === 'darwin' || platform === 'win32' ? platform : 'other',
    summary: { platform, name: system.name, arch },
    arch,
    user,
    uid: uid ?? 0,
    isRoot: uid === 0,
    programs: new Set(recorded.programs),
    paths: new Set(recorded.paths),
    consent: consentOf(recorded),
    cores, memoryMiB, freeDiskMiB,
  }
}

type System = Pick<MachineFacts, 'family' | 'version' | 'init' | 'hasUserSession' | 'traits' | 'virtualisation' | 'wsl'> & { name: string }

const elsewhere: Omit<System, 'name' | 'version'> = { family: [], init: 'none', hasUserSession: false, traits: [], virtualisation: 'unknown', wsl: null }

function systemOf(recorded: Recorded): System {
  switch (recorded.platform) {
    case 'linux': return linuxSystem(recorded)
    case 'darwin': return macSystem(recorded)
    case 'win32': return windowsSystem(recorded)
    default: return { ...elsewhere, name: recorded.platform, version: recorded.release }
  }
}

function linuxSystem(recorded: Recorded): System {
  const { files, paths, uid } = recorded
  const release = parseOsRelease(files['/etc/os-release'] ?? '')
  const has = (path: string): boolean => paths.includes(path)
  const init = has('/run/systemd/system') ? 'systemd' : has('/run/openrc') ? 'openrc' : 'none'
  const traits: System['traits'] = [
    ...isWsl1(files['/proc/version'] ?? '') ? ['wsl1' as const] : [],
    ...isContainer(recorded) && !mayMakeContainers(files['/proc/self/status'] ?? '') ? ['container' as const] : [],
    ...has('/run/ostree-booted') || /\bmicroos\b/.test(release['ID_LIKE'] ?? '') ? ['image-based' as const] : [],
    ...has('/etc/NIXOS') || release['ID'] === 'nixos' ? ['declared' as const] : [],
  ]
  return {
    ...elsewhere,
    name: release['PRETTY_NAME'] ?? release['NAME'] ?? 'Linux',
    family: [release['ID'] ?? '', ...(release['ID_LIKE'] ?? '').split(' ')].filter((id) => id !== ''),
    version: ubuntuVersions[release['UBUNTU_CODENAME'] ?? ''] ?? debianVersions[release['DEBIAN_CODENAME'] ?? ''] ?? release['VERSION_ID'] ?? '',
    init,
    hasUserSession: init === 'systemd' && uid !== 0 && has(`/run/user/${uid ?? 0}/systemd/private`),
    traits,
  }
}

/** Mint and others count in numbers of their own, and name what they are made of. */
const ubuntuVersions: Readonly<Record<string, string>> = { focal: '20.04', jammy: '22.04', noble: '24.04', plucky: '25.04', questing: '25.10' }
const debianVersions: Readonly<Record<string, string>> = { bullseye: '11', bookworm: '12', trixie: '13' }

/** os-release(5): shell assignments of plain or quoted words. */
export function parseOsRelease(text: string): Record<string, string> {
  const fields = [...text.matchAll(/^([A-Z0-9_]+)=(?:"([^"\n]*)"|'([^'\n]*)'|([^\n]*))$/gm)]
  return Object.fromEntries(fields.map(([, name = '', double, single, bare]) => [name, double ?? single ?? bare ?? '']))
}

/** WSL 1 has no Linux kernel of its own: its version names Microsoft, and never WSL2. */
function isWsl1(version: string): boolean {
  return /microsoft/i.test(version) && !/WSL2|microsoft-standard/i.test(version)
}

function isContainer({ paths, env }: Recorded): boolean {
  return paths.includes('/.dockerenv') || paths.includes('/run/.containerenv') || (env['container'] ?? '') !== ''
}

const sysAdminBit = 21n

function mayMakeContainers(status: string): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1]
  return effective !== undefined && (BigInt(`0x${effective}`) >> sysAdminBit & 1n) === 1n
}

function macSystem(recorded: Recorded): System {
  const version = answerTo(recorded, ['sw_vers', '-productVersion'])?.stdout.trim() ?? ''
  const support = answerTo(recorded, ['sysctl', '-n', 'kern.hv_support'])?.stdout.trim()
  return { ...elsewhere, name: `macOS ${version}`, version, virtualisation: support === '1' ? 'on' : support === '0' ? 'off' : 'unknown' }
}

function windowsSystem(recorded: Recorded): System {
  const build = recorded.release.split('.')[2] ?? ''
  const [hypervisor = '', firmware = ''] = (answerTo(recorded, windowsVirtualisation)?.stdout ?? '').trim().split(' ')
  return {
    ...elsewhere,
    // Windows 11 still calls itself 10.0
    name: `Windows ${Number(build) >= 22_000 ? 11 : 10}, build ${build}`,
    version: build,
    // once a hypervisor runs, the firmware's switch is no longer told
    virtualisation: hypervisor === 'True' || firmware === 'True' ? 'on' : firmware === 'False' ? 'off' : 'unknown',
    wsl: answerTo(recorded, windowsWsl)?.exitCode === 0 ? 'ready' : 'off',
  }
}

function consentOf({ platform, uid, env, programs, hasTerminal }: Recorded): Consent | null {
  if (uid === 0) return 'root'
  const hasScreen = (env['DISPLAY'] ?? env['WAYLAND_DISPLAY'] ?? '') !== ''
  switch (platform) {
    case 'linux':
      if (hasTerminal && programs.includes('sudo')) return 'sudo'
      return hasScreen && programs.includes('pkexec') ? 'pkexec' : null
    case 'darwin': return (env['SSH_CONNECTION'] ?? '') === '' ? 'osascript' : null
    case 'win32': return (env['SSH_CONNECTION'] ?? '') === '' ? 'uac' : null
    default: return null
  }
}
