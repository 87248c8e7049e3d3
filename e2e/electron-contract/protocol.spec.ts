import { expect, test } from './fixtures.ts'

test('a handler answers for its scheme: paths, queries, methods, bodies, statuses, headers', async ({ app, open }) => {
  await app.evaluate(() => contract.pages.set('/data', { body: '{"a":1}', status: 201, headers: { 'content-type': 'application/json', 'x-contract': 'yes' } }))
  const page = await open()
  expect(await page.evaluate(async () => {
    const made = await fetch('/data?x=1', { method: 'POST', body: 'what for' })
    const missing = await fetch('/missing')
    return [made.status, made.headers.get('x-contract'), await made.json() as unknown, missing.status]
  })).toEqual([201, 'yes', { a: 1 }, 404])
  expect(await app.evaluate(() => contract.requests.find(({ url }) => url.includes('?x=1')))).toEqual({ url: 'contract://suite/data?x=1', method: 'POST', body: 'what for' })
})

test('a path that climbs is flattened before the handler sees it', async ({ app, open }) => {
  const page = await open()
  await page.evaluate(() => fetch('/a/../../b/%2e%2e/climbed').then((response) => response.status))
  expect(await app.evaluate(() => contract.requests.at(-1)!.url)).toBe('contract://suite/climbed')
})

test('a privileged scheme is a secure context with storage of its own', async ({ open }) => {
  const page = await open()
  expect(await page.evaluate(async () => {
    localStorage.setItem('kept', 'yes')
    const digest = await crypto.subtle.digest('SHA-256', new Uint8Array([1]))
    return [isSecureContext, localStorage.getItem('kept'), digest.byteLength, location.pathname]
  })).toEqual([true, 'yes', 32, '/'])
})

test('a scheme has one handler, and privileges are given before the app is ready', async ({ app }) => {
  expect(await app.evaluate(({ protocol }) => {
    const attempt = (run: () => void) => {
      try {
        run()
        return 'done'
      } catch {
        return 'refused'
      }
    }
    const handler = () => new Response('spare')
    const before = protocol.isProtocolHandled('spare')
    const results = [attempt(() => protocol.handle('spare', handler)), attempt(() => protocol.handle('spare', handler))]
    const during = protocol.isProtocolHandled('spare')
    protocol.unhandle('spare')
    return [before, ...results, during, protocol.isProtocolHandled('spare'), attempt(() => protocol.registerSchemesAsPrivileged([{ scheme: 'late' }]))]
  })).toEqual([false, 'done', 'refused', true, false, 'refused'])
})

test('net.fetch reaches handlers and files', async ({ app }) => {
  expect(await app.evaluate(async ({ net }) => {
    const { pathToFileURL } = contract.require('node:url') as { pathToFileURL: (path: string) => URL }
    const page = await net.fetch('contract://suite/')
    const file = await net.fetch(pathToFileURL(`${contract.folder}/page.html`).href)
    const missing = await net.fetch(pathToFileURL(`${contract.folder}/gone.html`).href).then(() => 'there', (error: unknown) => (error as Error).message)
    return [(await page.text()).includes('Home'), (await file.text()).includes('A file'), file.headers.get('content-type'), missing.includes('ERR_FILE_NOT_FOUND')]
  })).toEqual([true, true, 'text/html', true])
})
