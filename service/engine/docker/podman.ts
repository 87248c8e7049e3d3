import { access, readFile } from 'node:fs/promises'
import * as z from 'zod'
import type { DockerClient } from './client.ts'

/** What Podman tells of itself in its own language only. Its answers in Docker's say nothing of either. */
export type PodmanFacts = z.infer<typeof PodmanFacts>
export const PodmanFacts = z.object({
  host: z.object({
    security: z.object({ rootless: z.boolean() }),
    /** Kinds of resources that it may limit (cgroups(7)). */
    cgroupControllers: z.array(z.string()).nullish(),
  }),
})

const deadlineMs = 5000
/** What every guest is held to: memory, processor and processes. */
const neededControllers = ['cpu', 'memory', 'pids'] as const

export async function readPodman(client: DockerClient, signal: AbortSignal | undefined): Promise<PodmanFacts> {
  return PodmanFacts.parse(await client.ask('describe itself', deadlineMs, '/v4.0.0/libpod/info', signal))
}

/** Without a controller Podman makes containers all the same, and leaves the limit out without a word. */
export function missingControllers({ host }: PodmanFacts): string[] {
  return neededControllers.filter((name) => !(host.cgroupControllers ?? []).includes(name))
}

/** What an owner should know of this Podman. */
export async function podmanDoubts(): Promise<string[]> {
  const hasTimers = await access('/run/systemd/system').then(() => true, () => false)
  return [...await hostsDoubts(), ...hasTimers ? [] : ['Podman has systemd run health checks, which this computer does not have: apps whose parts wait until another is healthy do not start.']]
}

/** Podman begins a container's list of hosts with this computer's, unless it is configured not to (containers.conf(5), base_hosts_file). */
export async function hostsDoubts(hostsPath = '/etc/hosts', configPaths: readonly string[] = ['/etc/containers/containers.conf', '/usr/share/containers/containers.conf']): Promise<string[]> {
  const [hosts = '', ...configs] = await Promise.all([hostsPath, ...configPaths].map((path) => readFile(path, 'utf8').catch(() => '')))
  const isTold = hosts.split('\n').some((line) => /^\s*[0-9a-f]/i.test(line) && !/^\s*(127\.|::1\s|f[ef]0[0-9a-f]::)/i.test(line))
  if (!isTold || configs.some((config) => /^\s*base_hosts_file\s*=\s*"(none|image)"/m.test(config))) return []
  return ['Podman shows guests the names and addresses in this computer’s /etc/hosts. To keep them to yourself, put base_hosts_file = "none" under [containers] in /etc/containers/containers.conf.']
}
