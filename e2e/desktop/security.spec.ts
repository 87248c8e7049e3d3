/** Each line of the hardening, attacked from inside the page: as if a peer's text had become code in it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import type { DesktopApp } from './models/app.ts'

const evil = 'https://evil.example/'

/** Whether the page is still ours; what it asked for had time to happen when the round trips to main are over. */
async function stillOurs(page: Page): Promise<string> {
  await page.evaluate(() => (globalThis as unknown as { depin: { state: () => Promise<unknown> } }).depin.state())
  return page.evaluate(() => location.pathname)
}

async function nothingOfNode(app: DesktopApp, page: Page): Promise<void> {
  expect(await page.evaluate(() => ['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer'].filter((name) => name in globalThis))).toEqual([])
  expect(await page.evaluate(() => Object.keys((globalThis as unknown as { depin: object }).depin).sort())).toEqual(['connect', 'joinSeen', 'on', 'quit', 'retryService', 'setKeySealed', 'setLanguage', 'setNotify', 'setOpenAtLogin', 'state'])
  const preferences = await app.electron.evaluate(({ BrowserWindow }) => {
    const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag } = (BrowserWindow.getAllWindows()[0]!.webContents as unknown as { getLastWebPreferences: () => Electron.WebPreferences }).getLastWebPreferences()
    return { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag }
  })
  expect(preferences).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, webviewTag: false })
  expect(await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.getURL())).toMatch(/^app:\/\/depin\/index\.html/)
}

