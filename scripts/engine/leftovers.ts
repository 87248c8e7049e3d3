import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AddressPool, contains } from './addresses.ts'
import { releaseCgroups } from './cgroups.ts'
import { callEngine } from './find.ts'
import { planCleanup } from './firewall.ts'

/** All that has to be known to end an engine of ours and to remove its traces, also for the run after one that was killed. */
export interface OwnEngine {
  pid: number
  /** Its data, its socket and its log. */
  folder: string
  address: string
  bridge: string
  pool: AddressPool
  mountedCgroups: boolean
  /** `/proc/sys/net/ipv4/ip_forward` as it was. */
  forwarding: string
  /** What `iptables-save` printed before it started, by program. */
  firewall: Record<string, string>
}

const forwardingPath = '/proc/sys/net/ipv4/ip_forward'
const stopMs = 30_000
const pollMs = 100

export function saveFirewall(path: string | undefined): Record<string, string> {
  const programs = ['iptables', 'ip6tables']
  return Object.fromEntries(programs.map((program) => [program, output(`${program}-save`, [], path)]))
}

export function readForwarding(): string {
  return readFileSync(forwardingPath, 'utf8').trim()
}

/** Ends the engine with everything it runs, and puts the machine's network and mounts back. Does what it can. */
export async function removeEngine(engine: OwnEngine): Promise<void> {
  if (isRunning(engine)) await removeNetworks(engine.address)
  await end(engine)
  restoreNetwork(engine)
  for (const mount of mountsBelow(readFileSync('/proc/mounts', 'utf8'), engine.folder)) spawnSync('umount', ['-l', mount])
  if (engine.mountedCgroups) releaseCgroups()
  rmSync(engine.folder, { recursive: true, force: true })
}

/** The pid may long be somebody else's. */
function isRunning({ pid, folder }: OwnEngine): boolean {
  return names(pid, folder)
}

/** While the engine runs it takes its networks' rules and interfaces away itself. */
async function removeNetworks(address: string): Promise<void> {
  try {
    const containers = JSON.parse(await callEngine(address, 'GET', '/containers/json?all=1')) as { Id: string }[]
    for (const { Id } of containers) await callEngine(address, 'DELETE', `/containers/${Id}?force=1&v=1`, stopMs)
    const networks = JSON.parse(await callEngine(address, 'GET', '/networks')) as { Id: string, Name: string }[]
    for (const { Id } of networks.filter(({ Name }) => !['bridge', 'host', 'none'].includes(Name))) await callEngine(address, 'DELETE', `/networks/${Id}`)
  } catch {
    // An engine that hangs is ended all the same.
  }
}

async function end(engine: OwnEngine): Promise<void> {
  if (isRunning(engine)) process.kill(engine.pid, 'SIGTERM')
  const deadlineMs = performance.now() + stopMs
  while (isRunning(engine) && performance.now() < deadlineMs) await sleep(pollMs)
  // Itself when it hangs, and its helpers when it crashed.
  for (const pid of processesOf(engine.folder)) process.kill(pid, 'SIGKILL')
}

/** Whose command line names the folder. */
function processesOf(folder: string): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => names(pid, folder))
}

function names(pid: number, folder: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
  } catch {
    return false
  }
}

function restoreNetwork({ bridge, pool, forwarding, firewall, folder }: OwnEngine): void {
  const isOurs = (word: string) => word === bridge || /^br-[0-9a-f]{12}$/.test(word) || contains(pool, word)
  const path = firewallPath(folder)
  // Node itself does not list interfaces that are down, as a bridge without containers is.
  const interfaces = JSON.parse(output('ip', ['-json', 'address'], path) || '[]') as { ifname: string, addr_info: { local?: string }[] }[]
  for (const { ifname, addr_info: addresses } of interfaces) {
    if (ifname === bridge || addresses.some(({ local }) => local !== undefined && contains(pool, local))) spawnSync('ip', ['link', 'delete', ifname], { env: withPath(path) })
  }
  for (const [program, before] of Object.entries(firewall)) {
    for (const args of planCleanup(before, output(`${program}-save`, [], path), isOurs)) spawnSync(program, args, { env: withPath(path) })
  }
  if (readForwarding() !== forwarding) writeFileSync(forwardingPath, forwarding)
}

/** A folder of links that makes `iptables` the legacy one, when the engine was started so. */
export function firewallPath(folder: string): string | undefined {
  return existsSync(`${folder}/bin`) ? `${folder}/bin` : undefined
}

export function withPath(folder: string | undefined): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${folder === undefined ? '' : `${folder}:`}${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }
}

/** Mount points in a folder, the innermost first. */
export function mountsBelow(table: string, folder: string): string[] {
  const points = table.split('\n').map((line) => line.split(' ')[1] ?? '')
  return points.filter((point) => point.startsWith(`${folder}/`)).reverse()
}

function output(program: string, args: readonly string[], path: string | undefined): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', env: withPath(path), stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return ''
  }
}
