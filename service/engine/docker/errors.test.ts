import { describe, expect, it } from 'vitest'
import { DeadlineError } from '../../base/index.ts'
import { isolationOf, refusalOf, traitsOf } from './connect.ts'
import { engineError, pullError } from './errors.ts'

describe('why an image could not be had', () => {
  it.each([
    ['E_IMAGE_NOT_FOUND', 'pull access denied for nope, repository does not exist or may require \'docker login\': denied: requested access to the resource is denied'],
    ['E_IMAGE_NOT_FOUND', 'manifest for library/debian:nosuch not found: manifest unknown: manifest unknown'],
    ['E_IMAGE_NOT_FOUND', 'failed to resolve reference "docker.io/x/y:latest": docker.io/x/y:latest: not found'],
    ['E_IMAGE_NOT_FOUND', 'short-name "nope" did not resolve to an alias and no unqualified-search registries are defined'],
    ['E_IMAGE_NOT_FOUND', 'unauthorized: authentication required'],
    ['E_REGISTRY_UNREACHABLE', 'Get "https://registry.example/v2/": dial tcp: lookup registry.example on 10.0.0.1:53: no such host'],
    ['E_REGISTRY_UNREACHABLE', 'Get "https://registry.example/v2/": dial tcp: lookup registry.example: host not found'],
    ['E_REGISTRY_UNREACHABLE', 'Get "http://127.0.0.1:9/v2/": dial tcp 127.0.0.1:9: connect: connection refused'],
    ['E_REGISTRY_UNREACHABLE', 'Get "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout'],
    ['E_REGISTRY_UNREACHABLE', 'Get "https://r.example/v2/": x509: certificate signed by unknown authority'],
    ['E_REGISTRY_UNREACHABLE', 'Get "https://r.example/v2/": http: server gave HTTP response to HTTPS client'],
    ['E_REGISTRY_UNREACHABLE', 'toomanyrequests: You have reached your pull rate limit.'],
    ['E_REGISTRY_UNREACHABLE', 'pinging container registry r.example: Get "https://r.example/v2/": dial tcp 203.0.113.1:443: i/o timeout'],
    ['E_IMAGE_PLATFORM', 'no matching manifest for linux/amd64 in the manifest list entries'],
    ['E_IMAGE_PLATFORM', 'image operating system "windows" cannot be used on this platform'],
    ['E_DISK_FULL', 'failed to register layer: write /usr/lib/x: no space left on device'],
    ['E_ENGINE', 'something nobody has seen before'],
  ])('%s: %s', (code, words) => {
    expect(pullError('x/y:1', words)).toMatchObject({ code })
  })
})

describe('why a call failed', () => {
  const http = (statusCode: number, message: string): Error => Object.assign(new Error(`(HTTP code ${statusCode}) server error - ${message} `), { statusCode, json: { message } })
  it.each<[string, unknown, object]>([
    ['the engine refuses', http(409, 'name is in use'), { code: 'E_ENGINE', message: 'The container engine could not do it: name is in use', details: { status: 409 } }],
    ['its disk is full', http(500, 'mkdir /var/lib/docker/x: no space left on device'), { code: 'E_DISK_FULL' }],
    ['it is late', new DeadlineError('do it', 5), { code: 'E_ENGINE_STOPPED' }],
    ['it is gone', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), { code: 'E_ENGINE_STOPPED' }],
    ['this account may not use it', Object.assign(new Error('connect EACCES /var/run/docker.sock'), { code: 'EACCES' }), { code: 'E_ENGINE_FORBIDDEN' }],
    ['it dies in the middle', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }), { code: 'E_ENGINE_STOPPED' }],
  ])('%s', (_, error, expected) => {
    expect(engineError('do it', 'unix:///x', error)).toMatchObject(expected)
  })
})

