import { createServer } from 'node:http'
import { type AddressInfo } from 'node:net'
import { expect, test } from './fixtures.ts'

test('loading is told in order, and the promise resolves when all is there', async ({ app }) => {
  expect(await app.evaluate(async ({ BrowserWindow }) => {
    const window = new BrowserWindow({ show: false })
    const told: string[] = []
    const { webContents } = window
    const before = webContents.getURL()
    webContents.on('did-start-loading', () => told.push('did-start-loading'))
    webContents.on('did-navigate', (_event, url) => told.push(`did-navigate ${url}`))
    webContents.on('dom-ready', () => told.push('dom-ready'))
    webContents.on('did-finish-load', () => told.push('did-finish-load'))
    const stopped = new Promise<void>((resolve) => webContents.on('did-stop-loading', () => {
      told.push('did-stop-loading')
      resolve()
    }))
    await window.loadURL('contract://suite/?q=1#part')
    await stopped
    const after = { url: webContents.getURL(), title: webContents.getTitle(), isLoading: webContents.isLoading() }
    window.destroy()
    return { before, told, after }
  })).toEqual({
    before: '',
    told: ['did-start-loading', 'did-navigate contract://suite/?q=1#part', 'dom-ready', 'did-finish-load', 'did-stop-loading'],
    after: { url: 'contract://suite/?q=1#part', title: 'Home', isLoading: false },
  })
})

test('what cannot be loaded rejects with Chromium\'s code, and did-fail-load tells it', async ({ app }) => {
  const url = await closedAddress()
  expect(await app.evaluate(async ({ BrowserWindow }, url) => {
    const window = new BrowserWindow({ show: false })
    const failed = new Promise((resolve) => window.webContents.once('did-fail-load', (_event, code, description, where, isMainFrame) => resolve([code, description, where, isMainFrame])))
    const error = await window.loadURL(url).catch((reason: unknown) => reason as Error & { code: string, errno: number })
    const told = await failed
    window.destroy()
    return { message: error?.message, code: error?.code, errno: error?.errno, told }
  }, url)).toEqual({ message: `ERR_CONNECTION_REFUSED (-102) loading '${url}'`, code: 'ERR_CONNECTION_REFUSED', errno: -102, told: [-102, 'ERR_CONNECTION_REFUSED', url, true] })
})

test('a file is loaded, with its query and hash', async ({ app }) => {
  expect(await app.evaluate(async ({ BrowserWindow }) => {
    const window = new BrowserWindow({ show: false })
    await window.loadFile('page.html', { query: { name: 'value' }, hash: 'here' })
    const url = new URL(window.webContents.getURL())
    const seen = await window.webContents.executeJavaScript('[document.title, location.search, location.hash]') as string[]
    window.destroy()
    return [url.protocol, url.pathname.split('/').at(-1), ...seen]
  })).toEqual(['file:', 'page.html', 'A file', '?name=value', '#here'])
})

test('a page that wants to leave asks first; main does not', async ({ app, open }) => {
  await app.evaluate(() => contract.pages.set('/leaving', '<!doctype html><title>Leaving</title><a href="https://elsewhere.example/">leave</a><a href="#below">below</a>'))
  const page = await open({ path: '/leaving' })
  await app.evaluate(({ BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0]!
    webContents.on('will-navigate', (details) => {
      contract.note(details.url)
      details.preventDefault()
      webContents.emit('contract-asked', details.url, details.isMainFrame)
    })
  })
  const asked = app.evaluate(({ BrowserWindow }) => new Promise((resolve) => {
    const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as NodeJS.EventEmitter
    contents.once('contract-asked', (...args) => resolve(args))
  }))
  await page.getByText('leave').click()
  expect(await asked).toEqual(['https://elsewhere.example/', true])
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.getURL())).toBe('contract://suite/leaving')

  // Neither another place of the same page, nor what main asks for.
  const inPage = app.evaluate(({ BrowserWindow }) => new Promise((resolve) => BrowserWindow.getAllWindows()[0]!.webContents.once('did-navigate-in-page', (_event, url) => resolve(url))))
  await page.getByText('below').click()
  expect(await inPage).toBe('contract://suite/leaving#below')
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.loadURL('contract://suite/'))
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.getURL())).toBe('contract://suite/')
})

