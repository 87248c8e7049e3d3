/**
 * Apps that want to do harm, as a host gets them: through a lease, on a real engine. `npm run hostile` runs them, and those
 * of `service/abuse/abuse.engine.test.ts` that turn on the internet.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Replica } from '../contract/nouns/deployment.ts'
import type { Activity } from '../contract/nouns/node.ts'
import { createSystemClock, createSystemRng } from './base/index.ts'
import { createEngineHost } from './engine/index.ts'
import { silentLog } from './testing/deps.ts'
import { busyboxImage, makeTestImage, testDocker, testEngineSocket } from './testing/engine-images.ts'
import { bundleOf, Testnet, type TestNode } from './testing/testnet.ts'
import { until } from './testing/wait.ts'

const deps = { clock: createSystemClock(), rng: createSystemRng(), log: silentLog }
const mib = 1024 ** 2
const diskMiB = 32

interface Service { command: string, user?: string, depends_on?: Record<string, { condition: string }> }
/** `ends`: how its last line in the activity log goes on; null: it never ends by itself, and is ended by its renter, or by its host for `reason`. */
interface Hostile { services: Record<string, Service>, ends: RegExp | null, reason?: string }

/** Ends with 4 when every try was refused, and with 9 when one was not, which it names. */
const allRefused = (...tries: string[]): string => [
  'try() { if (eval "$1") >/dev/null 2>&1; then echo "BROKE: $1"; broken=1; fi; }', ...tries.map((each) => `try '${each}'`), 'test -z "$broken" || exit 9; exit 4',
].join('\n')
const one = (command: string, ends: Hostile['ends'] = /^app ended with code 4\.( It said last: .+)?$/): Hostile => ({ services: { app: { command } }, ends })

const hostile: Record<string, Hostile> = {
  'fork-bomb': one(`sh -c 'bomb() { bomb | bomb & bomb; }; bomb' 2>/dev/null & exec sleep 1d`, null),
  'memory-bomb': one('x=$(yes | head -c 500000000); echo survived', /^app (used more memory than it may|was killed .* for more memory than it may use)\.( It said last: .+)?$/),
  'disk-filler': one('dd if=/dev/zero of=/data/fill bs=1M; while dd if=/dev/zero of=/data/fill bs=4k count=256 oflag=append conv=notrunc; do :; done; exit 4'),
  'small-files': one('i=0; while mkdir -p /data/$i && for n in 0 1 2 3 4 5 6 7 8 9; do echo > /data/$i/$n || exit 4; done; do i=$((i+1)); done; exit 4'),
  // costs the guest next to nothing, and the engine a core
  'log-flooder': { ...one('while true; do yes "a line that says nothing"; done', null), reason: 'abuse-logs' },
  'processor-hog': one('for i in 1 2 3 4 5 6 7 8; do while true; do :; done & done; wait', null),
  'links-and-devices': one(allRefused(
    'mknod /data/disk b 8 0', 'mknod /tmp/mem c 1 1', 'test -e /dev/sda', 'test -e /dev/loop0', 'test -e /dev/kmsg && dd if=/dev/kmsg count=1',
    'ln -sf /proc/1/root/../../../../etc/shadow /data/link && cat /data/link', 'mount -t tmpfs none /mnt', 'mount --bind / /data', 'chroot /data /bin/sh', 'unshare -r true', 'test -e /var/run/docker.sock',
  )),
  'proc-and-sys': one(allRefused(
    'echo "|/bin/sh" > /proc/sys/kernel/core_pattern', 'echo b > /proc/sysrq-trigger', 'echo 1 > /proc/sys/vm/drop_caches', 'echo 0 > /proc/sys/kernel/randomize_va_space',
    'find /sys/fs/cgroup -name cpu.shares -o -name cpu.max -o -name memory.max | while read file; do echo max > $file && exit 0; done; exit 1', 'echo /x > /sys/kernel/uevent_helper', 'cat /proc/kcore | head -c 1 | grep -q .', 'echo -1000 > /proc/self/oom_score_adj',
  )),
  'raw-sockets': one(allRefused('arping -c 1 -w 1 -I eth0 127.0.0.1', 'traceroute -w 1 -m 1 1.1.1.1', 'ip link set lo down', 'ip addr add 11.0.0.1/32 dev eth0', 'ip link add x type dummy')),
  'clock-setter': one(allRefused('date -s 2001-01-01; date | grep -q 2001', 'hwclock -w', 'rdate -s 1.1.1.1', 'adjtimex -o 1')),
  // a volume that both mount: one makes a program of root's, the other runs it as somebody else
  'setuid': { services: {
    maker: { command: 'cp /bin/busybox /data/climb && chmod 4755 /data/climb' },
    climber: { user: 'app', depends_on: { maker: { condition: 'service_completed_successfully' } }, command: allRefused('/data/climb id -u | grep -qx 0', 'grep -q "^Uid:.*\\b0\\b" /proc/self/status', 'su -c true') },
  }, ends: /^climber ended with code 4\.( It said last: .+)?$/ },
}