describe('which engines strangers’ containers may run on', () => {
  const podman = { Components: [{ Name: 'Podman Engine' }] }
  const facts = (version: object = {}, info: object = {}, host: { rootless?: boolean, controllers?: string[] } | null = null) => ({
    podman: host === null ? null : { host: { security: { rootless: host.rootless ?? false }, cgroupControllers: host.controllers ?? ['cpu', 'io', 'memory', 'pids'] } },
    version: { Version: '20.10.24', ApiVersion: '1.41', ...version },
    info: { OSType: 'linux', Architecture: 'x86_64', NCPU: 2, MemTotal: 2 ** 30, SecurityOptions: ['name=seccomp,profile=default'], ...info },
  })
  const unconfined = { SecurityOptions: ['name=seccomp,profile=unconfined'] }
  const desktop = (version: string): object => ({ ApiVersion: '1.51', Platform: { Name: `Docker Desktop ${version} (198134)` } })
  it.each<[string, ReturnType<typeof facts>, RegExp | null]>([
    ['Docker 20.10', facts(), null],
    ['Podman', facts(podman, {}, {}), null],
    ['Podman without root that may limit what it runs', facts(podman, {}, { rootless: true }), null],
    ['Podman without root that may not', facts(podman, {}, { rootless: true, controllers: [] }), /cannot limit .*\(cpu, memory, pids\)/],
    ['Podman without root that may limit a part', facts(podman, {}, { rootless: true, controllers: ['memory', 'pids'] }), /\(cpu\)/],
    ['Docker without root that may limit a part', facts({}, { MemoryLimit: true, CpuCfsQuota: false, PidsLimit: false }), /\(cpu, pids\)/],
    ['Docker that may limit', facts({}, { MemoryLimit: true, CpuCfsQuota: true, PidsLimit: true }), null],
    ['without seccomp', facts({}, { SecurityOptions: [] }), /no seccomp/],
    ['unconfined, and too old to be told otherwise', facts({}, unconfined), /without a seccomp profile/],
    ['unconfined, but told otherwise', facts({ ApiVersion: '1.43' }, unconfined), null],
    ['Docker Desktop as it should be', facts(desktop('4.44.3'), unconfined), null],
    ['Docker Desktop whose containers reach its interface', facts(desktop('4.43.2'), unconfined), /CVE-2025-9074/],
    ['Windows containers', facts({}, { OSType: 'windows' }), /Linux containers/],
  ])('%s', (_, engine, reason) => {
    if (reason === null) expect(refusalOf(engine)).toBeNull()
    else expect(refusalOf(engine)?.reason).toMatch(reason)
  })

  it.each<[string, ReturnType<typeof facts>, string, string | null]>([
    ['nothing special', facts(), 'container', null],
    ['user ids of their own', facts({}, { SecurityOptions: ['name=seccomp,profile=default', 'name=userns'] }), 'userns', null],
    ['no root', facts({}, { SecurityOptions: ['name=seccomp,profile=default', 'name=rootless'] }), 'userns', null],
    ['Podman without root, which does not say so in Docker’s language', facts(podman, {}, { rootless: true }), 'userns', null],
    ['gVisor', facts({}, { Runtimes: { runc: {}, runsc: {} } }), 'sandbox', 'runsc'],
    ['Podman, which lists what it does not have', facts({ Components: [{ Name: 'Podman Engine' }] }, { Runtimes: { runsc: {} } }), 'container', null],
  ])('keep guests as far apart as they can: %s', (_, engine, level, runtime) => {
    expect([isolationOf(engine), traitsOf(engine).runtime]).toEqual([level, runtime])
  })

  it('are told to use their own seccomp profile when they know its name', () => {
    expect(traitsOf(facts({ ApiVersion: '1.41' }))).toEqual({ kind: 'docker', seccomp: 'implied', runtime: null })
    expect(traitsOf(facts({ ApiVersion: '1.42' }))).toEqual({ kind: 'docker', seccomp: 'named', runtime: null })
    expect(traitsOf(facts({ ApiVersion: '1.51', Components: [{ Name: 'Podman Engine' }] }))).toEqual({ kind: 'podman', seccomp: 'implied', runtime: null })
  })
})
