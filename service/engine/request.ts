import { posix } from 'node:path'
import * as z from 'zod'
import { DepinError } from '../../contract/errors.ts'
import { Name } from '../../contract/ids.ts'
import { Healthcheck } from '../../contract/wire/v1/app.ts'
import { NetworkPolicy } from './guard/policy.ts'
import { assertOwner, volumeOf } from './names.ts'
import type { ContainerRequest, ImageLook, PodRequest } from './types.ts'

/**
 * The last gate before an engine. What comes here was parsed when it came from the peer; it is parsed again, more
 * strictly, because a mistake anywhere above must not become a hole in the host.
 */
const Text = z.string().refine((text) => !text.includes('\0'), 'has a NUL')

const ContentId = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'not a content id')

/**
 * Where something is mounted. `:` and `,` separate fields in what engines make of it (Podman turns a mount into
 * `type=volume,target=…`), so a path with one could say more than a path.
 */
const MountPath = z.string().max(512)
  .regex(/^\/[^\p{Cc}:,="'\\]+$/u, 'not a path to mount at')
  .refine((path) => !path.split('/').includes('..'), 'has ..')
  .transform((path) => posix.normalize(path).replace(/\/$/, ''))
  .refine((path) => path !== '' && !/^\/(proc|sys|dev)(\/|$)/.test(path) || path === '/dev/shm', 'belongs to the system')

const WorkingDir = Text.max(512).regex(/^\//, 'not absolute').refine((path) => !path.split('/').includes('..'), 'has ..')
const User = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,63})?$/, 'not a user')
const HostName = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$/, 'not a host name')
const Alias = z.string().regex(/^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?$/, 'not a name for the network')
const EnvName = z.string().min(1).max(256).refine((name) => !/[=\0]/.test(name), 'not a name for a variable')
const Words = z.array(Text).max(256)

const OwnerRef = z.strictObject({ node: z.string(), leaseId: z.string() })
const Ports = z.array(z.int().min(1).max(65535)).max(128)

const Pod = z.strictObject({
  owner: OwnerRef,
  service: Name,
  alone: z.boolean(),
  hostname: HostName.nullable(),
  aliases: z.array(Alias).max(32),
  ports: Ports,
  policy: NetworkPolicy.pick({ egress: true, denied: true, caps: true }),
})

const ContainerShape = z.strictObject({
  owner: OwnerRef,
  service: Name,
  imageId: ContentId,
  entrypoint: Words.nullable(),
  command: Words.nullable(),
  env: z.record(EnvName, Text),
  workingDir: WorkingDir.nullable(),
  user: User.nullable(),
  ports: Ports,
  volumes: z.array(z.strictObject({ name: z.string().max(255), path: MountPath, readOnly: z.boolean() })).max(64),
  tmpfs: z.array(z.strictObject({ path: MountPath, sizeMiB: z.int().min(1) })).max(32),
  healthcheck: z.union([Healthcheck.extend({ test: Words.refine(isHealthTest, 'is not a test') }), z.literal('none')]).nullable(),
  limits: z.strictObject({ cpuMilli: z.int().min(10).max(10_000_000), memoryMiB: z.int().min(6).max(1 << 30), pids: z.int().min(1).max(32_768) }),
  shmMiB: z.int().min(1).nullable(),
  init: z.boolean(),
  tty: z.boolean(),
  stdinOpen: z.boolean(),
  stopSignal: z.string().regex(/^SIG[A-Z0-9+-]{1,12}$|^\d{1,2}$/).nullable(),
  stopGraceMs: z.int().min(0).max(600_000),
})

function isHealthTest(words: readonly string[]): boolean {
  return words.length >= 2 && (words[0] === 'CMD' || words[0] === 'CMD-SHELL')
}

const Look = ContainerShape.pick({ owner: true, service: true, imageId: true, user: true })

/** The request, known to ask for nothing but what its owner may have. Throws E_BAD_INPUT naming the field. */
export function checkRequest(request: ContainerRequest): ContainerRequest {
  const checked = parse(ContainerShape, request)
  assertOwner(checked.owner)
  for (const [index, mount] of checked.volumes.entries()) {
    if (volumeOf(checked.owner, mount.name) === null) throw refused(`volumes.${index}.name`, 'is not a volume of this lease')
  }
  if (new Set(checked.volumes.map((mount) => mount.path)).size < checked.volumes.length) throw refused('volumes', 'has two at one path')
  return checked
}

/** The same for a pod. */
export function checkPodRequest(request: PodRequest): PodRequest {
  const checked = parse(Pod, request)
  assertOwner(checked.owner)
  return checked
}

/** The same for a look into an image. */
export function checkLook({ owner, service, imageId, user }: ImageLook): ImageLook {
  const checked = parse(Look, { owner, service, imageId, user })
  assertOwner(checked.owner)
  return checked
}

/** Where an image has volumes. */
export function checkMountPaths(paths: readonly string[]): string[] {
  return parse(z.array(MountPath).max(64), paths)
}

function parse<T>(shape: z.ZodType<T>, value: unknown): T {
  const parsed = shape.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw refused(issue?.path.join('.') ?? '', issue?.message ?? 'is not valid')
}

function refused(field: string, why: string): DepinError {
  return new DepinError('E_BAD_INPUT', `The container cannot be made: ${field || 'the request'} ${why}.`, { details: { field } })
}
