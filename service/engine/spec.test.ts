import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DepinError } from '../../contract/errors.ts'
import { networkName, podName, volumeName } from './names.ts'
import { type AttacherPlace, attacherSpec, containerSpec, type ContainerSpec, type EngineTraits, fileLayerSpec, guardSpec, lookSpec, spareSpec } from './spec.ts'
import type { ImageInside } from './scratch.ts'
import type { ContainerRequest, ImageLook, Owner, PodRequest } from './types.ts'

const owner: Owner = { node: '12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp', leaseId: 'abcdefghijklmnopqrstuvwxyz234567' }
const imageId = `sha256:${'1f'.repeat(32)}`
const docker: EngineTraits = { kind: 'docker', seccomp: 'named', runtime: null }
const podman: EngineTraits = { kind: 'podman', seccomp: 'implied', runtime: null }

const minimal: ContainerRequest = {
  owner, service: 'web', imageId, entrypoint: null, command: null,
  env: {}, workingDir: null, user: null, ports: [], volumes: [], tmpfs: [], healthcheck: null,
  limits: { cpuMilli: 250, memoryMiB: 128, pids: 64 }, shmMiB: null, init: true, tty: false, stdinOpen: false, stopSignal: null, stopGraceMs: 10_000,
}

const full: ContainerRequest = {
  ...minimal,
  entrypoint: ['/entry'], command: ['serve', '--port=8080'],
  env: { PATH: '/bin', EMPTY: '', TRICKY: 'a=b:c' }, workingDir: '/srv', user: '1000:1000', ports: [8080, 9090],
  volumes: [
    { name: volumeName(owner, 'data'), path: '/var/lib//data/', readOnly: false },
    { name: volumeName(owner, 'scratch'), path: '/tmp', readOnly: true },
  ],
  tmpfs: [{ path: '/cache/', sizeMiB: 1_000_000 }, { path: '/run', sizeMiB: 8 }, { path: '/tmp', sizeMiB: 8 }],
  healthcheck: { test: ['CMD', 'check'], intervalMs: 5000, timeoutMs: 1500, startPeriodMs: 0, retries: 3 },
  limits: { cpuMilli: 1500, memoryMiB: 512, pids: 200 }, shmMiB: 4096, tty: true, stdinOpen: true, init: false, stopSignal: 'SIGINT', stopGraceMs: 2500,
}

const pod: PodRequest = {
  owner, service: 'web', alone: false, hostname: 'web-1', aliases: ['www', 'web'], ports: [8080, 9090],
  policy: { egress: { tier: 'domains', names: ['api.example.org'], resolvers: ['192.168.1.1'] }, denied: ['11.0.0.9'], caps: { rateKbit: 10_000, maxFlows: 100, newDestinationsPerSecond: 10, namesPerSecond: 2000 } },
}
const place = { guardImageId: imageId, peers: { subnet: '172.30.0.0/24', gateway: '172.30.0.1' }, isPublished: true }
const image = `${owner.node}/${owner.leaseId}/1024-data.img`
const inside: ImageInside = { user: { uid: 33, gid: 34 }, runDirectories: ['/run/app', '/run/lock'] }
const disks: AttacherPlace = { imageId, directory: '/home/a/depin/disks', uid: 1000, gid: 1000, devicesGid: 6, run: 'abcd', label: 'store' }

describe('golden specs', () => {
  it.each([
    ['minimal', () => containerSpec(minimal, docker)],
    ['full', () => containerSpec(full, docker)],
    ['no-health', () => containerSpec({ ...minimal, healthcheck: 'none' }, { kind: 'docker', seccomp: 'implied', runtime: null })],
    ['podman', () => containerSpec(minimal, podman)],
    ['grouped', () => containerSpec(minimal, { ...docker, yielding: { cgroupParent: '/depin', softMemory: true, whileHeavy: (work) => work(), says: { weight: 'group', memory: true, why: null } } })],
    ['user', () => containerSpec({ ...minimal, user: 'app' }, docker, inside)],
    ['user-podman', () => containerSpec({ ...minimal, user: 'app' }, podman, inside)],
    ['guard', () => guardSpec(pod, place, docker)],
    ['spare', () => spareSpec(owner.node, '0123456789abcdef', place, docker)],
    ['attacher', () => attacherSpec({ verb: 'attach', images: [{ device: 1024, path: image }] }, disks, docker)],
    ['file-layer', () => fileLayerSpec(owner, 'web', imageId, null, docker)],
    ['look', () => lookSpec({ ...minimal, user: 'app' }, ['/var/lib/data'], docker)],
  ])('%s', (name, build) => {
    const { name: container, options } = build()
    const path = join(import.meta.dirname, 'golden', `${name}.json`)
    const text = `${JSON.stringify({ name: container, options }, null, 2)}\n`
    if (!existsSync(path) && process.env['CI'] === undefined) writeFileSync(path, text)
    expect(text).toBe(readFileSync(path, 'utf8'))
  })
})

