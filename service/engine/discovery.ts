import { createHash } from 'node:crypto'
import { posix, win32 } from 'node:path'
import { type Endpoint, formatEndpoint, parseEndpoint } from './endpoint.ts'

/** What discovery reads of the machine, so that tests can be any machine. */
export interface Surroundings {
  platform: NodeJS.Platform
  env: Readonly<Record<string, string | undefined>>
  homeDir: string
  /** Who this process runs as. */
  user: string
  /** Text of a small file, or null when it is not there or not readable. */
  readFile(path: string): Promise<string | null>
  hasPath(path: string): Promise<boolean>
  /** Whether a program is where programs are. */
  hasProgram(name: string): Promise<boolean>
  /** Output of a command, or null when there is no such command or it fails. */
  run(command: string, args: readonly string[], signal: AbortSignal): Promise<string | null>
}

/** A place where an engine may be, and who named it. */
export type Candidate =
  | { from: string, endpoint: Endpoint }
  | { from: string, refused: string }

/**
 * Where to look for an engine, the owner's own wishes first: DOCKER_HOST, the current docker context, then the sockets
 * that engines open by default, the contexts that engines make for themselves, and Podman's virtual machine. Each place once.
 */
export async function engineCandidates(here: Surroundings, signal: AbortSignal): Promise<Candidate[]> {
  const named = [hostFromEnv(here), await hostFromCurrentContext(here)].filter((candidate) => candidate !== null)
  const usual = usualSockets(here).map((path): Candidate => ({ from: path, endpoint: { kind: 'socket', path } }))
  const contexts = (await Promise.all(engineContexts.map((name) => hostOfContext(here, name)))).filter((candidate) => candidate !== null)
  const machine = await podmanMachine(here, signal)
  const seen = new Set<string>()
  return [...named, ...usual, ...contexts, ...machine].filter((candidate) => {
    const key = 'endpoint' in candidate ? formatEndpoint(candidate.endpoint) : candidate.from
    return !seen.has(key) && seen.add(key)
  })
}

/** A place that somebody wrote down. */
export function candidateOf(from: string, text: string): Candidate {
  const parsed = parseEndpoint(text)
  return 'refused' in parsed ? { from: `${from} (${text})`, refused: parsed.refused } : { from, endpoint: parsed }
}

function hostFromEnv({ env }: Surroundings): Candidate | null {
  const host = env['DOCKER_HOST'] ?? ''
  return host === '' ? null : candidateOf('DOCKER_HOST', host)
}

/** Contexts that engines make when they are installed, whether they are the current one or not. */
const engineContexts = ['desktop-linux', 'rancher-desktop', 'colima', 'orbstack', 'rootless'] as const

/** `default` means the usual socket. */
async function hostFromCurrentContext(here: Surroundings): Promise<Candidate | null> {
  const { paths, configDir } = dockerConfig(here)
  const name = here.env['DOCKER_CONTEXT'] ?? textAt(await readJson(here, paths.join(configDir, 'config.json')), 'currentContext') ?? 'default'
  if (name === 'default' || name === '') return null
  return await hostOfContext(here, name) ?? { from: `docker context ${name}`, refused: 'names no engine' }
}

/** Docker's CLI keeps a context in `contexts/meta/<sha256 of its name>/meta.json`. */
async function hostOfContext(here: Surroundings, name: string): Promise<Candidate | null> {
  const { paths, configDir } = dockerConfig(here)
  const directory = createHash('sha256').update(name).digest('hex')
  const meta = await readJson(here, paths.join(configDir, 'contexts', 'meta', directory, 'meta.json'))
  const host = textAt(meta, 'Endpoints', 'docker', 'Host')
  return host === null ? null : candidateOf(`docker context ${name}`, host)
}

function dockerConfig(here: Surroundings): { paths: typeof posix, configDir: string } {
  const paths = here.platform === 'win32' ? win32 : posix
  return { paths, configDir: here.env['DOCKER_CONFIG'] ?? paths.join(here.homeDir, '.docker') }
}

function usualSockets({ platform, env, homeDir }: Surroundings): string[] {
  if (platform === 'win32') return ['//./pipe/docker_engine', '//./pipe/dockerDesktopLinuxEngine', '//./pipe/podman-machine-default']
  const runtimeDir = env['XDG_RUNTIME_DIR'] ?? ''
  return [
    '/var/run/docker.sock',
    ...runtimeDir === '' ? [] : [`${runtimeDir}/docker.sock`, `${runtimeDir}/podman/podman.sock`],
    ...platform === 'linux' ? ['/run/podman/podman.sock'] : [],
    `${homeDir}/.docker/run/docker.sock`,
    ...platform === 'linux' ? [`${homeDir}/.docker/desktop/docker.sock`] : [],
    `${homeDir}/.colima/default/docker.sock`,
    `${homeDir}/.config/colima/default/docker.sock`,
    `${homeDir}/.orbstack/run/docker.sock`,
    `${homeDir}/.rd/docker.sock`,
  ]
}

/** On Linux Podman needs no virtual machine, and is not asked. */
async function podmanMachine(here: Surroundings, signal: AbortSignal): Promise<Candidate[]> {
  if (here.platform !== 'darwin' && here.platform !== 'win32') return []
  const property = here.platform === 'darwin' ? 'PodmanSocket' : 'PodmanPipe'
  const output = await here.run('podman', ['machine', 'inspect', '--format', `{{.ConnectionInfo.${property}.Path}}`], signal)
  const path = output?.split('\n')[0]?.trim() ?? ''
  return path === '' ? [] : [candidateOf('podman machine', path.replaceAll('\\', '/'))]
}

async function readJson(here: Surroundings, path: string): Promise<unknown> {
  try {
    return JSON.parse(await here.readFile(path) ?? 'null')
  } catch {
    return null
  }
}

function textAt(value: unknown, ...keys: string[]): string | null {
  let at = value
  for (const key of keys) at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined
  return typeof at === 'string' ? at : null
}
