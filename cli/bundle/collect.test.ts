import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ManifestBundle, ManifestReport } from '../../contract/nouns/deployment.ts'
import { collectBundle } from './collect.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'depin-bundle-'))
  write('outside.txt', 'a key')
})
afterEach(() => rmSync(dir, { recursive: true }))

function write(name: string, content: string | Buffer): void {
  mkdirSync(dirname(join(dir, name)), { recursive: true })
  writeFileSync(join(dir, name), content)
}

/** Misses these, one list for each time it is asked, and then nothing. */
function missing(...lists: string[][]) {
  const seen: ManifestBundle[] = []
  const validate = (bundle: ManifestBundle): Promise<ManifestReport> => {
    seen.push(bundle)
    return Promise.resolve({ ok: true, services: [], copies: 1, resources: { cpuMilli: 1, memoryMiB: 1, diskMiB: 1 }, warnings: [], errors: [], missingFiles: lists[seen.length - 1] ?? [] })
  }
  return { seen, validate }
}

const io = (env: Record<string, string> = {}, input = '') => ({ cwd: dir, env, readInput: () => Promise.resolve(Buffer.from(input)) })

/** Why it does not send `name`. */
async function leftBehind(name: string): Promise<string | undefined> {
  const { bundle } = await collectBundle('app', missing([name]).validate, io())
  expect(Object.keys(bundle.files)).toEqual(['compose.yaml'])
  return bundle.leftBehind?.[name]
}

async function collect(source: string, service = missing(), world = io()): Promise<Record<string, string>> {
  const { bundle } = await collectBundle(source, service.validate, world)
  return Object.fromEntries(Object.entries(bundle.files).map(([name, content]) => [name, Buffer.from(content, 'base64').toString()]))
}

describe('a bundle', () => {
  it('is the file, its .env, and what the service misses until it misses nothing new', async () => {
    write('app/compose.yaml', 'services: {}')
    write('app/.env', 'A=1')
    write('app/web/web.env', 'B=2')
    write('app/base.yaml', 'x: 1')
    const service = missing(['base.yaml', 'not-there.env'], ['base.yaml', 'not-there.env', 'web/web.env'], ['not-there.env'])
    expect(await collect('app/compose.yaml', service)).toEqual({ 'compose.yaml': 'services: {}', '.env': 'A=1', 'base.yaml': 'x: 1', 'web/web.env': 'B=2' })
    expect(service.seen.map((bundle) => bundle.entry)).toEqual(['compose.yaml', 'compose.yaml', 'compose.yaml'])
  })

  it('holds what compose would merge into the file, so that what becomes of it is said', async () => {
    write('app/compose.yaml', 'services: {}')
    write('app/compose.override.yml', 'x: 1')
    for (const source of ['app', 'app/compose.yaml']) expect(await collect(source)).toEqual({ 'compose.yaml': 'services: {}', 'compose.override.yml': 'x: 1' })
  })

  it('is none where no file is named: a variable of a script may be empty', async () => {
    write('compose.yaml', 'services: {}')
    await expect(collect('')).rejects.toMatchObject({ code: 'E_USAGE' })
  })

  it.each(['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'])('begins with %s of a folder', async (name) => {
    write('app/docker-compose.yml', 'last')
    write(`app/${name}`, 'first')
    expect(await collect('app')).toEqual({ [name]: 'first' })
  })

  it('begins with standard input, and finds its files here', async () => {
    write('web.env', 'B=2')
    expect(await collect('-', missing(['web.env']), io({}, 'services: {}'))).toEqual({ 'compose.yaml': 'services: {}', 'web.env': 'B=2' })
  })

  it('holds all files of a folder that is missed', async () => {
    write('app/compose.yaml', 'services: {}')
    for (const name of ['a.html', 'css/b.css']) write(`app/html/${name}`, name)
    mkdirSync(join(dir, 'app/html/empty'))
    expect(await collect('app', missing(['html', './html/']))).toEqual({ 'compose.yaml': 'services: {}', 'html/a.html': 'a.html', 'html/css/b.css': 'css/b.css' })
  })

  it('holds the variables its texts mention, and no others', async () => {
    write('app/compose.yaml', 'image: $TAG')
    write('app/web.env', 'KEY=${KEY_FROM_ENV}')
    const { bundle } = await collectBundle('app', missing(['web.env']).validate, io({ TAG: '1', KEY_FROM_ENV: 'k', SECRET: 's' }))
    expect(bundle.env).toEqual({ TAG: '1', KEY_FROM_ENV: 'k' })
  })

  it('takes no folder named .env for a file of variables', async () => {
    write('app/compose.yaml', 'services: {}')
    write('app/.env/lib/python/site.py', '')
    expect(await collect('app', missing(['.env']))).toEqual({ 'compose.yaml': 'services: {}' })
  })

  it('follows links that stay inside, also to the folder itself', async () => {
    write('app/compose.yaml', 'services: {}')
    write('app/real.env', 'A=1')
    symlinkSync('real.env', join(dir, 'app/link.env'))
    symlinkSync('app', join(dir, 'also-app'))
    expect(await collect('also-app', missing(['link.env']))).toEqual({ 'compose.yaml': 'services: {}', 'link.env': 'A=1' })
  })
})