describe('a sandbox', () => {
  it('is the runtime of guests and of no guard, and has room for its own kernel', () => {
    const sandboxed: EngineTraits = { ...docker, runtime: 'runsc' }
    expect(containerSpec(minimal, sandboxed).options.HostConfig).toMatchObject({ Runtime: 'runsc', PidsLimit: minimal.limits.pids + 256 })
    expect(guardSpec(pod, place, sandboxed).options).toEqual(guardSpec(pod, place, docker).options)
  })
})

it('leaves room for the engine’s own start of a container, whose threads count as its own', () => {
  expect(containerSpec({ ...minimal, limits: { ...minimal.limits, pids: 1 } }, docker).options.HostConfig?.PidsLimit).toBe(16)
})

describe('the hash of a spec', () => {
  it('is the same for the same request and another for another', () => {
    expect(containerSpec(full, docker).hash).toBe(containerSpec({ ...full }, docker).hash)
    expect(containerSpec({ ...full, stopGraceMs: 5000 }, docker).hash).not.toBe(containerSpec(full, docker).hash)
  })
})

describe('refused requests', () => {
  const other = { ...owner, leaseId: 'zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz' }
  const volume = (name: string, path = '/data'): Partial<ContainerRequest> => ({ volumes: [{ name, path, readOnly: false }] })
  it.each<[string, object]>([
    ['the host’s network', { network: 'host' }],
    ['a name for the network', { hostname: 'x' }],
    ['a host path as a volume', volume('/etc')],
    ['a relative path as a volume', volume('../../etc')],
    ['a volume that is not ours', volume('pgdata')],
    ['another lease’s volume', volume(volumeName(other, 'data'))],
    ['a mount at the root', volume(volumeName(owner, 'data'), '/')],
    ['a mount over /proc', volume(volumeName(owner, 'data'), '/proc/sys')],
    ['a mount that climbs', volume(volumeName(owner, 'data'), '/data/../proc')],
    ['a mount with options in its path', volume(volumeName(owner, 'data'), '/data:ro')],
    ['a mount with a second mount in its path', volume(volumeName(owner, 'data'), '/data,type=bind,source=/')],
    ['scratch space with options in its path', { tmpfs: [{ path: '/x:exec', sizeMiB: 1 }] }],
    ['two mounts at one path', { volumes: [...volume(volumeName(owner, 'a'), '/d').volumes ?? [], ...volume(volumeName(owner, 'b'), '/d/').volumes ?? []] }],
    ['an image by name', { imageId: 'debian:12' }],
    ['a variable whose name has =', { env: { 'A=B': 'c' } }],
    ['a service name that is none', { service: '../x' }],
    ['no memory limit', { limits: { ...minimal.limits, memoryMiB: 0 } }],
    ['no pids limit', { limits: { ...minimal.limits, pids: -1 } }],
    ['a field that does not exist', { privileged: true }],
    ['a health check that is none', { healthcheck: { test: ['rm', 'x'], intervalMs: 1000, timeoutMs: 1000, startPeriodMs: 0, retries: 1 } }],
  ])('%s', (_, change) => {
    expect(() => containerSpec({ ...minimal, ...change }, docker)).toThrow(expect.objectContaining({ code: 'E_BAD_INPUT' }))
  })
})