async function goesNowhere(app: DesktopApp, page: Page): Promise<void> {
  for (const url of [evil, 'http://127.0.0.1:1/', 'file:///etc/passwd', 'data:text/html,evil', 'app://evil/index.html']) {
    await page.evaluate((where) => {
      location.href = where
    }, url).catch(() => undefined)
    expect(await stillOurs(page), url).toBe('/index.html')
  }
  for (const url of [evil, 'http://www.docker.com/', 'file:///etc/passwd', 'smb://evil.example/share', 'depin://join/abc', 'about:blank']) {
    expect(await page.evaluate((where) => window.open(where) === null, url), url).toBe(true)
  }
  expect(await app.opened()).toEqual([])
  expect(await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  // what the interface itself links to goes to the owner's browser
  await page.evaluate(() => window.open('https://docs.docker.com/engine/install/'))
  await expect.poll(() => app.opened()).toEqual(['https://docs.docker.com/engine/install/'])
  expect(await page.evaluate(() => {
    const view = document.createElement('webview')
    view.setAttribute('src', 'https://evil.example/')
    document.body.append(view)
    return 'getWebContentsId' in view
  })).toBe(false)
}

async function ownCodeOnly(_app: DesktopApp, page: Page): Promise<void> {
  const reached: string[] = []
  const server = createServer((request, response) => {
    reached.push(request.url ?? '')
    response.setHeader('access-control-allow-origin', '*')
    response.end('1')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const local = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const directives = await page.evaluate(async (there) => {
    const broken: string[] = []
    document.addEventListener('securitypolicyviolation', (event) => broken.push(event.effectiveDirective))
    const script = document.createElement('script')
    script.textContent = 'window.pwned = true'
    document.body.append(script)
    const far = document.createElement('script')
    far.src = `${there}/script.js`
    document.body.append(far)
    const frame = document.createElement('iframe')
    frame.src = `${there}/frame`
    document.body.append(frame)
    const image = new Image()
    image.src = `${there}/image`
    const form = document.createElement('form')
    form.action = `${there}/form`
    document.body.append(form)
    form.submit()
    // what calls code from text: an attribute, as injected markup would have it
    const button = document.createElement('button')
    button.setAttribute('onclick', 'window.pwned = true')
    button.click()
    await fetch(`${there}/fetch`).catch(() => undefined)
    try {
      new WebSocket(`${there.replace('http', 'ws')}/socket`)
    } catch { /* refused at once */ }
    // events of the policy come one after another, in tasks of their own
    const all = ['connect-src', 'form-action', 'frame-src', 'img-src', 'script-src-attr', 'script-src-elem']
    while (!all.every((each) => broken.includes(each))) await new Promise((resolve) => document.addEventListener('securitypolicyviolation', resolve, { once: true }))
    return [...new Set(broken)].sort()
  }, local)
  expect(directives).toEqual(['connect-src', 'form-action', 'frame-src', 'img-src', 'script-src-attr', 'script-src-elem'])
  expect(await page.evaluate(() => 'pwned' in window)).toBe(false)
  expect(await stillOurs(page)).toBe('/index.html')
  expect(reached).toEqual([])
  server.close()
}

async function ownFilesOnly(app: DesktopApp): Promise<void> {
  const asked = ['app://depin/index.html', 'app://depin/../main/main.mjs', 'app://depin/..%2fmain%2fmain.mjs', 'app://depin/%2e%2e/main/main.mjs', 'app://depin/gallery.html', 'app://other/index.html']
  const answers = await app.electron.evaluate(async ({ net }, urls) => Promise.all(urls.map(async (url) => (await net.fetch(url)).status)), asked)
  expect(answers).toEqual([200, 404, 404, 404, 404, 404])
}

async function noPermission(_app: DesktopApp, page: Page): Promise<void> {
  const refused = await page.evaluate(async () => {
    const position = new Promise<string>((resolve) => navigator.geolocation.getCurrentPosition(() => resolve('granted'), () => resolve('denied')))
    const media = navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'granted', () => 'denied')
    const clipboard = navigator.clipboard.readText().then(() => 'granted', () => 'denied')
    return { notifications: await Notification.requestPermission(), position: await position, media: await media, clipboard: await clipboard }
  })
  expect(refused).toEqual({ notifications: 'denied', position: 'denied', media: 'denied', clipboard: 'denied' })
}

async function fixedChannels(app: DesktopApp, page: Page): Promise<void> {
  const ask = (call: string, input: unknown): Promise<string> => page.evaluate(async ([name, value]) => {
    const bridge = (globalThis as unknown as { depin: Record<string, (input: unknown) => Promise<unknown>> }).depin
    return bridge[name]!(value).then(() => 'done', (error: unknown) => String(error))
  }, [call, input] as const)
  for (const [call, input] of [['setLanguage', 'tlh'], ['setOpenAtLogin', 'yes'], ['setKeySealed', 'yes'], ['setNotify', { kind: 'paid' }], ['setNotify', { kind: 'all', on: true }], ['retryService', { force: true }], ['quit', { force: true }]] as const) {
    expect(await ask(call, input), call).toContain(`DepinError: ${call}: `)
  }
  expect(await page.evaluate(() => {
    try {
      (globalThis as unknown as { depin: { on: (name: string, run: () => void) => void } }).depin.on('depin:port', () => undefined)
      return 'heard'
    } catch {
      return 'refused'
    }
  })).toBe('refused')

  // a page of somebody else's, should one ever stand in our window
  const messages = await app.electron.evaluate(({ BrowserWindow, ipcMain }) => {
    const contents = BrowserWindow.getAllWindows()[0]!.webContents
    const sent: string[] = []
    const original = contents.postMessage.bind(contents)
    contents.postMessage = (channel: string, ...rest: [unknown, Electron.MessagePortMain[]?]) => {
      sent.push(channel)
      original(channel, ...rest)
    }
    const stranger = { sender: contents, senderFrame: { url: 'https://evil.example/', parent: null }, ports: [] }
    const framed = { sender: contents, senderFrame: { url: 'app://depin/index.html', parent: contents.mainFrame }, ports: [] }
    for (const event of [stranger, framed]) ipcMain.emit('depin:connect', event, 'id')
    return sent
  })
  expect(messages).toEqual([])
}

/** In one app: a page that was attacked is still the page. */
const attacks: readonly (readonly [string, (app: DesktopApp, page: Page) => Promise<void>])[] = [
  ['the page has nothing of Node, and no more of the app than it needs', nothingOfNode],
  ['the page goes nowhere else, opens nothing, and embeds nothing', goesNowhere],
  ['the page runs no code but its own files, and reaches nobody', ownCodeOnly],
  ['the page gets no file but its own', ownFilesOnly],
  ['every permission is refused', noPermission],
  ['main hears only its own page, on the channels there are, in the form there is', fixedChannels],
]

test('the page, attacked from inside', async ({ start }) => {
  const app = await start()
  const page = await app.ready()
  for (const [name, attack] of attacks) await test.step(name, () => attack(app, page))
})
