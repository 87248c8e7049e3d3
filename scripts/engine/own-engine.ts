import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from '../setup/root.mjs'
import { choosePool, routedRanges } from './addresses.ts'
import { type Attempt, nextAttempt, plainly } from './attempts.ts'
import { prepareCgroups } from './cgroups.ts'
import { answers } from './find.ts'
import { firewallPath, type OwnEngine, readForwarding, removeEngine, saveFirewall, withPath } from './leftovers.ts'

/** Remembers the engine of this checkout, so that one whose test run was killed is found and removed by the next. */
const recordPath = join(root, '.cache/test-engine.json')
const startMs = 60_000
const pollMs = 50

/** Removes what a killed run left. */
export async function removeAbandonedEngine(): Promise<void> {
  if (!existsSync(recordPath)) return
  await removeEngine(JSON.parse(readFileSync(recordPath, 'utf8')) as OwnEngine)
  rmSync(recordPath, { force: true })
}

/**
 * Starts a Docker engine for this test run alone: its own data, socket, bridge and addresses. Needs root on Linux.
 * @returns where it listens, and what ends it and removes every trace
 */
export async function startOwnEngine(signal: AbortSignal): Promise<{ address: string, remove(): Promise<void> }> {
  try {
    let attempt: Attempt = plainly
    for (;;) {
      const engine = await tryToStart(attempt, signal)
      if (typeof engine !== 'string') return { address: engine.address, remove: removeAbandonedEngine }
      const next = nextAttempt(engine, attempt)
      if (next === undefined) throw new Error(`A Docker engine of our own does not start. It said:\n${engine.trimEnd()}`)
      attempt = next
    }
  } catch (error) {
    await removeAbandonedEngine()
    throw error
  }
}

/** @returns the engine, or its log when it ended or did not answer */
async function tryToStart(attempt: Attempt, signal: AbortSignal): Promise<OwnEngine | string> {
  const { engine, child, logPath } = launch(attempt)
  const deadlineMs = performance.now() + startMs
  while (child.exitCode === null && child.signalCode === null && performance.now() < deadlineMs && !signal.aborted) {
    if (await answers(engine.address)) return engine
    await sleep(pollMs)
  }
  const log = readFileSync(logPath, 'utf8')
  await removeAbandonedEngine()
  signal.throwIfAborted()
  return log
}

function launch(attempt: Attempt): { engine: OwnEngine, child: ChildProcess, logPath: string } {
  const pool = choosePool([...interfaceRanges(), ...routedRanges(readFileSync('/proc/net/route', 'utf8'))])
  if (pool === undefined) throw new Error('No private range of addresses is free for a Docker engine of our own.')
  // Not in the checkout: paths of sockets must stay within 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), 'depin-engine-'))
  if (attempt.legacyFirewall) linkLegacyFirewall(folder)
  const bridge = `depin${process.pid.toString(36)}`
  const engine: OwnEngine = {
    pid: 0, folder, bridge, pool, address: `unix://${folder}/docker.sock`,
    forwarding: readForwarding(), firewall: saveFirewall(firewallPath(folder)), mountedCgroups: prepareCgroups(),
  }
  remember(engine)
  for (const args of [['link', 'add', 'name', bridge, 'type', 'bridge'], ['address', 'add', pool.bridge, 'dev', bridge], ['link', 'set', bridge, 'up']]) {
    execFileSync('ip', args, { env: withPath(undefined), stdio: 'pipe' })
  }
  const logPath = join(folder, 'log')
  const log = openSync(logPath, 'a')
  const child = spawn('dockerd', daemonArgs(engine, attempt), { detached: true, stdio: ['ignore', log, log], env: withPath(firewallPath(folder)) })
  closeSync(log)
  // An engine that cannot be started at all shows as one that ended.
  child.once('error', (error) => writeFileSync(logPath, error.message, { flag: 'a' }))
  child.unref()
  engine.pid = child.pid ?? 0
  remember(engine)
  return { engine, child, logPath }
}

function daemonArgs({ folder, address, bridge, pool }: OwnEngine, { plainStorage }: Attempt): string[] {
  // The machine's own daemon.json is for the machine's own engine.
  const config = join(folder, 'daemon.json')
  writeFileSync(config, '{}')
  return [
    '--config-file', config, '--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid'),
    '--host', address, '--bridge', bridge, '--default-address-pool', `base=${pool.base},size=${pool.size}`,
    ...(plainStorage ? ['--storage-driver', 'vfs'] : []),
  ]
}

function remember(engine: OwnEngine): void {
  mkdirSync(join(root, '.cache'), { recursive: true })
  writeFileSync(recordPath, JSON.stringify(engine))
}

function linkLegacyFirewall(folder: string): void {
  mkdirSync(join(folder, 'bin'))
  for (const name of ['iptables', 'ip6tables']) {
    for (const suffix of ['', '-save', '-restore']) symlinkSync(`/usr/sbin/${name}-legacy${suffix}`, join(folder, 'bin', `${name}${suffix}`))
  }
}

function interfaceRanges(): string[] {
  return Object.values(networkInterfaces()).flat().flatMap((each) => each?.family === 'IPv4' && each.cidr !== null ? [each.cidr] : [])
}
