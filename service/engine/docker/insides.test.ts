import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fakeDeps } from '../../testing/deps.ts'
import { until } from '../../testing/wait.ts'
import type { ImageLook } from '../types.ts'
import { DockerClient } from './client.ts'
import { Insides } from './insides.ts'

const look: ImageLook = { owner: { node: 'node', leaseId: 'lease' }, service: 'web', imageId: `sha256:${'1f'.repeat(32)}`, user: 'app' }
const passwd = 'root:x:0:0:::\napp:x:1000:1001:::\n'

type Body = Buffer | Iterable<Buffer> | number | null

describe('a look into an image', () => {
  const deps = fakeDeps()
  let directory: string
  let client: DockerClient
  let insides: Insides
  /** What the engine was asked, in order. */
  let asked: string[]
  /** What the image has at a path: an archive, or the status of a refusal; null: no answer. */
  let archives: Record<string, Body>
  let config: object

  function answer(method: string, url: URL, response: ServerResponse): void {
    const json = (status: number, body: object): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    asked.push(`${method} ${url.searchParams.get('path') ?? url.pathname.replace(/^.*(containers|images).*\/(\w+)$/, '$1 $2')}`)
    if (method === 'POST') json(201, { Id: 'helper' })
    else if (method === 'DELETE') response.writeHead(204).end()
    else if (url.pathname.startsWith('/images/')) json(200, { Id: look.imageId, Os: 'linux', Architecture: 'amd64', Size: 1, Config: config })
    else {
      const body = archives[url.searchParams.get('path') ?? '']
      if (body === undefined || typeof body === 'number') json(body ?? 404, { message: 'no' })
      else if (body !== null) Readable.from(Buffer.isBuffer(body) ? [body] : body).on('error', () => undefined).pipe(response.writeHead(200))
    }
  }
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(request.method ?? '', new URL(request.url ?? '', 'http://engine'), response))
  })

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'depin-insides-'))
    asked = []
    config = {}
    archives = { '/etc/passwd': packed('passwd', { passwd }), '/run': packed('run', { 'run/app/': '', 'run/lock/inner/deep/': '', 'run/pid': '1' }) }
    const path = join(directory, 'engine.sock')
    server.listen(path)
    await once(server, 'listening')
    client = await DockerClient.open({ kind: 'socket', path }, deps.clock)
    insides = new Insides({ ...deps, client, traits: { kind: 'docker', seccomp: 'implied', runtime: null } })
  })
  afterEach(async () => {
    client.close('the test is over')
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    rmSync(directory, { recursive: true })
  })

  /** As an engine packs what is there: names that end in `/` are directories, content that begins with `->` is a link. */
  function packed(what: string, files: Record<string, string>): Buffer {
    const root = mkdtempSync(join(directory, 'root-'))
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(root, name.endsWith('/') ? name : dirname(name)), { recursive: true })
      if (text.startsWith('->')) symlinkSync(text.slice(2), join(root, name))
      else if (!name.endsWith('/')) writeFileSync(join(root, name), text)
    }
    return execFileSync('tar', ['--sort=name', '-C', root, '-c', what])
  }

  const known = { user: { uid: 1000, gid: 1001 }, runDirectories: ['/run/app', '/run/lock', '/run/lock/inner'] }
  const errand = ['GET images json', 'POST containers create', 'GET /run', 'GET /etc/passwd', 'DELETE containers helper']

  it('finds its user and its directories once, whoever asks, and leaves nothing', async () => {
    expect(await Promise.all([insides.of(look), insides.of({ ...look, service: 'other' })])).toEqual([known, known])
    expect(await insides.of({ ...look, owner: { node: 'node', leaseId: 'another' } })).toEqual(known)
    insides.isLike(`sha256:${'2f'.repeat(32)}`, look.imageId)
    expect(await insides.of({ ...look, imageId: `sha256:${'2f'.repeat(32)}` })).toEqual(known)
    expect(asked.map((each) => each.replace('/helper', ' helper'))).toEqual(errand)
  })

  it('goes by the image’s own user where none is named', async () => {
    config = { User: '33:44' }
    expect(await insides.of({ ...look, user: null })).toEqual({ ...known, user: { uid: 33, gid: 44 } })
    expect(await insides.of({ ...look, user: '0' })).toEqual({ ...known, user: { uid: 0, gid: 0 } })
  })

  it.each<[string, () => Record<string, Body>, object]>([
    ['has neither', () => ({}), { user: null, runDirectories: [] }],
    ['has links in their places', () => ({ '/run': packed('run', { run: '->/etc' }), '/etc/passwd': packed('passwd', { passwd: '->shadow' }) }), { user: null, runDirectories: [] }],
    ['has more users than anybody', () => ({ ...archives, '/etc/passwd': packed('passwd', { passwd: `${passwd}${'x:x:1:1:::\n'.repeat(30_000)}` }) }), { ...known, user: null }],
  ])('that %s finds what there is', async (_, make, expected) => {
    archives = make()
    expect(await insides.of(look)).toEqual(expected)
    expect(asked.at(-1)).toMatch(/^DELETE/)
  })

  it('takes a few of a million directories, passes over large files, and reads no further', async () => {
    let sent = 0
    archives['/run'] = (function* () {
      for (let at = 0; at < 1_000_000; at++, sent++) yield header(`run/,${at}/`, '5', 0)
    })()
    expect(await insides.of(look)).toEqual({ ...known, runDirectories: [] })
    expect(sent).toBeLessThan(100_000)
    archives['/run'] = Buffer.concat([header('run/app/', '5', 0), header('run/huge', '0', 2 ** 32)])
    expect(await insides.of({ ...look, user: '5' })).toEqual({ user: { uid: 5, gid: 0 }, runDirectories: ['/run/app'] })
  })

  it.each<[string, Body]>([['refuses', 403], ['sends what is no archive', Buffer.alloc(4096, 'x')]])('is null when the engine %s, and is tried again', async (_, body) => {
    archives['/etc/passwd'] = body
    expect(await insides.of(look)).toBeNull()
    expect(asked.at(-1)).toMatch(/^DELETE/)
    archives['/etc/passwd'] = packed('passwd', { passwd })
    expect(await insides.of(look)).toEqual(known)
  })

  it('is null when it takes too long, which is no sign that the engine is gone', async () => {
    let isSilent = false
    client.onSilence = () => { isSilent = true }
    archives['/run'] = null
    const looking = insides.of(look)
    await until('the engine was asked', () => asked.includes('GET /run'))
    deps.clock.advance(20_000)
    expect(await looking).toBeNull()
    expect([isSilent, asked.at(-1)?.slice(0, 6)]).toEqual([false, 'DELETE'])
  })

  it('is null for an image whose volumes have odd places: nothing is made of it', async () => {
    config = { Volumes: { '/a,type=bind,source=/': {} } }
    expect(await insides.of(look)).toBeNull()
    expect(asked).toEqual(['GET images json'])
  })
})

function header(name: string, type: string, sizeBytes: number): Buffer {
  const block = Buffer.alloc(512)
  block.write(name)
  block.write('0000755\0', 100)
  block[124] = 0x80
  block.writeBigUInt64BE(BigInt(sizeBytes), 128)
  block.write('        ', 148)
  block.write(type, 156)
  block.write('ustar\0' + '00', 257)
  block.write(`${block.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148)
  return block
}
