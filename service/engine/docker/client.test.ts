import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fakeDeps } from '../../testing/deps.ts'
import { containerSpec } from '../spec.ts'
import { DockerClient } from './client.ts'
import type { EngineContext } from './context.ts'
import { createLogs } from './logs.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

describe('a client of an engine', () => {
  const deps = fakeDeps()
  const directory = mkdtempSync(join(tmpdir(), 'depin-client-'))
  const path = join(directory, 'engine.sock')
  let answer: Answer = () => undefined
  let client: DockerClient
  /** Speaks an engine's protocol, as well or as badly as a test wants. */
  const server = createServer((request, response) => answer(request, response))

  beforeEach(async () => {
    server.listen(path)
    await once(server, 'listening')
    client = await DockerClient.open({ kind: 'socket', path }, deps.clock)
  })
  afterEach(async () => {
    client.close('the test is over')
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    rmSync(path, { force: true })
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  const ping = (signal?: AbortSignal): Promise<unknown> => client.call('answer', 5000, (docker) => docker.ping(), signal)

  /** A server that has been asked and does not answer. */
  async function askSilently(signal?: AbortSignal): Promise<{ asking: Promise<unknown> }> {
    const asked = Promise.withResolvers<null>()
    answer = () => asked.resolve(null)
    const asking = ping(signal)
    asking.catch(() => undefined)
    await asked.promise
    return { asking }
  }

  it('gives up at the deadline, and says that there was silence', async () => {
    const onSilence = vi.fn()
    client.onSilence = onSilence
    const { asking } = await askSilently()
    deps.clock.advance(5000)
    await expect(asking).rejects.toMatchObject({ code: 'E_ENGINE_STOPPED' })
    expect(onSilence).toHaveBeenCalledOnce()
  })

  it('follows the caller, with the caller’s reason', async () => {
    const caller = new AbortController()
    const { asking } = await askSilently(caller.signal)
    caller.abort(new Error('not wanted any more'))
    await expect(asking).rejects.toThrow('not wanted any more')
  })

  it('ends every call when it is closed, and stays closed', async () => {
    const { asking } = await askSilently()
    client.close('gone')
    await expect(asking).rejects.toMatchObject({ code: 'E_ENGINE_STOPPED' })
    answer = (_, response) => response.end('OK')
    await expect(ping()).rejects.toMatchObject({ code: 'E_ENGINE_STOPPED' })
  })

  it('notices an engine that dies in the middle of an answer', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('half an answer', () => response.destroy())
    }
    await expect(ping()).rejects.toMatchObject({ code: 'E_ENGINE_STOPPED' })
  })

  it('passes on the engine’s words', async () => {
    answer = (_, response) => response.writeHead(500).end(JSON.stringify({ message: 'the engine is on fire' }))
    await expect(ping()).rejects.toMatchObject({ code: 'E_ENGINE', message: 'The container engine could not answer: the engine is on fire', details: { status: 500 } })
  })

  it('connects where it was told, whatever DOCKER_HOST says', async () => {
    vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:1')
    try {
      const other = await DockerClient.open({ kind: 'socket', path }, deps.clock)
      answer = (_, response) => response.end('OK')
      await other.call('answer', 5000, (docker) => docker.ping())
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it('sends a large environment in the body, not in the address', async () => {
    const owner = { node: 'node', leaseId: 'lease' }
    const spec = containerSpec({
      owner, service: 'web', imageId: `sha256:${'0'.repeat(64)}`, entrypoint: null, command: null,
      env: { LARGE: 'x'.repeat(200_000) }, workingDir: null, user: null, ports: [], volumes: [], tmpfs: [], healthcheck: null,
      limits: { cpuMilli: 100, memoryMiB: 16, pids: 16 }, shmMiB: null, init: true, tty: false, stdinOpen: false, stopSignal: null, stopGraceMs: 0,
    }, { kind: 'docker', seccomp: 'named', runtime: null })
    let url = ''
    let body = ''
    answer = (request, response) => {
      url = request.url ?? ''
      request.on('data', (chunk) => { body += String(chunk) }).on('end', () => response.writeHead(201).end('{"Id":"made"}'))
    }
    expect(await client.create(spec)).toBe('made')
    expect(url).toBe(`/containers/create?name=${spec.name}`)
    expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(spec.options)))
  })

  it('holds back an engine that has more to say than is read', async () => {
    const totalBytes = 64 * 1024 ** 2
    const allowedAheadBytes = 4 * 1024 ** 2
    const text = 'x'.repeat(16_000)
    const entry = Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), Buffer.from(`2026-01-15T12:00:00Z ${text}`)])
    entry.writeUInt32BE(entry.length - 8, 4)
    let sentBytes = 0
    let readBytes = 0
    let mostAheadBytes = 0
    answer = (request, response) => {
      if (request.url?.includes('/logs') !== true) {
        response.end(JSON.stringify(runningContainer))
        return
      }
      const send = (): void => {
        while (sentBytes < totalBytes) {
          sentBytes += entry.length
          mostAheadBytes = Math.max(mostAheadBytes, sentBytes - readBytes)
          if (!response.write(entry)) {
            response.once('drain', send)
            return
          }
        }
        response.end()
      }
      send()
    }
    const { logs } = createLogs({ client } as EngineContext)
    for await (const chunk of logs('c', { follow: true, tailLines: 1, signal: new AbortController().signal })) {
      readBytes += chunk.text.length + entry.length - text.length
      // as many turns for the engine as it can use
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(readBytes).toBeGreaterThanOrEqual(totalBytes)
    expect(mostAheadBytes).toBeLessThan(allowedAheadBytes)
  })
})

const runningContainer = {
  Id: 'c', Name: '/c', State: { Status: 'running' }, Config: { Labels: {}, Tty: false }, HostConfig: {}, NetworkSettings: {},
}