describe('hostile apps on a real engine', () => {
  const docker = testDocker()
  let net: Testnet
  let host: TestNode
  let disks: string

  beforeAll(async () => {
    await makeTestImage(busyboxImage)
    disks = await mkdtemp(join(tmpdir(), 'depin-hostile-'))
    const engines = [disks, null].map((directory) => createEngineHost({ ...deps, choice: testEngineSocket(), disks: { directory, means: 'auto' } }))
    net = await Testnet.start({ nodes: 2, engines, share: { limits: { cpuMilli: 4000, memoryMiB: 4096, diskMiB: 2048 } } })
    host = net.nodes[0]!
    await until('the host is proven', () => {
      const status = host.node.engine.status()
      return status.state === 'ready' && status.containment === 'proven' && net.tenant.node.network.connectedPeers().length > 0
    }, 60_000)
    await deploy('neighbour', { services: { app: { command: 'while true; do sleep 1; done' } }, ends: null })
    await until('the neighbour runs', () => copy('neighbour').state === 'running', 60_000)
  })
  afterAll(async () => {
    await Promise.all(net.tenant.node.deployments.list().map(({ name }) => net.tenant.node.deployments.remove(name).catch(() => undefined)))
    await until('nothing is left', async () => (await host.node.engine.require().listPods(host.peerId)).length === 0, 60_000)
    await net[Symbol.asyncDispose]()
    await rm(disks, { recursive: true })
  })

  const copy = (name: string): Replica => net.tenant.node.deployments.get(name).replicas[0]!
  async function deploy(name: string, { services }: Hostile): Promise<void> {
    const all = Object.entries(services).map(([service, { command, ...more }]): [string, unknown] => [service, {
      image: busyboxImage.ref, init: true, command: ['/bin/sh', '-c', command.replaceAll('$', '$$$$')], cpus: 0.2, mem_limit: '48m', pids_limit: 64, restart: 'no',
      volumes: ['data:/data'], storage_opt: { size: `${diskMiB}m` }, ...more,
    }])
    await net.tenant.node.deployments.create(bundleOf(JSON.stringify({ services: Object.fromEntries(all), volumes: { data: {} } })), { name })
  }
  const ends = (leaseId: string): Activity['params'][] => host.node.activity.list(null, 500).filter(({ kind, params }) => kind === 'guest-ended' && params['leaseId'] === leaseId).map(({ params }) => params)

  /** What a job of the owner's gets done in its best of some short runs: others on this machine are no guests, and come and go. */
  function ownersSpeed(): number {
    let best = 0
    for (let run = 0; run < 12; run++) {
      const endMs = performance.now() + 100
      let rounds = 0
      for (; performance.now() < endMs; rounds++) for (let at = 0; at < 1000; at++) Math.imul(at, rounds)
      best = Math.max(best, rounds)
    }
    return best
  }

  async function logBytes(containerId: string): Promise<number> {
    const { LogPath } = await docker.getContainer(containerId).inspect()
    const folder = dirname(LogPath)
    const files = LogPath === '' ? [] : (await readdir(folder)).filter((name) => name.includes('log'))
    const nested = await Promise.all(files.map(async (name) => {
      const path = join(folder, name)
      return (await stat(path)).isDirectory() ? (await readdir(path)).map((each) => join(path, each)) : [path]
    }))
    return (await Promise.all(nested.flat().map(async (path) => (await stat(path)).size))).reduce((sum, size) => sum + size, 0)
  }

  it('leave the owner’s job at speed, others alive, the disk within its cap, and a line with a reason each', async () => {
    const alone = ownersSpeed()
    const names = Object.keys(hostile)
    for (const name of names) await deploy(name, hostile[name]!)
    const leases = new Map(await Promise.all(names.map(async (name): Promise<[string, string]> => [name, await until(`${name} has a lease`, () => copy(name).leaseId ?? copy(name).events.at(-1)?.leaseId, 60_000)])))
    const endless = names.filter((name) => hostile[name]!.ends === null)
    for (const name of endless) await until(`${name} runs`, () => copy(name).state === 'running', 60_000)
    const written = await until('the flooder has written more than is kept', async () => {
      const bytes = await logBytes(copy('log-flooder').containerIds[0]!)
      return bytes > 4 * mib && bytes
    }, 60_000)
    expect(written).toBeLessThan(45 * mib)
    expect(ownersSpeed() / alone).toBeGreaterThan(0.8)

    for (const name of names.filter((each) => hostile[each]!.ends !== null)) {
      const [line, ...more] = await until(`${name} has ended`, () => ends(leases.get(name)!).length > 0 && ends(leases.get(name)!), 60_000)
      expect([name, line?.['reason'], line?.['detail'], more]).toEqual([name, 'app-exited', expect.stringMatching(hostile[name]!.ends!) as string, []])
    }
    const uses = [...await host.node.engine.require().diskUse(host.peerId)]
    expect(uses.filter(([, { usedBytes }]) => usedBytes > diskMiB * mib)).toEqual([])

    await until('the flooder is ended', () => ends(leases.get('log-flooder')!).length > 0, 90_000)
    const { containers, pids } = { containers: await host.node.engine.require().listContainers(host.peerId), pids: await docker.getContainer(copy('fork-bomb').containerIds[0]!).stats({ 'stream': false, 'one-shot': true }) }
    expect(pids.pids_stats?.current).toBeLessThanOrEqual(64)
    expect(containers.find(({ owner }) => owner.leaseId === copy('neighbour').leaseId)).toMatchObject({ state: 'running' })
    expect(copy('neighbour').services).toMatchObject([{ state: 'running', restarts: 0 }])
    expect(ownersSpeed() / alone).toBeGreaterThan(0.8)

    for (const name of endless) await net.tenant.node.deployments.remove(name)
    for (const name of endless) expect([name, ends(leases.get(name)!).map((line) => line['reason'])]).toEqual([name, [hostile[name]!.reason ?? 'tenant-closed']])
    await until('nothing of them is left', async () => (await host.node.engine.require().listContainers(host.peerId)).length === 1, 60_000)
  })
})
