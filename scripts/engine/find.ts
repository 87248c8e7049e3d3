import { request } from 'node:http'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where engines listen, besides where `DOCKER_HOST` says. */
export function engineAddresses(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, home = homedir()): string[] {
  const named = env['DOCKER_HOST']
  if (named !== undefined && named !== '') return [named]
  if (platform === 'win32') return ['npipe:////./pipe/docker_engine']
  const runtimeDir = env['XDG_RUNTIME_DIR']
  return [
    '/var/run/docker.sock',
    ...(runtimeDir === undefined ? [] : [join(runtimeDir, 'docker.sock')]),
    join(home, '.docker/run/docker.sock'),
    join(home, '.colima/default/docker.sock'),
    join(home, '.orbstack/run/docker.sock'),
    join(home, '.rd/docker.sock'),
  ].map((path) => `unix://${path}`)
}

/** @returns the address of the first engine that answers, as `DOCKER_HOST` takes it */
export async function findEngine(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): Promise<string | undefined> {
  for (const address of engineAddresses(env, platform)) {
    if (await answers(address)) return address
  }
  return undefined
}

const pingMs = 5_000

export async function answers(address: string): Promise<boolean> {
  try {
    return (await callEngine(address, 'GET', '/_ping')).trim() === 'OK'
  } catch {
    return false
  }
}

/** One call of the engine's API, answered within `timeoutMs`. */
export async function callEngine(address: string, method: 'GET' | 'DELETE', path: string, timeoutMs = pingMs): Promise<string> {
  return await new Promise((resolve, reject) => {
    const call = request({ ...target(address), method, path, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => void chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => resolve(Buffer.concat(chunks).toString()))
    })
    call.on('error', reject)
    call.end()
  })
}

function target(address: string): { socketPath: string } | { host: string, port: number } {
  const { protocol, pathname, hostname, port } = new URL(address)
  if (protocol === 'unix:') return { socketPath: pathname }
  if (protocol === 'npipe:') return { socketPath: pathname.replace(/^\/+/, '//').replaceAll('/', '\\') }
  return { host: hostname, port: Number(port === '' ? '2375' : port) }
}
