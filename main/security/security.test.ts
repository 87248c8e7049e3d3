import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isOurs } from './origin.ts'
import { outsideUrl } from './outside.ts'
import { createPages } from './pages.ts'

describe('our origin', () => {
  it.each(['app://depin/index.html', 'app://depin/index.html#/guests', 'app://depin'])('%s', (url) => expect(isOurs(url)).toBe(true))
  it.each(['app://depin.evil/index.html', 'app://evil/index.html', 'https://depin/index.html', 'app://depin@evil/', 'app:depin/', 'file:///index.html', 'APP://depin/', 'data:text/html,app://depin/', ''])('is not %s', (url) => expect(isOurs(url)).toBe(false))
})

describe('an address for the browser', () => {
  it('is one the interface links to', () => {
    expect(outsideUrl('https://www.docker.com/legal/docker-subscription-service-agreement')).toBe('https://www.docker.com/legal/docker-subscription-service-agreement')
  })

  it.each([
    'http://www.docker.com/', 'https://evil.example/', 'https://www.docker.com.evil.example/', 'https://evil.example/https://www.docker.com/', 'https://www.docker.com@evil.example/', 'https://user:pw@www.docker.com/',
    'https://www.docker.com:8443/', 'file:///etc/passwd', 'smb://www.docker.com/x', 'ms-msdt:/id', 'javascript:alert(1)', 'depin://join/abc', 'not an address', '',
  ])('is not %s', (url) => expect(outsideUrl(url)).toBeNull())
})

describe('the page’s files', () => {
  let folder = ''
  let ask: ReturnType<typeof createPages>
  beforeAll(() => {
    const root = mkdtempSync(join(tmpdir(), 'depin-pages-'))
    folder = join(root, 'renderer')
    mkdirSync(join(folder, 'assets'), { recursive: true })
    writeFileSync(join(root, 'secret.txt'), 'secret')
    writeFileSync(join(folder, 'index.html'), '<!doctype html>')
    writeFileSync(join(folder, 'gallery.html'), 'gallery')
    writeFileSync(join(folder, 'assets/a b.js'), 'export {}')
    writeFileSync(join(folder, 'assets/a.js.map'), '{}')
    symlinkSync(join(root, 'secret.txt'), join(folder, 'link.txt'))
    ask = createPages(folder)
  })
  afterAll(() => rmSync(join(folder, '..'), { recursive: true }))
  const get = (url: string, method = 'GET'): ReturnType<typeof ask> => ask({ url, method })

  it('are served, with a policy that loads and reaches nothing else', async () => {
    const page = await get('app://depin/index.html')
    expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([200, 'text/html; charset=utf-8', '<!doctype html>'])
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';.* connect-src 'none';/)
    expect((await get('app://depin/')).status).toBe(200)
    expect((await get('app://depin/assets/a%20b.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  })

  it.each([
    'app://depin/../secret.txt', 'app://depin/..%2fsecret.txt', 'app://depin/%2e%2e/secret.txt', 'app://depin/assets/..%5c..%5csecret.txt', 'app://depin//etc/passwd', 'app://depin/link.txt',
    'app://depin/assets/', 'app://depin/gallery.html', 'app://depin/assets/a.js.map', 'app://other/index.html', 'app://depin/INDEX.HTML',
  ])('and nothing beside them: %s', async (url) => expect((await get(url)).status).toBe(404))

  it('are only read', async () => expect((await get('app://depin/index.html', 'POST')).status).toBe(405))
})
