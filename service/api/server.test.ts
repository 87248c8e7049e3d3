import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ServiceFile } from '../../contract/nouns/serve.ts'
import { createSystemClock, createSystemRng } from '../base/index.ts'
import { localSocketOf, originOf, tokenOf } from '../testing/api-clients.ts'
import { silentLog } from '../testing/deps.ts'
import { createFakeApi } from '../testing/fake-api.ts'
import { rawRequest, sendRaw, type RawAnswer } from '../testing/raw-http.ts'
import { createApiServer, type ApiServer, type ApiServerOptions } from './index.ts'
import { defaultLimits } from './adapters/listener.ts'

let dataDir: string
const cleanUps: (() => Promise<void> | void)[] = []
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'depin-server-'))
})
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
  rmSync(dataDir, { recursive: true })
})

async function start(options: Partial<ApiServerOptions> = {}, limits = defaultLimits): Promise<ApiServer> {
  const deps = { router: createFakeApi().router, clock: createSystemClock(), rng: createSystemRng(), log: silentLog }
  const server = createApiServer({ dataDir, version: '0.1.0', http: { host: '127.0.0.1', port: 0 }, dashboardDir: null, ...options }, deps, limits)
  await server.start()
  cleanUps.push(() => server.stop())
  return server
}

function portOf(server: ApiServer): number {
  return Number(new URL(originOf({ server, dataDir })).port)
}

/** Sends a request to the server, with its right Host unless said otherwise. */
function send(server: ApiServer, line: string, headers: Record<string, string> = {}, body = ''): Promise<RawAnswer> {
  const port = portOf(server)
  return sendRaw({ host: '127.0.0.1', port }, rawRequest(line, { host: `127.0.0.1:${port}`, ...headers }, body))
}

function call(server: ApiServer, headers: Record<string, string>, body: string): Promise<RawAnswer> {
  return send(server, 'POST /api/rpc/node/status', { 'authorization': `Bearer ${tokenOf({ server, dataDir })}`, 'content-type': 'application/json', ...headers }, body)
}

async function occupy(port: number): Promise<Server> {
  const other = createServer()
  await new Promise<void>((resolve, reject) => {
    other.once('error', reject)
    other.listen(port, '127.0.0.1', resolve)
  })
  cleanUps.push(() => void other.close())
  return other
}

describe('a message port', () => {
  it('that comes after the stop is closed at once, and hears nothing of a service that is gone', async () => {
    const server = await start()
    await server.stop()
    const { port1, port2 } = new MessageChannel()
    const closed = new Promise((resolve) => port2.once('close', resolve))
    server.servePort(port1)
    await closed
  })
})

