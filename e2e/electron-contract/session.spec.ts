import { createServer } from 'node:http'
import { type AddressInfo } from 'node:net'
import { expect, test } from './fixtures.ts'

test('what a page asks permission for is for the app to grant', async ({ app, open }) => {
  const page = await open()
  await app.evaluate(({ session }) => session.defaultSession.setPermissionRequestHandler((contents, permission, callback, details) => {
    contract.note(permission)
    contract.requests.push({ url: details.requestingUrl, method: permission, body: String(contents.id) })
    callback(false)
  }))
  expect(await page.evaluate(() => Notification.requestPermission())).toBe('denied')
  expect(await page.evaluate(() => new Promise((resolve) => navigator.geolocation.getCurrentPosition(() => resolve('found'), ({ code }) => resolve(code))))).toBe(1)
  // Where there is no microphone, Chromium does not even ask.
  expect(['NotAllowedError', 'NotFoundError']).toContain(await page.evaluate(() => navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'heard', (error: unknown) => (error as Error).name)))
  const asked = await app.evaluate(() => contract.requests.filter(({ method }) => ['notifications', 'geolocation'].includes(method)).map(({ url, method }) => [new URL(url).protocol, method]))
  expect(asked).toEqual([['contract:', 'notifications'], ['contract:', 'geolocation']])
})

test('what a page looks up is for the app to say', async ({ app, open }) => {
  const page = await open()
  const state = () => page.evaluate(async () => (await navigator.permissions.query({ name: 'geolocation' })).state)
  await app.evaluate(({ session }) => session.defaultSession.setPermissionCheckHandler((_contents, permission) => permission !== 'geolocation'))
  expect(await state()).toBe('denied')
  await app.evaluate(({ session }) => session.defaultSession.setPermissionCheckHandler((_contents, permission) => permission === 'geolocation'))
  expect(await state()).toBe('granted')
})

test('each partition has a session of its own, kept by its name', async ({ app }) => {
  expect(await app.evaluate(({ session }) => {
    const other = session.fromPartition('updates', { cache: false })
    return [other === session.defaultSession, session.fromPartition('updates') === other, session.fromPartition('') === session.defaultSession]
  })).toEqual([false, true, true])
})

test('a download is for the app to prevent', async ({ app, open }) => {
  await app.evaluate(() => {
    contract.pages.set('/blob', '<!doctype html><title>Blob</title><a download="log.txt">log</a><script>document.querySelector("a").href = URL.createObjectURL(new Blob(["lines"]))</script>')
    contract.pages.set('/file', { body: 'bytes', headers: { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment; filename="report.bin"' } })
    contract.pages.set('/downloading', '<!doctype html><title>Downloading</title><a href="/file">file</a>')
  })
  const page = await open({ path: '/downloading' })
  const told = app.evaluate(({ BrowserWindow, session }) => new Promise((resolve) => {
    session.defaultSession.once('will-download', (event, item, contents) => {
      event.preventDefault()
      resolve([item.getURL(), item.getFilename(), contents === BrowserWindow.getAllWindows()[0]!.webContents])
    })
  }))
  await page.getByText('file').click()
  expect(await told).toEqual(['contract://suite/file', 'report.bin', true])
  expect(await page.title()).toBe('Downloading')

  // What the page itself made is known by its origin.
  await page.goto(page.url().replace('downloading', 'blob'))
  const made = app.evaluate(({ session }) => new Promise((resolve) => {
    session.defaultSession.once('will-download', (event, item) => {
      event.preventDefault()
      resolve([item.getURL().startsWith('blob:contract://suite/'), item.getFilename()])
    })
  }))
  await page.getByText('log').click()
  expect(await made).toEqual([true, 'log.txt'])
})

test('a policy in a handler\'s answer holds in the page', async ({ app, open }) => {
  await app.evaluate(() => {
    const headers = { 'content-type': 'text/html', 'content-security-policy': 'default-src \'self\'; frame-src \'none\'' }
    contract.pages.set('/strict', { body: '<!doctype html><title>Strict</title><body><script>window.ofPage = "inline"</script><script src="/own.js"></script>', headers })
    contract.pages.set('/own.js', { body: 'document.body.textContent = "own"', headers: { 'content-type': 'text/javascript' } })
  })
  const page = await open({ path: '/strict' })
  await expect(page.locator('body')).toHaveText('own')
  expect(await page.evaluate(() => [typeof globalThis.ofPage])).toEqual(['undefined'])
  expect(await page.evaluate(() => fetch('https://elsewhere.example/').then(() => 'reached', () => 'refused'))).toBe('refused')
})

test.describe('requests to a server', () => {
  let url = ''
  const server = createServer((request, response) => {
    response.setHeader('content-type', request.url?.endsWith('.js') === true ? 'text/javascript' : 'text/html')
    response.end(request.url === '/' ? '<!doctype html><title>Served</title><script>window.ofPage = "inline"</script>' : 'ok')
  })
  test.beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`
  })
  test.afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  test('headers that the app adds to an answer hold', async ({ app }) => {
    expect(await app.evaluate(async ({ BrowserWindow, session }, url) => {
      const { webRequest } = session.defaultSession
      const statuses: number[] = []
      webRequest.onHeadersReceived(({ statusCode, responseHeaders }, callback) => {
        statuses.push(statusCode)
        callback({ responseHeaders: { ...responseHeaders, 'content-security-policy': ['default-src \'none\''] } })
      })
      const window = new BrowserWindow({ show: false })
      await window.loadURL(url)
      const seen = await window.webContents.executeJavaScript('[document.title, typeof window.ofPage]') as string[]
      webRequest.onHeadersReceived(null)
      await window.loadURL(`${url}?again`)
      window.destroy()
      return [statuses[0], ...seen]
    }, url)).toEqual([200, 'Served', 'undefined'])
  })

  test('requests that the app cancels fail, by the addresses that it names', async ({ app }) => {
    expect(await app.evaluate(async ({ BrowserWindow, session }, url) => {
      const { webRequest } = session.defaultSession
      webRequest.onBeforeRequest({ urls: [`${url}forbidden*`] }, ({ method }, callback) => callback({ cancel: method === 'GET' }))
      const window = new BrowserWindow({ show: false })
      await window.loadURL(url)
      const seen = await window.webContents.executeJavaScript('Promise.all(["allowed", "forbidden/x"].map((path) => fetch(path).then((r) => r.text(), () => "failed")))') as string[]
      webRequest.onBeforeRequest(null)
      window.destroy()
      return seen
    }, url)).toEqual(['ok', 'failed'])
  })
})
