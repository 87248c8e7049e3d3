import { expect, test } from './fixtures.ts'

test('a call reaches its handler, and what is sent is cloned', async ({ app, open }) => {
  const page = await open()
  await app.evaluate(({ ipcMain }) => {
    ipcMain.removeHandler('contract')
    ipcMain.handle('contract', (event, ...args) => ({ url: event.senderFrame?.url, isMain: event.senderFrame?.parent === null, args }))
  })
  expect(await page.evaluate(async () => {
    const sent = [{ map: new Map([['a', new Uint8Array([1, 2])]]), set: new Set([1]), date: new Date(7), nothing: undefined, big: 9n, list: [null, -0, Infinity], expression: /a+/gi }]
    const answer = await bridge.invoke('contract', ...sent) as { url: string, isMain: boolean, args: typeof sent }
    const [got] = answer.args
    return [answer.url, answer.isMain, got!.map.get('a')![1], got!.set.has(1), got!.date.getTime(), 'nothing' in got!, got!.big === 9n, Object.is(got!.list[1], -0), got!.list[2], String(got!.expression)]
  })).toEqual(['contract://suite/', true, 2, true, 7, true, true, true, Infinity, '/a+/gi'])
})

test('what a handler throws comes back as one message', async ({ app, open }) => {
  const page = await open()
  await app.evaluate(({ ipcMain }) => ipcMain.handle('failing', () => { throw new TypeError('boom') }))
  expect(await page.evaluate(() => bridge.invoke('failing').catch((error: unknown) => (error as Error).message))).toBe('Error invoking remote method \'failing\': TypeError: boom')
  expect(await page.evaluate(() => bridge.invoke('unheard').catch((error: unknown) => (error as Error).message))).toBe('Error invoking remote method \'unheard\': Error: No handler registered for \'unheard\'')
  await app.evaluate(({ ipcMain }) => ipcMain.removeHandler('failing'))
})

test('a channel has one handler', async ({ app }) => {
  expect(await app.evaluate(({ ipcMain }) => {
    ipcMain.handle('single', () => 1)
    try {
      ipcMain.handle('single', () => 2)
      return 'taken'
    } catch (error) {
      return (error as Error).message
    } finally {
      ipcMain.removeHandler('single')
    }
  })).toBe('Attempted to register a second handler for \'single\'')
})

test('handleOnce answers once', async ({ app, open }) => {
  const page = await open()
  await app.evaluate(({ ipcMain }) => ipcMain.handleOnce('once', () => 'first'))
  expect(await page.evaluate(() => bridge.invoke('once'))).toBe('first')
  expect(await page.evaluate(() => bridge.invoke('once').catch((error: unknown) => (error as Error).message))).toContain('No handler registered')
})

test('a message names its sender, which can be answered, in order', async ({ app, open }) => {
  const page = await open()
  const told = app.evaluate(({ ipcMain, BrowserWindow }) => new Promise((resolve) => {
    ipcMain.once('hello', (event, text) => {
      for (const each of [1, 2, 3]) event.reply('answer', each)
      event.sender.send('answer', 4)
      resolve([text, event.sender === BrowserWindow.getAllWindows()[0]!.webContents, event.senderFrame === event.sender.mainFrame])
    })
  }))
  expect(await page.evaluate(() => new Promise((resolve) => {
    const got: unknown[] = []
    bridge.on('answer', (value) => { if (got.push(value) === 4) resolve(got) })
    bridge.send('hello', 'there')
  }))).toEqual([1, 2, 3, 4])
  expect(await told).toEqual(['there', true, true])
})

test('each page has an ipc of its own', async ({ app, open }) => {
  const page = await open()
  const told = app.evaluate(({ BrowserWindow, ipcMain }) => {
    const { ipc } = BrowserWindow.getAllWindows()[0]!.webContents
    ipc.handle('own', () => 'of this page')
    ipcMain.handle('own', () => 'of all')
    return new Promise((resolve) => ipc.once('own message', (_event, text) => resolve(text)))
  })
  expect(await page.evaluate(() => bridge.invoke('own'))).toBe('of this page')
  await page.evaluate(() => bridge.send('own message', 'heard'))
  expect(await told).toBe('heard')
  await app.evaluate(({ ipcMain }) => ipcMain.removeHandler('own'))
})

