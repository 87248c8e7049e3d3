import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isolate } from './isolation.ts'
import { run } from './tool.ts'

const never = new AbortController().signal

describe.skipIf(process.platform === 'win32')('a tool', () => {
  it('gives what it printed and how it ended', async () => {
    expect(await run(['sh', '-c', 'echo out; echo err >&2; exit 3'], { signal: never, show: 'captured' })).toMatchObject({ status: 3, output: expect.stringMatching(/out[^]*err/) as string })
  })

  it('that cannot be started is one that failed', async () => {
    expect(await run(['/nowhere/tool'], { signal: never, show: 'captured' })).toMatchObject({ status: 1, output: expect.stringContaining('cannot be started') as string })
  })

  it('takes what it started with it', async () => {
    const { path, connected, close } = await listen()
    // The grandchild outlives its parent, which ends as soon as the connection stands.
    const grandchild = 'require("node:net").connect(process.argv[1], () => process.send(0)).on("close", () => {})'
    const parent = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}, process.argv[1]], { stdio: ["ignore", "ignore", "ignore", "ipc"] }).on("message", () => process.exit(0))`
    expect(await run([process.execPath, '-e', parent, path], { signal: never, show: 'captured' })).toMatchObject({ status: 0, output: '' })
    const socket = await connected
    if (!socket.closed) await once(socket, 'close')
    close()
  })

  it('is ended when the run is', async () => {
    const { path, connected, close } = await listen()
    const aborted = new AbortController()
    const child = 'process.on("SIGTERM", () => { console.log("told to end"); process.exit(4) }); require("node:net").connect(process.argv[1])'
    const running = run([process.execPath, '-e', child, path], { signal: aborted.signal, show: 'captured' })
    await connected
    aborted.abort()
    expect(await running).toMatchObject({ status: 4, output: 'told to end\n' })
    close()
  })
})

describe('the environment of tests', () => {
  it('has nothing of the person who runs them, and is gone afterwards', () => {
    process.env['DEPIN_DATA_DIR'] = '/home/someone/depin'
    const { env, remove } = isolate()
    delete process.env['DEPIN_DATA_DIR']
    expect(env['DEPIN_DATA_DIR']).toBeUndefined()
    expect(env['XDG_DATA_HOME']).toMatch(/depin-test-.*xdg_data_home$/)
    expect(env['PATH']).toBe(process.env['PATH'])
    remove()
  })
})

/** A socket that stays open as long as the process that connects to it. */
async function listen(): Promise<{ path: string, connected: Promise<Socket>, close: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'depin-tool-'))
  const path = join(folder, 'socket')
  const server = createServer((socket) => socket.on('error', () => undefined).resume()).listen(path)
  await once(server, 'listening')
  const connected = once(server, 'connection').then(([socket]) => socket as Socket)
  return { path, connected, close: () => void server.close(() => rmSync(folder, { recursive: true, force: true })) }
}