describe('where it listens', () => {
  it('tells in service.json, for this user alone, while it runs', async () => {
    const server = await start()
    const path = join(dataDir, 'service.json')
    const file = ServiceFile.parse(JSON.parse(readFileSync(path, 'utf8')))
    expect(file).toMatchObject({ pid: process.pid, version: '0.1.0', dashboard: server.dashboardAddress(), socket: localSocketOf({ server, dataDir }) })
    expect(JSON.stringify(file)).not.toContain(tokenOf({ server, dataDir }))
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(server.dashboardUrl()).toBe(`${originOf({ server, dataDir })}/#token=${tokenOf({ server, dataDir })}`)
    await server.stop()
    expect(existsSync(path)).toBe(false)
    expect(existsSync(file.socket)).toBe(false)
    expect(server.dashboardUrl()).toBeNull()
  })

  it.each(['0.0.0.0', '::', '192.0.2.1', 'example.org', '127.0.0.1.example.org', ''])('is this machine, never “%s”', async (host) => {
    await expect(start({ http: { host, port: 5000 } })).rejects.toMatchObject({ code: 'E_ADDRESS', next: expect.stringContaining('ssh -L 5000:127.0.0.1:5000') as string })
    expect(existsSync(join(dataDir, 'service.json'))).toBe(false)
  })

  it.each([['localhost', '127.0.0.1'], ['::1', '[::1]'], ['[::1]', '[::1]'], ['127.8.9.10', '127.8.9.10']])('may be %s', async (host, shown) => {
    const server = await start({ http: { host, port: 0 } })
    expect(new URL(originOf({ server, dataDir })).hostname).toBe(shown)
  })

  it('is the port that was asked for, or an error that names it', async () => {
    const { port } = (await occupy(0)).address() as AddressInfo
    await expect(start({ http: { host: '127.0.0.1', port } })).rejects.toMatchObject({
      code: 'E_PORT_IN_USE', message: expect.stringContaining(String(port)) as string, details: { port },
    })
  })

  it('is another port when none was asked for and the default one is taken', async () => {
    await occupy(4848).catch(() => 'taken already, which is as good')
    const server = await start({ http: null })
    expect(portOf(server)).not.toBe(4848)
    expect((await call(server, { 'content-length': '2' }, '{}')).status).toBe(200)
  })

  it('takes the place of a socket that a dead service left', async () => {
    const left = createServer()
    const path = join(dataDir, 'api.sock')
    await new Promise<void>((resolve) => left.listen(path, resolve))
    // a killed service does not unlink its socket
    const inode = statSync(path).ino
    await start()
    expect(statSync(path).ino).not.toBe(inode)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await new Promise((resolve) => left.close(resolve))
  })

  it('refuses to remove what is no socket, and a folder others can reach', async () => {
    writeFileSync(join(dataDir, 'api.sock'), 'mine')
    await expect(start()).rejects.toMatchObject({ code: 'E_DATA_DIR_FOREIGN' })
    expect(readFileSync(join(dataDir, 'api.sock'), 'utf8')).toBe('mine')
    rmSync(join(dataDir, 'api.sock'))
    chmodSync(dataDir, 0o755)
    await expect(start()).rejects.toMatchObject({ code: 'E_DATA_DIR_PERMISSIONS' })
  })

  it('has a socket even when the data directory’s path is too long for one', async () => {
    dataDir = join(dataDir, 'x'.repeat(90))
    mkdirSync(dataDir, { mode: 0o700 })
    cleanUps.push(() => { dataDir = join(dataDir, '..') })
    const socket = localSocketOf({ server: await start(), dataDir })
    expect(socket.startsWith(tmpdir())).toBe(true)
    expect(statSync(join(socket, '..')).mode & 0o777).toBe(0o700)
    cleanUps.push(() => rmSync(join(socket, '..'), { recursive: true }))
  })
})

describe('who is turned away', () => {
  it('a page that claims this port by DNS rebinding, whatever it asks for', async () => {
    const server = await start()
    for (const path of ['/', '/api/rpc/node/status', '/api/ws']) {
      const answer = await send(server, `GET ${path}`, { host: `rebound.example:${portOf(server)}`, authorization: `Bearer ${tokenOf({ server, dataDir })}` })
      expect(answer.status, path).toBe(403)
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
    }
  })

  it('who has no token, before a byte of the body is read', async () => {
    const server = await start()
    const answer = await send(server, 'POST /api/rpc/node/status', { 'content-type': 'application/json', 'content-length': '1000000000' })
    expect(answer.status).toBe(401)
    expect(answer.headers).toMatchObject({ 'connection': 'close', 'www-authenticate': 'Bearer' })
    expect(JSON.parse(answer.body)).toMatchObject({ json: { code: 'DEPIN', data: { code: 'E_UNAUTHORIZED' } } })
  })

  it('on the local socket too', async () => {
    const server = await start()
    const path = localSocketOf({ server, dataDir })
    const status = async (headers: Record<string, string>) => (await sendRaw({ path }, rawRequest('POST /api/rpc/node/status', { 'content-type': 'application/json', 'content-length': '2', ...headers }, '{}'))).status
    const authorization = `Bearer ${tokenOf({ server, dataDir })}`
    expect(await status({ host: 'localhost' })).toBe(401)
    expect(await status({ host: 'localhost', authorization, origin: 'http://evil.example' })).toBe(403)
    expect(await status({ host: `127.0.0.1:${portOf(server)}`, authorization })).toBe(403)
    expect(await status({ host: 'localhost', authorization })).toBe(200)
  })
})

