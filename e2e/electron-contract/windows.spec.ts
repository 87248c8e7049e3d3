import { expect, flavour, test } from './fixtures.ts'

test('a window that is not shown is there, and shows and hides', async ({ app, open }) => {
  await open()
  const seen = await app.evaluate(async ({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    const before = window!.isVisible()
    const shown = new Promise((resolve) => window!.once('show', () => resolve('show')))
    window!.show()
    const events = [await shown]
    const during = window!.isVisible()
    const hidden = new Promise((resolve) => window!.once('hide', () => resolve('hide')))
    window!.hide()
    events.push(await hidden)
    return { before, during, after: window!.isVisible(), events }
  })
  expect(seen).toEqual({ before: false, during: true, after: false, events: ['show', 'hide'] })
})

test('bounds are what they were set to', async ({ app, open }) => {
  await open({ options: { width: 640, height: 480, minWidth: 320, minHeight: 240 } })
  const first = await app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    return { size: window!.getSize(), minimum: window!.getMinimumSize(), normal: window!.getNormalBounds() }
  })
  expect(first).toMatchObject({ size: [640, 480], minimum: [320, 240], normal: { width: 640, height: 480 } })
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.setBounds({ x: 60, y: 70, width: 700, height: 500 }))
  await expect.poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getBounds())).toEqual({ x: 60, y: 70, width: 700, height: 500 })
})

test('windows are found by id and by page', async ({ app, open }) => {
  await open()
  expect(await app.evaluate(({ BrowserWindow, webContents }) => {
    const [window] = BrowserWindow.getAllWindows()
    return [BrowserWindow.fromId(window!.id) === window, BrowserWindow.fromWebContents(window!.webContents) === window, webContents.fromId(window!.webContents.id) === window!.webContents, BrowserWindow.fromId(9_999)]
  })).toEqual([true, true, true, null])
})

test('a closed window is gone, and says so', async ({ app, open }) => {
  await open()
  expect(await app.evaluate(async ({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    const closed = new Promise<void>((resolve) => window!.once('closed', () => resolve()))
    window!.close()
    await closed
    let message = ''
    try {
      window!.show()
    } catch (error) {
      message = (error as Error).message
    }
    return { isDestroyed: window!.isDestroyed(), left: BrowserWindow.getAllWindows().length, message }
  })).toEqual({ isDestroyed: true, left: 0, message: 'Object has been destroyed' })
})

test('ready-to-show is told once', async ({ app }) => {
  expect(await app.evaluate(async ({ BrowserWindow }) => {
    const window = new BrowserWindow({ show: false })
    let count = 0
    const ready = new Promise<void>((resolve) => window.on('ready-to-show', () => {
      count++
      resolve()
    }))
    await window.loadURL('contract://suite/')
    await ready
    await window.loadURL('contract://suite/?again')
    window.destroy()
    return count
  })).toBe(1)
})

test('a window is called as its page is, unless the app says no', async ({ app, open }) => {
  const page = await open()
  await expect.poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getTitle())).toBe('Home')
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.on('page-title-updated', (event, title) => {
    contract.note(title)
    if (title === 'Forbidden') event.preventDefault()
  }))
  await page.evaluate(() => { document.title = 'Elsewhere' })
  await expect.poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getTitle())).toBe('Elsewhere')
  const told = app.evaluate(({ BrowserWindow }) => new Promise((resolve) => BrowserWindow.getAllWindows()[0]!.webContents.once('page-title-updated', (_event, title) => resolve(title))))
  await page.evaluate(() => { document.title = 'Forbidden' })
  expect(await told).toBe('Forbidden')
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getTitle())).toBe('Elsewhere')
})

test('a window becomes large, and what it was again', async ({ app, open }) => {
  test.skip(flavour === 'real' && process.platform !== 'win32', 'Xvfb has no window manager, and macOS takes its time')
  await open({ options: { width: 600, height: 400, show: true } })
  expect(await app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    const told: string[] = []
    for (const name of ['maximize', 'unmaximize', 'minimize', 'restore'] as const) window!.on(name as 'maximize', () => told.push(name))
    window!.maximize()
    const large = [window!.isMaximized(), window!.getSize()[0]! > 600, window!.getNormalBounds().width]
    window!.unmaximize()
    window!.minimize()
    const small = window!.isMinimized()
    window!.restore()
    return { large, small, after: [window!.isMaximized(), window!.isMinimized(), window!.isNormal(), window!.getSize()[0]], told }
  })).toEqual({ large: [true, true, 600], small: true, after: [false, false, true, 600], told: ['maximize', 'unmaximize', 'minimize', 'restore'] })
})

test('session-end reaches the window that listens', async ({ app, open }) => {
  await open()
  expect(await app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    const told = new Promise((resolve) => window!.once('session-end', (event) => resolve(event.reasons)))
    window!.emit('session-end', { reasons: ['logoff'], preventDefault: () => undefined, defaultPrevented: false })
    return told
  })).toEqual(['logoff'])
})
