/**
 * What a provider is asked to run: a compose file after everything that compose leaves open has been decided. The
 * tenant writes it, the lease holds its hash, and the provider trusts none of it.
 */
import * as z from 'zod'
import { Name } from '../../ids.ts'
import { boundedBytes, Count } from './common.ts'
import { ImageSource } from './image.ts'
import { IsolationLevel } from './records.ts'

/** No app is larger than this on the wire, secrets and files included. */
export const maxAppBytes = 1024 * 1024

const Text = (maxLength: number) => z.string().max(maxLength).refine((text) => !text.includes('\0'), 'has a NUL')
const AbsolutePath = Text(512).regex(/^\/(?!.*(^|\/)\.\.(\/|$))/, 'must be an absolute path without ..')

/** An image as compose names it. */
export const ImageRef = z.string().max(400).regex(/^[a-z0-9][a-zA-Z0-9._:/@-]*$/, 'not an image name')

export const Healthcheck = z.strictObject({
  /** As Docker has it: `["CMD", …]` or `["CMD-SHELL", "…"]`. */
  test: z.array(Text(4096)).min(2).max(64),
  intervalMs: Count.min(100),
  timeoutMs: Count.min(100),
  startPeriodMs: Count,
  retries: z.int().min(1).max(1000),
})
export type Healthcheck = z.infer<typeof Healthcheck>

export const Dependency = z.strictObject({
  service: Name,
  condition: z.enum(['started', 'healthy', 'completed']),
  /** False: a failure of that service does not keep this one from starting. */
  required: z.boolean(),
})
export type Dependency = z.infer<typeof Dependency>

export const RestartPolicy = z.strictObject({
  mode: z.enum(['no', 'on-failure', 'always']),
  /** Null: no limit. */
  maxAttempts: z.int().min(0).max(1000).nullable(),
})
export type RestartPolicy = z.infer<typeof RestartPolicy>

/** A secret or config: its content goes into the service's file system, never onto the provider's. */
export const AppFile = z.strictObject({
  path: AbsolutePath,
  content: boundedBytes(512 * 1024),
  mode: z.int().min(0).max(0o777),
  uid: z.int().min(0).max(65535),
  gid: z.int().min(0).max(65535),
})
export type AppFile = z.infer<typeof AppFile>

export const VolumeMount = z.strictObject({ volume: Name, path: AbsolutePath, readOnly: z.boolean() })
export const TmpfsMount = z.strictObject({ path: AbsolutePath, sizeMiB: z.int().min(1).max(65536) })

export const AppService = z.strictObject({
  name: Name,
  image: ImageRef,
  /** What the name stood for when the app was deployed; null: nobody could tell, and the host goes by the name. */
  source: ImageSource.nullable().default(null),
  platform: Text(64).nullable(),
  /** Null: as the image says. */
  entrypoint: z.array(Text(32768)).max(256).nullable(),
  command: z.array(Text(32768)).max(256).nullable(),
  env: z.record(Text(256).min(1), Text(65536)).refine((env) => Object.keys(env).length <= 1000, 'more than 1000 variables'),
  workingDir: AbsolutePath.nullable(),
  user: Text(128).nullable(),
  hostname: Text(63).nullable(),
  /** Other names the app's services reach it by. */
  aliases: z.array(Text(253)).max(32),
  /** TCP ports that `forward` may open. The image's own exposed ports are added by the provider. */
  ports: z.array(z.int().min(1).max(65535)).max(128),
  volumes: z.array(VolumeMount).max(32),
  tmpfs: z.array(TmpfsMount).max(32),
  files: z.array(AppFile).max(64),
  dependsOn: z.array(Dependency).max(64),
  healthcheck: z.union([Healthcheck, z.literal('none')]).nullable(),
  restart: RestartPolicy,
  init: z.boolean(),
  tty: z.boolean(),
  stdinOpen: z.boolean(),
  stopSignal: z.string().regex(/^SIG[A-Z0-9+-]{1,12}$|^\d{1,2}$/).nullable(),
  stopGraceMs: Count.max(600_000),
  shmMiB: z.int().min(1).max(65536).nullable(),
  cpuMilli: z.int().min(10).max(10_000_000),
  memoryMiB: z.int().min(6).max(1 << 30),
  diskMiB: z.int().min(0).max(1 << 30),
  pids: z.int().min(1).max(32768),
})
export type AppService = z.infer<typeof AppService>

/** A name that connections may be opened to: itself and nothing below it, or with `*.` in front all below it and not itself. */
export const DomainName = z.string().max(253).regex(/^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/, 'not a domain name')

/** What the app may open connections to. */
export const AppEgress = z.discriminatedUnion('tier', [
  z.strictObject({ tier: z.literal('none') }),
  z.strictObject({ tier: z.literal('domains'), domains: z.array(DomainName).min(1).max(64) }),
  z.strictObject({ tier: z.literal('open') }),
])
export type AppEgress = z.infer<typeof AppEgress>

export const App = z.strictObject({
  version: z.literal(1),
  services: z.array(AppService).min(1).max(32),
  /** Named volumes: they live as long as the lease. */
  volumes: z.array(Name).max(64),
  egress: AppEgress,
  /** It runs only where guests are kept apart this far; null: anywhere. */
  isolation: IsolationLevel.nullable(),
}).superRefine((app, context) => {
  const names = new Set(app.services.map((service) => service.name))
  if (names.size !== app.services.length) context.addIssue('two services have one name')
  for (const service of app.services) {
    for (const dependency of service.dependsOn) {
      if (!names.has(dependency.service)) context.addIssue(`${service.name} depends on ${dependency.service}, which is not there`)
    }
    for (const mount of service.volumes) {
      if (!app.volumes.includes(mount.volume)) context.addIssue(`${service.name} mounts ${mount.volume}, which is not there`)
    }
  }
})
export type App = z.infer<typeof App>