test('a function cannot be sent', async ({ open }) => {
  const page = await open()
  expect(await page.evaluate(() => bridge.sendFunction())).toBe('An object could not be cloned.')
})

test('the page has nothing of Node and the preload nothing of the page', async ({ open }) => {
  const page = await open()
  expect(await page.evaluate(() => {
    globalThis.ofPage = 1
    return ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'ofPreload', 'ofPage'].map((name) => typeof Reflect.get(globalThis, name))
  })).toEqual(['undefined', 'undefined', 'undefined', 'undefined', 'undefined', 'undefined', 'number'])
  expect(await page.evaluate(() => bridge.seesPage())).toBe('undefined')
})

test('a sandboxed preload has electron and little else', async ({ open }) => {
  const page = await open({ options: { webPreferences: { additionalArguments: ['--contract-flag'] } } })
  expect(await page.evaluate(() => bridge.required)).toEqual({
    'electron': 'object', 'events': 'function', 'timers': 'object', 'url': 'object',
    'fs': 'module not found: fs', 'node:child_process': 'module not found: node:child_process', './child.cjs': 'module not found: ./child.cjs',
  })
  const process = await page.evaluate(() => bridge.process)
  expect(process).toMatchObject({ type: 'renderer', sandboxed: true, contextIsolated: true })
  expect(process.argv).toContain('--contract-flag')
})

test('what is exposed cannot be changed, nor exposed twice', async ({ open }) => {
  const page = await open()
  expect(await page.evaluate(() => {
    const before = bridge
    try {
      Reflect.set(globalThis, 'bridge', { stolen: true })
      Reflect.set(bridge, 'echo', () => 'stolen')
      Reflect.set(bridge.nested.list, 0, 'stolen')
    } catch { /* in strict mode */ }
    return [globalThis.bridge === before, bridge.echo('mine'), bridge.nested.list[0], Object.isFrozen(bridge), Object.isFrozen(bridge.nested.list[1]), delete (globalThis as Partial<typeof globalThis>).bridge]
  })).toEqual([true, 'mine', 1, true, true, false])
  expect(await page.evaluate(() => bridge.exposeAgain())).toContain('Cannot bind an API on top of an existing property on the window object')
})

test('functions, promises and errors cross the bridge', async ({ open }) => {
  const page = await open()
  expect(await page.evaluate(async () => {
    const thrown = (() => {
      try {
        return bridge.fail()
      } catch (error) {
        return error as Error
      }
    })()
    const called = bridge.call((...args) => (args[0] as number) + (args[1] as number), 40, 2)
    const never = await bridge.never().catch((error: unknown) => (error as Error).message)
    return [called, thrown instanceof Error, thrown.message, await bridge.later('soon'), never, bridge.echo(new Date(5)).getTime(), bridge.echo({ a: [1] }).a[0]]
  })).toEqual([42, true, expect.stringContaining('boom'), 'soon', 'never', 5, 1])
})

test('a listener that was taken off hears no more', async ({ app, open }) => {
  const page = await open()
  await page.evaluate(() => {
    const got: unknown[] = []
    const off = bridge.on('news', (value) => {
      got.push(value)
      off()
    })
    globalThis.ofPage = new Promise((resolve) => bridge.on('end', () => resolve(got)))
  })
  await app.evaluate(({ BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0]!
    for (const each of [1, 2]) webContents.send('news', each)
    webContents.send('end')
  })
  expect(await page.evaluate(() => globalThis.ofPage)).toEqual([1])
})

test('a frame within the page has no bridge', async ({ app, open }) => {
  await app.evaluate(() => contract.pages.set('/framed', '<!doctype html><iframe src="/"></iframe>'))
  const page = await open({ path: '/framed' })
  await page.frameLocator('iframe').getByText('Home').waitFor()
  expect(await page.evaluate(() => [typeof bridge, typeof (document.querySelector('iframe')!.contentWindow as Window & { bridge?: unknown }).bridge])).toEqual(['object', 'undefined'])
})