/** Words that mean something to an engine, among others that mean nothing. */
const hostileText = fc.oneof(
  fc.constantFrom(
    'host', 'none', 'bridge', 'default', 'container:web', 'service:web', 'ns:/proc/1/ns/net', '/', '/etc', '/var/run/docker.sock', '..', '../..',
    'x:/etc', '/a:/b:rw', '/data,type=bind,source=/', 'unconfined', 'seccomp=unconfined', 'ALL', '0.0.0.0', '::', '__proto__', 'constructor', '\0', '\n', '',
  ),
  fc.string(), fc.string({ unit: 'binary' }),
)
const hostileNumber = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53))
const or = <T>(good: fc.Arbitrary<T>, hostile: fc.Arbitrary<unknown>): fc.Arbitrary<T> => fc.oneof({ weight: 20, arbitrary: good }, { weight: 1, arbitrary: hostile as fc.Arbitrary<T> })
const path = fc.oneof(fc.constantFrom('/data', '/tmp', '/run/secrets', '/var', '/srv/www/', '/dev/shm'), fc.array(fc.stringMatching(/^[a-z.]{1,5}$/), { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`))

const hostileRequest: fc.Arbitrary<ContainerRequest> = fc.record({
  owner: fc.constant(owner),
  service: or(fc.constant('web'), hostileText),
  imageId: or(fc.constant(imageId), hostileText),
  entrypoint: fc.option(fc.array(hostileText, { maxLength: 2 })),
  command: fc.option(fc.array(hostileText, { maxLength: 2 })),
  env: fc.dictionary(or(fc.constantFrom('A', 'B', '__proto__'), hostileText), hostileText, { maxKeys: 2 }),
  workingDir: or(fc.constantFrom(null, '/w'), hostileText),
  user: or(fc.constantFrom(null, '0:0', 'app'), hostileText),
  ports: fc.array(or(fc.integer({ min: 1, max: 65535 }), hostileNumber), { maxLength: 2 }),
  volumes: fc.array(fc.record({ name: or(fc.constantFrom(volumeName(owner, 'a'), volumeName(owner, 'b')), hostileText), path: or(path, hostileText), readOnly: fc.boolean() }), { maxLength: 2 }),
  tmpfs: fc.array(fc.record({ path: or(path, hostileText), sizeMiB: or(fc.integer({ min: 1, max: 100 }), hostileNumber) }), { maxLength: 2 }),
  healthcheck: fc.oneof(fc.constantFrom(null, 'none' as const), fc.record({ test: fc.array(hostileText, { maxLength: 3 }).map((rest) => ['CMD', ...rest]), intervalMs: fc.constant(1000), timeoutMs: fc.constant(1000), startPeriodMs: fc.constant(0), retries: fc.constant(1) })),
  limits: fc.record({ cpuMilli: or(fc.constant(100), hostileNumber), memoryMiB: or(fc.constant(64), hostileNumber), pids: or(fc.constant(10), hostileNumber) }),
  shmMiB: or(fc.constantFrom(null, 5), hostileNumber),
  init: fc.boolean(), tty: fc.boolean(), stdinOpen: fc.boolean(),
  stopSignal: or(fc.constantFrom(null, 'SIGINT'), hostileText),
  stopGraceMs: or(fc.constant(1000), hostileNumber),
})

/** What an image may have been found to have: nobody vouches for it. */
const hostileInside: fc.Arbitrary<ImageInside | null> = fc.option(fc.record({
  user: fc.option(fc.record({ uid: or(fc.constantFrom(33, 2 ** 31 - 1), fc.oneof(hostileNumber, hostileText as fc.Arbitrary<unknown>)), gid: or(fc.constantFrom(0, 34), hostileNumber) })),
  runDirectories: fc.array(or(fc.constantFrom('/run/app', '/run/secrets', '/run/lock/app'), fc.oneof(hostileText, hostileText.map((text) => `/run/${text}`), path)), { maxLength: 40 }),
}))

function build(make: () => ContainerSpec): ContainerSpec | null {
  try {
    return make()
  } catch (error) {
    if (error instanceof DepinError && error.code === 'E_BAD_INPUT') return null
    throw error
  }
}

describe('no request, however hostile,', () => {
  it('gets a privilege, a host path, a host namespace, a public port or another network, whatever its image has inside', () => {
    let accepted = 0
    fc.assert(fc.property(hostileRequest, hostileInside, fc.constantFrom(docker, podman), (request, found, traits) => {
      const spec = build(() => containerSpec(request, traits, found))
      if (spec === null) return
      accepted++
      assertHardened(spec, request)
    }), { numRuns: 2000 })
    expect(accepted, 'requests that were accepted').toBeGreaterThan(100)
  })
})

describe('no look into an image, however hostile,', () => {
  const hostileLook = fc.record({ owner: fc.constant(owner), service: or(fc.constant('web'), hostileText), imageId: or(fc.constant(imageId), hostileText), user: or(fc.constantFrom(null, 'app'), hostileText) }) as fc.Arbitrary<ImageLook>
  it('gets anything but memory at the paths of its volumes', () => {
    let accepted = 0
    fc.assert(fc.property(hostileLook, fc.array(or(path, hostileText), { maxLength: 3 }), fc.constantFrom(docker, podman), (look, volumes, traits) => {
      const spec = build(() => lookSpec(look, volumes, traits))
      if (spec === null) return
      accepted++
      const { HostConfig: host, Image, Cmd, Entrypoint, User } = spec.options
      expect([Image, Cmd, Entrypoint, User]).toEqual([imageId, ['none'], undefined, undefined])
      expect(host).toMatchObject({ Privileged: false, CapAdd: [], CapDrop: ['ALL'], ReadonlyRootfs: true, Binds: [], Devices: [], NetworkMode: 'none', PidMode: '', IpcMode: 'private', UsernsMode: '' })
      for (const mount of host?.Mounts ?? []) {
        expect(mount).toEqual({ Type: 'tmpfs', Source: '', Target: expect.stringMatching(/^(\/[^/:,]+)+$/) as string })
        expect(mount.Target.split('/')).not.toContain('..')
      }
    }), { numRuns: 1000 })
    expect(accepted, 'looks that were accepted').toBeGreaterThan(100)
  })
})

const hostilePod: fc.Arbitrary<PodRequest> = fc.record({
  owner: fc.constant(owner),
  service: or(fc.constant('web'), hostileText),
  alone: fc.boolean(),
  hostname: or(fc.constantFrom(null, 'h'), hostileText),
  aliases: fc.array(or(fc.constantFrom('a', 'b.c'), hostileText), { maxLength: 2 }),
  ports: fc.array(or(fc.constantFrom(80, 8080), hostileNumber), { maxLength: 2 }),
  policy: fc.record({
    egress: or<PodRequest['policy']['egress']>(fc.constantFrom({ tier: 'none' as const }, { tier: 'open' as const, dns: '11.0.0.53' }), fc.oneof(fc.record({ tier: hostileText }), fc.record({ tier: fc.constant('domains'), names: fc.array(or(fc.constant('*.a.example.org'), hostileText), { maxLength: 2 }), resolvers: fc.constant(['10.0.0.1']) }))),
    denied: fc.array(or(fc.constantFrom('11.0.0.0/8', 'fd00::1'), hostileText), { maxLength: 2 }),
    caps: fc.record({ rateKbit: or(fc.constant(1000), hostileNumber), maxFlows: fc.constant(10), newDestinationsPerSecond: fc.constant(10), namesPerSecond: fc.constant(2000) }),
  }),
})

describe('no pod, however hostile,', () => {
  it('gets more than its two capabilities on its lease’s own network', () => {
    let accepted = 0
    fc.assert(fc.property(hostilePod, fc.constantFrom(docker, podman), fc.boolean(), (request, traits, isPublished) => {
      const spec = build(() => guardSpec(request, { ...place, isPublished }, traits))
      if (spec === null) return
      accepted++
      const { HostConfig: host = {}, Image, Entrypoint, NetworkingConfig } = spec.options
      expect({ ...host, LogConfig: null }).toMatchObject({
        Privileged: false, CapAdd: ['NET_ADMIN', 'NET_BIND_SERVICE'], CapDrop: ['ALL'], ReadonlyRootfs: true, Binds: [], Devices: [], PublishAllPorts: false,
        CgroupnsMode: 'private', IpcMode: 'private', PidMode: '', UTSMode: '', UsernsMode: '', NetworkMode: networkName(owner), PidsLimit: 32,
      })
      expect([Image, Entrypoint, host.Mounts, host.Tmpfs]).toEqual([imageId, ['/guard'], undefined, undefined])
      expect(host.SecurityOpt).toContain('no-new-privileges')
      expect(host.Dns).toHaveLength(1)
      expect(Object.keys(NetworkingConfig?.EndpointsConfig ?? {})).toEqual([networkName(owner)])
      for (const bindings of Object.values(host.PortBindings as Record<string, unknown>)) expect(bindings).toEqual([{ HostIp: '127.0.0.1', HostPort: '' }])
    }), { numRuns: 1000 })
    expect(accepted, 'pods that were accepted').toBeGreaterThan(100)
  })
})

describe('no order to attach disks, however hostile,', () => {
  const device = or(fc.constantFrom(1024, 4095), hostileNumber)
  const pathOf = or(fc.constantFrom(image, `${owner.node}/${owner.leaseId}/4095-a.b_c-d.img`), fc.oneof(hostileText, hostileText.map((text) => `${owner.node}/${owner.leaseId}/1024-${text}.img`)))
  const order = fc.oneof(
    fc.record({ verb: fc.constantFrom('attach', 'detach'), images: fc.array(fc.record({ device, path: pathOf }), { maxLength: 2 }) }),
    fc.record({ verb: or(fc.constant('probe'), hostileText), file: or(fc.constant('probe-0123abcd'), hostileText) }),
  )
  it('gets a word past the exact ones, another folder, another device or a capability', () => {
    let accepted = 0
    fc.assert(fc.property(order, (hostile) => {
      let spec: ContainerSpec
      try {
        spec = attacherSpec(hostile, disks, { ...docker, runtime: 'runsc' })
      } catch (error) {
        expect(error).toMatchObject({ code: 'E_BAD_INPUT' })
        return
      }
      accepted++
      const words = spec.options.Cmd ?? []
      expect(words[0]).toMatch(/^(probe|attach|detach)$/)
      for (const word of words.slice(1)) expect(word).toMatch(/^(\d{4}|depin-[0-9a-f]{40}|probe-[0-9a-f]{8,32}|[\w-]+\/[\w-]+\/\d{4}-[a-z0-9][a-z0-9_.-]*\.img)$/)
      for (const word of words) expect(word).not.toMatch(/(^|\/)\.\.(\/|$)/)
      const { HostConfig: host } = spec.options
      expect(host).toMatchObject({ Privileged: false, CapAdd: [], CapDrop: ['ALL'], ReadonlyRootfs: true, Binds: [], Devices: [], NetworkMode: 'none', DeviceCgroupRules: ['b 7:* rwm', 'c 10:237 rwm'] })
      expect(host?.Mounts).toEqual([{ Type: 'bind', Source: disks.directory, Target: '/store', ReadOnly: false }, { Type: 'bind', Source: '/dev', Target: '/devices', ReadOnly: true }])
      expect(Object.keys(host ?? {})).not.toContain('Runtime')
    }), { numRuns: 1000 })
    expect(accepted, 'orders that were accepted').toBeGreaterThan(100)
  })
})

/** Written out, not taken from the builder: what an engine would have to be told to do harm. */
function assertHardened({ name, options }: ContainerSpec, request: ContainerRequest): void {
  const host = options.HostConfig ?? {}
  expect(name).toMatch(/^depin-[a-z0-9_.-]+$/)
  expect(host).toMatchObject({
    Privileged: false, CapAdd: [], CapDrop: ['ALL'], ReadonlyRootfs: true, Binds: [], Devices: [], PublishAllPorts: false,
    CgroupnsMode: 'private', IpcMode: 'private', PidMode: '', UTSMode: '', UsernsMode: '', RestartPolicy: { Name: 'no' },
  })
  expect(host.SecurityOpt).toContain('no-new-privileges')
  expect(String(host.SecurityOpt)).not.toMatch(/unconfined|=\/|label/)
  expect(host.NetworkMode).toBe(`container:${podName(owner, request.service)}`)
  expect(options.NetworkingConfig).toBeUndefined()
  expect(options.ExposedPorts).toBeUndefined()
  for (const mount of host.Mounts ?? []) {
    expect(mount.Type).toBe('volume')
    expect([volumeName(owner, 'a'), volumeName(owner, 'b')]).toContain(mount.Source)
    expect(mount.Target).toMatch(/^(\/[^/:,]+)+$/)
    expect(mount.Target.split('/')).not.toContain('..')
  }
  const tmpfs = Object.entries(host.Tmpfs ?? {})
  for (const [target, tmpfsOptions] of tmpfs) {
    expect(target).toMatch(/^(\/[^/:,]+)+$/)
    expect(target.split('/')).not.toContain('..')
    expect(tmpfsOptions).toMatch(/^rw,noexec,nosuid,nodev,size=\d+m,mode=1777(,U|,uid=\d{1,10},gid=\d{1,10})?$/)
    for (const [, id] of tmpfsOptions.matchAll(/id=(\d+)/g)) expect(Number(id)).toBeLessThan(2 ** 31)
    expect(host.Mounts?.map((mount) => mount.Target)).not.toContain(target)
  }
  expect(host.Memory).toBe(request.limits.memoryMiB * 1024 ** 2)
  expect(host.MemorySwap).toBe(host.Memory)
  expect(host.PidsLimit).toBeGreaterThan(0)
  expect(host.NanoCpus).toBeGreaterThan(0)
  const allowed = ['AutoRemove', 'Binds', 'CapAdd', 'CapDrop', 'CgroupParent', 'CgroupnsMode', 'CpuShares', 'Devices', 'Init', 'IpcMode', 'LogConfig', 'Memory', 'MemoryReservation', 'MemorySwap', 'Mounts', 'NanoCpus', 'NetworkMode', 'OomScoreAdj', 'PidMode', 'PidsLimit', 'Privileged', 'PublishAllPorts', 'ReadonlyRootfs', 'RestartPolicy', 'SecurityOpt', 'ShmSize', 'Tmpfs', 'UTSMode', 'Ulimits', 'UsernsMode']
  expect(Object.keys(host).filter((key) => !allowed.includes(key))).toEqual([])
}