describe('a body', () => {
  it.each([
    [{ 'content-type': 'text/plain' }, '{}', 415],
    [{ 'content-type': '' }, '{}', 415],
    [{ 'content-type': 'application/jsonp' }, '{}', 415],
    [{ 'content-type': 'multipart/form-data; boundary=x' }, '{}', 415],
    [{ 'content-encoding': 'gzip' }, '{}', 415],
    [{}, '{"json":', 400],
    [{}, '', 400],
    [{ 'content-disposition': 'attachment; filename="x"' }, '{}', 200],
    [{ 'content-type': 'Application/JSON; charset=utf-8' }, '{}', 200],
  ])('with %j, %j → %i', async (headers, body, status) => {
    expect((await call(await start(), { 'content-length': String(body.length), ...headers }, body)).status).toBe(status)
  })

  it('of more than its bound is refused, said or unsaid', async () => {
    const server = await start({}, { ...defaultLimits, maxBodyBytes: 1000 })
    expect((await call(server, { 'content-length': '1001' }, '')).status).toBe(413)
    const chunk = 'x'.repeat(600)
    expect((await call(server, { 'transfer-encoding': 'chunked' }, `258\r\n${chunk}\r\n258\r\n${chunk}\r\n`)).status).toBe(413)
    expect((await call(server, { 'content-length': '1000' }, `{}${' '.repeat(998)}`)).status).toBe(200)
  })

  it('and a head have a time to arrive', async () => {
    const server = await start({}, { ...defaultLimits, headTimeoutMs: 100, requestTimeoutMs: 200 })
    const target = { host: '127.0.0.1', port: portOf(server) }
    const [head, body] = await Promise.all([
      sendRaw(target, 'POST /api/rpc/node/status HTTP/1.1\r\nhost: x\r\nx-slow: '),
      call(server, { 'content-length': '100' }, '{'),
    ])
    expect([head.status, body.status]).toEqual([408, 408])
  })

  it('cannot hide behind an endless head', async () => {
    expect((await send(await start(), 'GET /', { 'x-long': 'x'.repeat(20_000) })).status).toBe(431)
  })
})

describe('the dashboard’s pages', () => {
  let pages: string
  beforeEach(() => {
    pages = join(dataDir, 'renderer')
    mkdirSync(join(pages, 'assets'), { recursive: true })
    writeFileSync(join(pages, 'index.html'), '<!doctype html><title>Depin</title>')
    writeFileSync(join(pages, 'assets', 'index-Dk3_a9-Z.js'), 'export {}')
    writeFileSync(join(dataDir, 'secret.txt'), 'secret')
    symlinkSync(join(dataDir, 'secret.txt'), join(pages, 'link.txt'))
  })

  it('need no token, and may be nobody else’s', async () => {
    const { status, headers, body } = await send(await start({ dashboardDir: pages }), 'GET /')
    expect([status, body]).toEqual([200, '<!doctype html><title>Depin</title>'])
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin',
    })
    expect(headers['content-security-policy']).toMatchInlineSnapshot(`"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"`)
    for (const name of ['set-cookie', 'access-control-allow-origin']) expect(headers).not.toHaveProperty(name)
  })

  it('are kept by a browser for as long as their names say', async () => {
    const server = await start({ dashboardDir: pages })
    expect((await send(server, 'GET /assets/index-Dk3_a9-Z.js')).headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=31536000, immutable', 'content-length': '9',
    })
    expect((await send(server, 'HEAD /assets/index-Dk3_a9-Z.js')).body).toBe('')
  })

  it('answer for every route of the page', async () => {
    expect((await send(await start({ dashboardDir: pages }), 'GET /guests/abc?x=1')).body).toContain('<title>Depin')
  })

  it.each([
    '/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/../../secret.txt', '/assets/..%5c..%5csecret.txt', '//secret.txt', '/./../secret.txt',
    '/%00/secret.txt', '/link.txt', '/secret.txt', '/assets/missing.js', '/%zz.js', '/index.html%00.js',
  ])('lead nowhere else: %s', async (path) => {
    const answer = await send(await start({ dashboardDir: pages }), `GET ${path}`)
    expect(answer.status).toBe(404)
    expect(answer.body).not.toContain('secret')
  })

  it('are missing, and the rest works, when none were built', async () => {
    expect((await send(await start({ dashboardDir: join(dataDir, 'nowhere') }), 'GET /')).status).toBe(404)
  })
})
