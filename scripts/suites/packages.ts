import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findChromium } from './chromium.ts'
import { run } from './tool.ts'

/**
 * Programs of the system that tests use: an engine, a browser, and the static busybox that test images are made of; and
 * the ssh that benchmarks compare with.
 * Installed where that is ours to do; elsewhere the one command that does it is told.
 */
export type Need = 'engine' | 'busybox' | 'chromium' | 'ssh' | 'squashfs'

export interface System {
  platform: NodeJS.Platform
  isRoot: boolean
  /** `ID` and `ID_LIKE` of os-release: `ubuntu debian`. */
  family: readonly string[]
}

export interface Recipe {
  /** Run in this order. */
  commands: string[][]
  /** Whether we run them ourselves. */
  ours: boolean
}

type Manager = Record<Need, readonly string[]> & { install: readonly string[] }
const managers = {
  debian: { install: ['apt-get', 'install', '-y', '--no-install-recommends'], engine: ['docker.io', 'iptables', 'iproute2'], busybox: ['busybox-static'], chromium: ['chromium'], ssh: ['openssh-server', 'openssh-client'], squashfs: ['squashfs-tools'] },
  fedora: { install: ['dnf', 'install', '-y'], engine: ['moby-engine', 'iptables', 'iproute'], busybox: ['busybox'], chromium: ['chromium'], ssh: ['openssh-server', 'openssh-clients'], squashfs: ['squashfs-tools'] },
  arch: { install: ['pacman', '-S', '--needed'], engine: ['docker', 'iptables', 'iproute2'], busybox: ['busybox'], chromium: ['chromium'], ssh: ['openssh'], squashfs: ['squashfs-tools'] },
  darwin: { install: ['brew', 'install'], engine: ['docker', 'colima'], busybox: [], chromium: ['google-chrome'], ssh: [], squashfs: ['squashfs'] },
  win32: { install: ['winget', 'install'], engine: ['Docker.DockerDesktop'], busybox: [], chromium: ['Google.Chrome'], ssh: ['Microsoft.OpenSSH.Preview'], squashfs: [] },
} as const satisfies Record<string, Manager>

/**
 * What to run on this system so that nothing is missing.
 * @returns undefined where we know of nothing
 */
export function recipeFor(missing: readonly Need[], { platform, isRoot, family }: System): Recipe | undefined {
  const name = platform === 'linux' ? family.find((id) => id in managers) : platform
  const manager = Object.entries(managers).find(([each]) => each === name)?.[1]
  if (manager === undefined) return undefined

  // Ubuntu's chromium is a snap, which asks more of a machine than many have: Playwright brings its own there.
  const ownBrowser = family.includes('ubuntu') && missing.includes('chromium')
  const packages = missing.filter((need) => !(ownBrowser && need === 'chromium')).flatMap((need) => manager[need])
  const sudo = platform === 'linux' && !isRoot ? ['sudo'] : []
  const commands: string[][] = []
  if (packages.length > 0) {
    if (name === 'debian') commands.push([...sudo, 'apt-get', 'update'])
    commands.push([...sudo, ...manager.install, ...packages])
  }
  if (ownBrowser) commands.push(['npx', 'playwright', 'install', '--with-deps', 'chromium'])
  if (platform === 'darwin' && missing.includes('engine')) commands.push(['colima', 'start'])
  return { commands, ours: name === 'debian' && isRoot }
}

/** The recipe as one line for a shell. */
export function asOneCommand({ commands }: Recipe): string {
  return commands.map((command) => command.join(' ')).join(' && ')
}

export function thisSystem(): System {
  return { platform: process.platform, isRoot: process.getuid?.() === 0, family: readFamily() }
}

function readFamily(): string[] {
  if (!existsSync('/etc/os-release')) return []
  const values = readFileSync('/etc/os-release', 'utf8').matchAll(/^ID(?:_LIKE)?=(.*)$/gm)
  return [...values].flatMap(([, value = '']) => value.replaceAll('"', '').split(' '))
}

/** What this machine lacks. An engine that answers needs no packages. */
export function findMissing(needs: readonly Need[], engineAnswers: boolean): Need[] {
  const has: Record<Need, () => boolean> = {
    engine: () => engineAnswers || (process.platform === 'linux' && ['dockerd', 'iptables', 'ip'].every(isOnPath)),
    busybox: () => process.platform !== 'linux' || ['/bin/busybox', '/usr/bin/busybox'].some(isStatic),
    chromium: () => findChromium() !== undefined || hasPlaywrightsOwn(),
    ssh: () => ['ssh', 'sshd', 'ssh-keygen'].every(isOnPath),
    squashfs: () => isOnPath('mksquashfs'),
  }
  return needs.filter((need) => !has[need]())
}

function isOnPath(program: string): boolean {
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** A program that needs no loader runs in an empty image. */
function isStatic(path: string): boolean {
  return existsSync(path) && !/\/ld-(linux|musl)/.test(readFileSync(path, 'latin1'))
}

function hasPlaywrightsOwn(): boolean {
  const script = 'import { chromium } from \'@playwright/test\'; process.stdout.write(chromium.executablePath())'
  const path = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  return existsSync(path)
}

const pausesMs = [5_000, 20_000]

/** Package mirrors fail now and then: each command is tried three times. */
export async function follow({ commands }: Recipe, signal: AbortSignal): Promise<boolean> {
  for (const [program = '', ...args] of commands) {
    const options = program === 'apt-get' ? ['-q', '-o', 'Acquire::Retries=3', '-o', 'DPkg::Lock::Timeout=300'] : []
    if (!await succeeds([program, ...options, ...args], signal)) return false
  }
  return true
}

async function succeeds(command: string[], signal: AbortSignal): Promise<boolean> {
  for (const pauseMs of [...pausesMs, undefined]) {
    console.log(`$ ${command.join(' ')}`)
    const { status, output } = await run(command, { signal, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, show: 'captured' })
    if (status === 0) return true
    console.log(output.trimEnd())
    if (pauseMs !== undefined) await sleep(pauseMs, undefined, { signal })
  }
  return false
}
