import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createSystemClock, createSystemRng } from '../base/index.ts'
import { silentLog } from '../testing/deps.ts'
import { Bench } from '../testing/engine-contract/bench.ts'
import { busyboxImage, makeTestImage, testDocker, testEngineSocket, usersImage } from '../testing/engine-images.ts'
import { until } from '../testing/wait.ts'
import { createEngineHost } from './index.ts'
import { labelKeys, lookName } from './names.ts'
import { containerSpec, lookSpec } from './spec.ts'
import type { ContainerRequest, Owner, PodRequest } from './types.ts'

describe('a container on a real engine', () => {
  const docker = testDocker()
  const bench = new Bench(async () => {
    const imageId = await makeTestImage(busyboxImage, docker)
    const host = createEngineHost({ choice: testEngineSocket(), clock: createSystemClock(), rng: createSystemRng(), log: silentLog })
    await host.start()
    await until('the engine was found', () => host.status().state === 'ready')
    const program = { imageId }
    return {
      host, programs: { idle: program, echo: program, chatter: program, brief: program, healthy: program }, unreachableImage: '',
      startForeign: () => Promise.reject(new Error('not here')), dispose: () => Promise.resolve(host.stop()),
    }
  })
  beforeAll(() => bench.open())
  afterAll(() => bench.setup.dispose())
  afterEach(() => bench.clear())

  /** What a script prints inside a hardened container, both streams. */
  async function outputOf(script: string, change: Partial<ContainerRequest> = {}, owner: Owner = bench.newOwner(), pod: Partial<PodRequest> = {}): Promise<string> {
    const id = await bench.run(owner, { ...bench.setup.programs.idle, command: ['sh', '-c', script] }, { init: false, ...change }, pod)
    let text = ''
    for await (const chunk of bench.engine.logs(id, { follow: true, tailLines: 1000, signal: new AbortController().signal })) text += chunk.text
    return text
  }

  async function containerNames(): Promise<string[]> {
    return (await docker.listContainers({ all: true })).flatMap(({ Names }) => Names)
  }

  it('is what the spec says, field by field', async () => {
    const owner = bench.newOwner()
    const volume = await bench.engine.ensureVolume(owner, 'data', 10)
    const request = bench.request(owner, bench.setup.programs.idle, {
      ports: [80], volumes: [{ name: volume.name, path: '/data', readOnly: true }], shmMiB: 16,
    })
    const pod = await bench.pod(owner)
    await bench.engine.createContainer(request)
    const spec = containerSpec(request, { kind: 'docker', seccomp: 'implied', runtime: null })
    const { HostConfig, Config, AppArmorProfile } = await docker.getContainer(spec.name).inspect()
    // how it gives way to the owner depends on the machine, and has a test of its own
    const inOtherWords = ['NetworkMode', 'SecurityOpt', 'RestartPolicy', 'Mounts', 'CpuShares']
    const asked = Object.entries<unknown>(spec.options.HostConfig as object as Record<string, unknown>).filter(([key]) => !inOtherWords.includes(key))
    for (const [key, value] of asked) expect(emptyAsNull((HostConfig as Record<string, unknown>)[key]), key).toEqual(emptyAsNull(value))
    expect([`container:${pod.id}`, `container:${pod.name}`]).toContain(HostConfig.NetworkMode)
    expect(HostConfig.SecurityOpt).toContain('no-new-privileges')
    expect(HostConfig.RestartPolicy?.Name).toBe('no')
    expect(HostConfig.Mounts).toMatchObject([{ Type: 'volume', Source: volume.name, Target: '/data', ReadOnly: true }])
    expect(Config.Labels).toMatchObject({ ...spec.options.Labels, [labelKeys.spec]: expect.any(String) as string })
    expect(AppArmorProfile).not.toContain('unconfined')
  })

  it('has no capability, no way to a new one, and a system call filter', async () => {
    const status = await outputOf('grep -E "^(Cap|NoNewPrivs|Seccomp:)" /proc/self/status')
    expect(status.match(/^Cap\w+:\s+0+$/gm)).toHaveLength(5)
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m)
    expect(status).toMatch(/^Seccomp:\s+2$/m)
  })

  it('writes to memory only, and runs nothing from there', async () => {
    const output = await outputOf([
      'for path in / /etc /bin /var; do touch $path/x 2>/dev/null && echo "wrote $path"; done',
      'for path in /tmp /run /var/tmp; do touch $path/x && echo "may write $path"; cp /bin/busybox $path/busybox; $path/busybox true 2>/dev/null && echo "ran from $path"; rm -f $path/busybox; done',
      'mount -o remount,exec /tmp 2>/dev/null && echo remounted',
      'dd if=/dev/zero of=/tmp/big bs=1M count=40 2>&1 | grep -c "No space"',
    ].join('\n'))
    expect(output).toBe('may write /tmp\nmay write /run\nmay write /var/tmp\n1\n')
  })

  it.each<[string, string, Partial<ContainerRequest>]>([
    ['its image names', '1000:1000', {}],
    ['is named', '1000:50', { user: 'app:staff' }],
    ['is a number that nobody has', '4321:0', { user: '4321' }],
    ['is root', '0:0', { user: '0' }],
  ])('lets the user who %s write to all its scratch space, and to nothing else', async (_, ids, change) => {
    const imageId = await makeTestImage(usersImage, docker)
    const owner = bench.newOwner()
    const places = '/run /run/app /run/lock /run/lock/app /tmp /var/tmp /var/lib/thing'
    const output = await outputOf([
      'written=',
      `for path in ${places} / /etc /var /var/lib; do touch $path/x 2>/dev/null && written="$written $path"; done`,
      'cp /bin/busybox /run/app/busybox && /run/app/busybox true 2>/dev/null && written="$written and runs"',
      'echo "$(id -u):$(id -g)$written"',
    ].join('\n'), { imageId, tmpfs: [{ path: '/var/lib/thing', sizeMiB: 4 }], ...change }, owner)
    expect(output).toBe(`${ids} ${places}\n`)
    // what the image was looked into by is gone
    expect(await containerNames()).not.toContain(`/${lookName(owner, 'main', imageId)}`)
  })

  it('is looked for in its image although a crash left the last look, and what was left goes with the lease', async () => {
    const imageId = await makeTestImage(usersImage, docker)
    const owner = bench.newOwner()
    const { name, options } = lookSpec({ owner, service: 'main', imageId, user: null }, [], { kind: 'docker', seccomp: 'implied', runtime: null })
    const leaveOne = (): Promise<unknown> => docker.createContainer({ name, ...options })
    await leaveOne()
    expect(await outputOf('touch /run/app/x /tmp/x && echo written', { imageId, user: '77' }, owner)).toBe('written\n')
    expect(await containerNames()).not.toContain(`/${name}`)
    await leaveOne()
    await bench.engine.removeLeaseImages(owner)
    expect(await containerNames()).not.toContain(`/${name}`)
  })

  it('cannot have more processes or memory than its limits', async () => {
    const owner = bench.newOwner()
    const forks = await outputOf('for i in $(seq 20); do sleep 5 & done 2>&1; wait', { limits: { cpuMilli: 500, memoryMiB: 64, pids: 16 } })
    expect(forks).toMatch(/can't fork|Resource temporarily unavailable/)
    const id = await bench.run(owner, { ...bench.setup.programs.idle, command: ['sh', '-c', 'x=$(yes | head -c 50000000); echo survived'] }, { init: false, limits: { cpuMilli: 1000, memoryMiB: 16, pids: 16 } })
    const ended = await until('the container ends', async () => {
      const info = await bench.engine.inspect(id)
      return info?.state === 'exited' ? info : null
    })
    expect(ended.exitCode).not.toBe(0)
    expect(ended.oomKilled).toBe(true)
  })

  it('sees nothing of the host', async () => {
    const output = await outputOf('exec 2>&1; ls /proc | grep -cE "^[0-9]+$"; hostname; cat /proc/1/comm; ls /dev; echo 1 > /proc/sys/vm/drop_caches', {}, bench.newOwner(), { hostname: 'box' })
    const [processes, name, first] = output.split('\n')
    expect(Number(processes)).toBeLessThan(6)
    expect([name, first]).toEqual(['box', 'sh'])
    expect(output).not.toMatch(/^(sda|vda|kvm|mem|kmsg|loop)/m)
    expect(output).toMatch(/drop_caches: (Read-only file system|Permission denied)/)
  })

  it('is reached at its pod, and no port of this machine leads there', async () => {
    const owner = bench.newOwner()
    const id = await bench.run(owner, bench.setup.programs.idle, { ports: [80, 81] })
    const [pod] = await bench.engine.listPods(owner.node)
    for (const of of [id, pod?.id ?? '']) {
      const { NetworkSettings } = await docker.getContainer(of).inspect()
      expect(Object.values(NetworkSettings.Ports).flat()).toEqual([])
    }
  })

  it('joins a guard that has two capabilities and nothing else', async () => {
    const owner = bench.newOwner()
    const pod = await bench.pod(owner)
    const { HostConfig, Mounts } = await docker.getContainer(pod.id).inspect()
    expect(HostConfig).toMatchObject({ CapAdd: ['NET_ADMIN', 'NET_BIND_SERVICE'], CapDrop: ['ALL'], Privileged: false, ReadonlyRootfs: true, PidsLimit: 32 })
    expect(HostConfig.SecurityOpt).toContain('no-new-privileges')
    expect(Mounts).toEqual([])
  })

  it('finds the other services of its lease by name, and none of another lease', async () => {
    const one = bench.newOwner()
    const other = bench.newOwner()
    const talk = 'echo hello | nc -l -p 80'
    await bench.run(one, { ...bench.setup.programs.idle, command: ['sh', '-c', talk] }, { service: 'web' }, { aliases: ['www'] })
    const reach = 'for name in web www; do nslookup $name >/dev/null 2>&1 && echo "knows $name"; done; for i in 1 2 3 4 5 6 7 8 9 10; do nc -w 5 web 80 2>/dev/null && break; sleep 0.2; done'
    expect(await outputOf(reach, { service: 'client' }, one)).toBe('knows web\nknows www\nhello\n')
    expect(await outputOf('for name in web www; do (nslookup $name >/dev/null 2>&1 && echo "knows $name") & done; wait; echo end', {}, other)).toBe('end\n')
  })

  it('has its secrets under /run although that is memory, with their owners and modes', async () => {
    const owner = bench.newOwner()
    const { id: imageId } = await bench.engine.addFiles(bench.setup.programs.idle.imageId, owner, 'main', [
      { path: '/run/secrets/key', content: Buffer.from('s3cret\n'), mode: 0o400, uid: 1000, gid: 1000 },
      { path: '/var/run/other/token', content: Buffer.from('token\n'), mode: 0o444, uid: 0, gid: 0 },
      { path: '/etc/app/deep/app.conf', content: Buffer.from('conf\n'), mode: 0o644, uid: 0, gid: 0 },
    ])
    const script = 'cat /run/secrets/key /etc/app/deep/app.conf /var/run/other/token; stat -c "%a %u:%g %n" /run/secrets/key /etc/app/deep; touch /etc/app/deep/app.conf 2>&1 | grep -c Read-only'
    expect(await outputOf(script, { imageId, user: 'app' }, owner)).toBe([
      's3cret', 'conf', 'token', '400 1000:1000 /run/secrets/key', '755 0:0 /etc/app/deep', '1', '',
    ].join('\n'))
    const { Mounts } = await docker.getContainer((await bench.engine.listContainers(owner.node))[0]?.id ?? '').inspect()
    expect(Mounts.map((mount) => mount.Type)).not.toContain('bind')
  })
})

/** Engines write an empty list as null. */
function emptyAsNull(value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? null : value
}
