/** What we ask a machine, and its answers as they came. Everything else is made from this, purely. */
export interface Questions {
  /** Small files whose text matters. */
  files: readonly string[]
  /** Files, folders and sockets whose presence matters. `~` is the user's home. */
  paths: readonly string[]
  /** Programs looked for where programs are. */
  programs: readonly string[]
  commands: readonly (readonly [string, ...string[]])[]
  env: readonly string[]
}

export interface Recorded {
  platform: NodeJS.Platform
  /** As Node names it: x64, arm64. */
  arch: string
  /** Of the kernel: `6.1.0-28-amd64`, `24.1.0`, `10.0.26100`. */
  release: string
  /** Null where there is none. */
  uid: number | null
  user: string
  home: string
  cores: number
  memoryMiB: number
  freeDiskMiB: number
  /** Somebody sits at a terminal and can be asked for a password there. */
  hasTerminal: boolean
  env: Readonly<Record<string, string>>
  files: Readonly<Record<string, string>>
  paths: readonly string[]
  programs: readonly string[]
  /** By the command's words with spaces between. Absent: there is no such command. */
  answers: Readonly<Record<string, { exitCode: number, stdout: string }>>
}

const engines = ['docker', 'dockerd', 'podman', 'colima', 'orb', 'rdctl'] as const

/** Both are asked in one go: each start of PowerShell takes a second. */
export const windowsVirtualisation = [
  'powershell.exe', '-NoProfile', '-NonInteractive', '-Command',
  '"$((Get-CimInstance Win32_ComputerSystem).HypervisorPresent) $((Get-CimInstance Win32_Processor | Select-Object -First 1).VirtualizationFirmwareEnabled)"',
] as const
export const windowsWsl = ['wsl.exe', '--status'] as const

const nothing: Questions = { files: [], paths: [], programs: [], commands: [], env: [] }

export function questionsFor(platform: NodeJS.Platform, uid: number | null): Questions {
  switch (platform) {
    case 'linux': return {
      files: ['/etc/os-release', '/proc/version', '/proc/1/comm', '/proc/self/status', '/etc/subuid'],
      paths: [
        '/run/systemd/system', '/run/ostree-booted', '/etc/NIXOS', '/.dockerenv', '/run/.containerenv', '/opt/docker-desktop',
        `/run/user/${uid ?? 0}/systemd/private`, '/run/openrc',
      ],
      programs: [...engines, 'apt-get', 'dnf', 'pacman', 'zypper', 'pkexec', 'sudo', 'setfacl'],
      commands: [],
      env: ['DISPLAY', 'WAYLAND_DISPLAY', 'container'],
    }
    case 'darwin': return {
      ...nothing,
      paths: ['/Applications/Docker.app', '/Applications/OrbStack.app', '/Applications/Rancher Desktop.app'],
      programs: [...engines, 'brew'],
      commands: [['sw_vers', '-productVersion'], ['sysctl', '-n', 'kern.hv_support']],
      env: ['SSH_CONNECTION'],
    }
    case 'win32': return {
      ...nothing,
      paths: ['C:\\Program Files\\Docker\\Docker\\Docker Desktop.exe', 'C:\\Program Files\\Rancher Desktop\\Rancher Desktop.exe'],
      programs: [...engines, 'winget'],
      commands: [windowsVirtualisation, windowsWsl],
      env: ['SSH_CONNECTION'],
    }
    default: return nothing
  }
}

export function answerTo({ answers }: Recorded, command: readonly string[]): { exitCode: number, stdout: string } | null {
  return answers[command.join(' ')] ?? null
}