describe('a file outside of the compose file’s folder', () => {
  beforeEach(() => write('app/compose.yaml', 'services: {}'))

  it.each(['../outside.txt', 'x/../../outside.txt', '/etc/passwd', String.raw`..\outside.txt`, '..', '../app/../outside.txt', '../'])('is never read: %s', async (name) => {
    expect(await leftBehind(name)).toContain(`${name} leads out of the compose file’s folder`)
  })

  it('is never read through a link', async () => {
    symlinkSync('../outside.txt', join(dir, 'app/link.txt'))
    expect(await leftBehind('link.txt')).toContain('link.txt leads out of')
  })

  it('is never read through a link to a folder', async () => {
    symlinkSync('..', join(dir, 'app/up'))
    expect(await leftBehind('up/outside.txt')).toContain('leads out of')
    expect(await leftBehind('up')).toContain('leads out of')
  })

  it('is never read through a link inside a folder', async () => {
    write('app/html/index.html', '')
    symlinkSync('../../outside.txt', join(dir, 'app/html/link.txt'))
    expect(await leftBehind('html')).toContain('html/link.txt leads out of')
  })

  it('is never read as .env', async () => {
    symlinkSync('../outside.txt', join(dir, 'app/.env'))
    await expect(collect('app')).rejects.toMatchObject({ code: 'E_FILE', details: { file: '.env' } })
  })

  it('is not hidden by a name that only begins like one', async () => {
    write('app/..secret', 'inside')
    expect(await collect('app', missing(['..secret']))).toHaveProperty(['..secret'], 'inside')
  })
})

describe('bounds', () => {
  beforeEach(() => write('app/compose.yaml', 'services: {}'))

  it.each([['no-such.yaml', 'E_FILE'], ['empty', 'E_FILE'], ['/dev/null', 'E_FILE']])('%s is no compose file', async (source, code) => {
    mkdirSync(join(dir, 'empty'))
    await expect(collect(source)).rejects.toMatchObject({ code })
  })

  it('one file, and all together, may only be so large', async () => {
    write('app/large', Buffer.alloc(1_048_577))
    expect(await leftBehind('large')).toBe('large is larger than 1 MB.')
    for (const name of ['a', 'b', 'c', 'd', 'e']) write(`app/many/${name}`, Buffer.alloc(900_000))
    expect(await leftBehind('many')).toBe('With many, the files of this app are 6 and 4.3 MB; 512 and 4 MB can be sent.')
  })

  it('a folder may only hold so many files', async () => {
    for (let index = 0; index < 513; index++) write(`app/many/${index}`, '')
    expect(await leftBehind('many')).toBe('The folder many has more than 512 files, too many to be sent with an app.')
  })

  it('what is not needed is sent while it is little', async () => {
    write('app/settings/a.conf', 'a')
    for (let index = 0; index < 65; index++) write(`app/data/${index}`, '')
    const report = await missing().validate({ entry: '', files: {}, env: {} })
    const { bundle } = await collectBundle('app', () => Promise.resolve({ ...report, optionalFiles: ['data', 'not-there', 'settings'] }), io())
    expect(Object.keys(bundle.files)).toEqual(['compose.yaml', 'settings/a.conf'])
    expect(bundle.leftBehind).toEqual({ data: 'The folder data has more than 64 files, too many to be sent with an app.' })
  })

  it('a service that always misses something new is not asked for ever', async () => {
    let asked = 0
    const insatiable = (): Promise<ManifestReport> => missing([]).validate({ entry: '', files: {}, env: {} }).then((report) => ({ ...report, missingFiles: Array.from({ length: 500 }, () => `missing-${asked++}`) }))
    await collectBundle('app', insatiable, io())
    expect(asked).toBeLessThan(5000)
  })
})