test('a window that a page opens is for the app to allow: denied', async ({ app, open }) => {
  await app.evaluate(() => contract.pages.set('/opening', '<!doctype html><title>Opening</title><a href="https://elsewhere.example/link" target="_blank">link</a>'))
  const page = await open({ path: '/opening' })
  await app.evaluate(({ BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0]!
    webContents.setWindowOpenHandler(({ url }) => {
      webContents.emit('contract-asked', url)
      return { action: 'deny' }
    })
  })
  const asked = () => app.evaluate(({ BrowserWindow }) => new Promise((resolve) => {
    const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as NodeJS.EventEmitter
    contents.once('contract-asked', resolve)
  }))
  const byScript = asked()
  expect(await page.evaluate(() => window.open('https://elsewhere.example/script'))).toBeNull()
  expect(await byScript).toBe('https://elsewhere.example/script')
  const byLink = asked()
  await page.getByText('link').click()
  expect(await byLink).toBe('https://elsewhere.example/link')
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})

test('a window that a page opens is for the app to allow: allowed', async ({ app, open }) => {
  const page = await open()
  const created = app.evaluate(({ BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0]!
    webContents.setWindowOpenHandler(() => ({ action: 'allow', overrideBrowserWindowOptions: { show: false, width: 333 } }))
    return new Promise((resolve) => webContents.once('did-create-window', (window, { url }) => resolve([url, window.getSize()[0]])))
  })
  await page.evaluate(() => { window.open('contract://suite/?opened') })
  expect(await created).toEqual(['contract://suite/?opened', 333])
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(2)
})

test('scripts of main run in the page', async ({ app, open }) => {
  await open()
  expect(await app.evaluate(async ({ BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0]!
    const value = await webContents.executeJavaScript('new Promise((resolve) => resolve({ title: document.title, list: [1, 2] }))') as unknown
    const error = await webContents.executeJavaScript('throw new Error("no such thing")').catch((reason: unknown) => String(reason)) as string
    return { value, failed: error.includes('no such thing') || error.includes('Script failed to execute') }
  })).toEqual({ value: { title: 'Home', list: [1, 2] }, failed: true })
})

test('a page that crashes is told of, and can be loaded again', async ({ app, open }) => {
  await open()
  const gone = await app.evaluate(({ app, BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0]!
    const told = Promise.all([
      new Promise<string>((resolve) => webContents.once('render-process-gone', (_event, { reason }) => resolve(reason))),
      new Promise<boolean>((resolve) => app.once('render-process-gone', (_event, contents) => resolve(contents === webContents))),
    ])
    webContents.forcefullyCrashRenderer()
    return told
  })
  expect(['crashed', 'killed', 'abnormal-exit']).toContain(gone[0])
  expect(gone[1]).toBe(true)
  expect(await app.evaluate(async ({ BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0]!
    const crashed = webContents.isCrashed()
    await webContents.loadURL('contract://suite/')
    return [crashed, webContents.isCrashed(), webContents.getTitle()]
  })).toEqual([true, false, 'Home'])
})

test('what a page writes to its console reaches main', async ({ app, open }) => {
  const page = await open()
  const told = app.evaluate(({ BrowserWindow }) => new Promise((resolve) => BrowserWindow.getAllWindows()[0]!.webContents.once('console-message', ({ level, message }) => resolve([level, message]))))
  await page.evaluate(() => { console.warn('careful', 7) })
  expect(await told).toEqual(['warning', 'careful 7'])
})

test('a preload that is not there is an error of its own; the page loads', async ({ app }) => {
  expect(await app.evaluate(async ({ BrowserWindow }) => {
    const preload = `${contract.preload}.gone`
    const window = new BrowserWindow({ show: false, webPreferences: { preload } })
    const told = new Promise((resolve) => window.webContents.once('preload-error', (_event, path) => resolve(path === preload)))
    await window.loadURL('contract://suite/')
    const result = [await told, window.webContents.getTitle()]
    window.destroy()
    return result
  })).toEqual([true, 'Home'])
})

/** Where nobody listens. */
async function closedAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${String(port)}/`
}
