import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, flavour, type Probe, test } from './fixtures.ts'


test('a tray has a menu whose items can be found and clicked', async ({ app }) => {
  expect(await app.evaluate(({ Menu, nativeImage, Tray }) => {
    const tray = new Tray(nativeImage.createEmpty())
    const clicked: string[] = []
    const click = (menu: Electron.Menu, id: string) => (menu.getMenuItemById(id)!.click as () => void)()
    tray.setToolTip('Depin: sharing')
    tray.setContextMenu(Menu.buildFromTemplate([{ id: 'pause', label: 'Pause', click: ({ label }) => clicked.push(label) }, { type: 'separator' }, { label: 'More', submenu: [{ id: 'deep', label: 'Deep' }] }]))
    const seen = (globalThis as unknown as { probe: Probe }).probe.trays.at(-1)!
    click(seen.menu!, 'pause')
    const result = [seen.tray === tray, seen.tooltip, clicked, seen.menu!.items.map(({ type }) => type), seen.menu!.getMenuItemById('deep')!.label, seen.menu!.getMenuItemById('gone')]
    tray.destroy()
    return [...result, tray.isDestroyed()]
  })).toEqual([true, 'Depin: sharing', ['Pause'], ['normal', 'separator', 'submenu'], 'Deep', null, true])
})

test('check boxes and radio items keep their state', async ({ app }) => {
  expect(await app.evaluate(({ Menu }) => {
    const menu = Menu.buildFromTemplate([
      { id: 'box', label: 'Box', type: 'checkbox', checked: true },
      { id: 'one', label: 'One', type: 'radio', checked: true }, { id: 'two', label: 'Two', type: 'radio' }, { type: 'separator' }, { id: 'other', label: 'Other', type: 'radio', checked: true },
    ])
    const state = () => ['box', 'one', 'two', 'other'].map((id) => menu.getMenuItemById(id)!.checked)
    const click = (id: string) => (menu.getMenuItemById(id)!.click as () => void)()
    click('box')
    click('two')
    return state()
  })).toEqual([false, false, true, true])
})

test('a menu is refused what is no menu', async ({ app }) => {
  expect(await app.evaluate(({ Menu }) => [[{}], [{ submenu: [] }]].map((template) => {
    try {
      Menu.buildFromTemplate(template as Electron.MenuItemConstructorOptions[])
      return 'taken'
    } catch (error) {
      return (error as Error).name
    }
  }))).toEqual(['TypeError', 'TypeError'])
})

test('a notification is seen, and its click reaches the app', async ({ app }) => {
  expect(await app.evaluate(({ Notification }) => {
    const clicked: string[] = []
    const notification = new Notification({ title: 'Guest arrived', body: 'web-shop', silent: true })
    notification.on('click', () => clicked.push(notification.title))
    notification.show()
    const seen = (globalThis as unknown as { probe: Probe }).probe.notifications.at(-1)!
    seen.emit('click', { preventDefault: () => undefined, defaultPrevented: false })
    notification.close()
    return [seen === notification, seen.body, seen.silent, clicked, typeof Notification.isSupported()]
  })).toEqual([true, 'web-shop', true, ['Guest arrived'], 'boolean'])
})

test('what is opened outside, and what is asked in a dialog, is seen and answered', async ({ app }) => {
  expect(await app.evaluate(async ({ dialog, shell }) => {
    const probe = (globalThis as unknown as { probe: Probe }).probe
    await shell.openExternal('https://docs.example/help')
    probe.answer = 1
    probe.files = ['/somewhere/backup.json']
    const box = await dialog.showMessageBox({ message: 'Stop sharing?', buttons: ['Keep', 'Stop'] })
    const file = await dialog.showSaveDialog({ title: 'Backup' })
    return [probe.opened.at(-1), box.response, file.filePath, probe.asked.slice(-2)]
  })).toEqual(['https://docs.example/help', 1, '/somewhere/backup.json', [{ message: 'Stop sharing?', buttons: ['Keep', 'Stop'] }, { title: 'Backup' }]])
})

test('a secret is kept by the system\'s key, or refused where there is none', async ({ app }) => {
  const seen = await app.evaluate(async ({ safeStorage }) => {
    const isAvailable = await safeStorage.isAsyncEncryptionAvailable()
    if (!isAvailable) return { isAvailable, refused: await safeStorage.encryptStringAsync('secret').then(() => false, () => true) }
    const kept = await safeStorage.encryptStringAsync('twelve words')
    const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(kept)
    const spoiled = await safeStorage.decryptStringAsync(Buffer.from('no such thing')).then(() => false, () => true)
    return { isAvailable, isHidden: !kept.includes('twelve words'), result, shouldReEncrypt: typeof shouldReEncrypt, spoiled }
  })
  expect(seen).toEqual(seen.isAvailable ? { isAvailable: true, isHidden: true, result: 'twelve words', shouldReEncrypt: 'boolean', spoiled: true } : { isAvailable: false, refused: true })
})

test('the theme that the app chooses reaches its pages', async ({ app, open }) => {
  const page = await open()
  const isDark = () => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)
  const choose = (source: 'dark' | 'light' | 'system') => app.evaluate(async ({ nativeTheme }, source) => {
    const updated = new Promise<void>((resolve) => nativeTheme.once('updated', () => resolve()))
    nativeTheme.themeSource = source
    await updated
    return nativeTheme.shouldUseDarkColors
  }, source)
  expect(await choose('dark')).toBe(true)
  await expect.poll(isDark).toBe(true)
  expect(await choose('light')).toBe(false)
  await expect.poll(isDark).toBe(false)
  await app.evaluate(({ nativeTheme }) => { nativeTheme.themeSource = 'system' })
})

test('power: what happens to the computer, and how its person is', async ({ app }) => {
  expect(await app.evaluate(({ powerMonitor }) => {
    const told: string[] = []
    for (const name of ['suspend', 'resume', 'lock-screen', 'unlock-screen', 'on-battery', 'on-ac', 'shutdown'] as const) {
      powerMonitor.once(name as 'suspend', () => told.push(name))
      powerMonitor.emit(name)
    }
    return { told, idle: powerMonitor.getSystemIdleTime() >= 0, state: ['active', 'idle', 'locked', 'unknown'].includes(powerMonitor.getSystemIdleState(60)), battery: typeof powerMonitor.isOnBatteryPower() }
  })).toEqual({ told: ['suspend', 'resume', 'lock-screen', 'unlock-screen', 'on-battery', 'on-ac', 'shutdown'], idle: true, state: true, battery: 'boolean' })
})

test('keeping the computer awake starts and stops', async ({ app }) => {
  expect(await app.evaluate(({ powerSaveBlocker }) => {
    const id = powerSaveBlocker.start('prevent-app-suspension')
    const during = powerSaveBlocker.isStarted(id)
    powerSaveBlocker.stop(id)
    return [during, powerSaveBlocker.isStarted(id)]
  })).toEqual([true, false])
})

test('a display has room for windows', async ({ app }) => {
  expect(await app.evaluate(({ screen }) => {
    const { bounds, workArea, scaleFactor, id } = screen.getPrimaryDisplay()
    return [workArea.width <= bounds.width && workArea.height <= bounds.height, bounds.width > 0, scaleFactor > 0, screen.getAllDisplays().some((each) => each.id === id), screen.getDisplayMatching(workArea).id === id]
  })).toEqual([true, true, true, true, true])
})

test('the app is what its package.json says, in the folders that it was given', async ({ launch }) => {
  const { app, userData } = await launch()
  expect(await app.evaluate(({ app }) => {
    const before = app.getPath('userData')
    const { join } = contract.require('node:path') as { join: (...parts: string[]) => string }
    app.setPath('logs', join(before, 'elsewhere'))
    const attempt = (run: () => unknown) => {
      try {
        return run()
      } catch {
        return 'refused'
      }
    }
    return {
      name: app.getName(), version: app.getVersion(), isPackaged: app.isPackaged, folder: app.getAppPath() === contract.folder, before, logs: app.getPath('logs') === join(before, 'elsewhere'),
      exe: app.getPath('exe') === process.execPath, unknown: attempt(() => app.getPath('nowhere' as 'home')), relative: attempt(() => app.setPath('logs', 'relative')),
    }
  })).toEqual({ name: 'Electron Contract', version: '3.2.1', isPackaged: false, folder: true, before: userData, logs: true, exe: true, unknown: 'refused', relative: 'refused' })
})

test('what the system tells the app reaches it', async ({ app }) => {
  expect(await app.evaluate(({ app }) => {
    const told: unknown[] = []
    const event = { preventDefault: () => told.push('taken'), defaultPrevented: false }
    app.once('open-url', (each, url) => {
      each.preventDefault()
      told.push(url)
    })
    app.once('activate', (_event, hasVisibleWindows) => told.push(hasVisibleWindows))
    app.emit('open-url', event, 'depin://join/abc')
    app.emit('activate', event, false)
    return told
  })).toEqual(['taken', 'depin://join/abc', false])
})

test('the dock is macOS\'s alone', async ({ app }) => {
  expect(await app.evaluate(({ app }) => [process.platform === 'darwin', app.dock !== undefined])).toEqual(process.platform === 'darwin' ? [true, true] : [false, false])
})

test('the process says what it is', async ({ app }) => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../node_modules/electron/package.json'), 'utf8')) as { version: string }
  expect(await app.evaluate(() => [process.versions.electron, process.versions.node.split('.')[0], process.type, typeof process.versions.chrome, typeof process.resourcesPath])).toEqual([version, '24', 'browser', 'string', 'string'])
})

test('switches of the command line are read, added and removed', async ({ launch }) => {
  const { app } = await launch({ args: ['--contract-switch=value'] })
  expect(await app.evaluate(({ app: { commandLine } }) => {
    commandLine.appendSwitch('added', 'later')
    const seen = [commandLine.hasSwitch('contract-switch'), commandLine.getSwitchValue('contract-switch'), commandLine.getSwitchValue('added'), commandLine.getSwitchValue('none')]
    commandLine.removeSwitch('added')
    return [...seen, commandLine.hasSwitch('added')]
  })).toEqual([true, 'value', 'later', '', false])
})

test('the clipboard keeps a text', async ({ app }) => {
  expect(await app.evaluate(async ({ clipboard }) => {
    await clipboard.writeText('a peer\'s address')
    return await clipboard.readText()
  })).toBe('a peer\'s address')
})

test('pictures: their size, and none where there is no file', async ({ app }) => {
  expect(await app.evaluate(({ nativeImage }) => {
    const dot = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
    const image = nativeImage.createFromDataURL(dot)
    return [image.getSize(), image.isEmpty(), image.resize({ width: 4, height: 4 }).getSize(), nativeImage.createFromPath('/gone.png').isEmpty(), nativeImage.createEmpty().isEmpty()]
  })).toEqual([{ width: 1, height: 1 }, false, { width: 4, height: 4 }, true, true])
})

test('crash reports stay here', async ({ app }) => {
  expect(await app.evaluate(({ crashReporter }) => {
    crashReporter.start({ uploadToServer: false })
    crashReporter.addExtraParameter('part', 'tray')
    return [crashReporter.getUploadToServer(), crashReporter.getParameters()['part']]
  })).toEqual([false, 'tray'])
})

test('starting at login is Windows\'s and macOS\'s: Linux keeps nothing', async ({ app }) => {
  test.skip(process.platform === 'darwin', 'macOS asks its person, and an app that is signed')
  const settings = await app.evaluate(({ app }) => {
    const asked = { path: process.execPath, args: ['--hidden'] }
    app.setLoginItemSettings({ ...asked, openAtLogin: true })
    const on = app.getLoginItemSettings(asked).openAtLogin
    const other = app.getLoginItemSettings({ path: process.execPath, args: ['--other'] }).openAtLogin
    app.setLoginItemSettings({ ...asked, openAtLogin: false })
    return { on, other, off: app.getLoginItemSettings(asked).openAtLogin }
  })
  expect(settings).toEqual(process.platform === 'win32' ? { on: true, other: false, off: false } : { on: false, other: false, off: false })
})

test('what the stand-in lacks is refused, by name', async ({ app, open }) => {
  test.skip(flavour === 'real', 'real Electron lacks nothing')
  await open()
  expect(await app.evaluate(({ app, BrowserWindow, webContents }) => {
    const attempt = (run: () => unknown) => {
      try {
        return run()
      } catch (error) {
        return [(error as NodeJS.ErrnoException).code, (error as Error).message]
      }
    }
    return [
      attempt(() => app.setJumpList(null)), attempt(() => BrowserWindow.clearPersistedState('x')), attempt(() => new BrowserWindow({ webPreferences: { nodeIntegration: true } })),
      attempt(() => webContents.getAllWebContents()[0]!.on('did-start-navigation', () => undefined)),
      attempt(() => Reflect.get(contract.require('electron') as object, 'desktopCapturer')),
    ]
  })).toEqual([
    ['ERR_ELECTRON_DOUBLE', expect.stringContaining('an App\'s setJumpList')], ['ERR_ELECTRON_DOUBLE', expect.stringContaining('BrowserWindow.clearPersistedState')],
    ['ERR_ELECTRON_DOUBLE', expect.stringContaining('nodeIntegration: true')], ['ERR_ELECTRON_DOUBLE', expect.stringContaining('did-start-navigation')],
    ['ERR_ELECTRON_DOUBLE', expect.stringContaining('desktopCapturer')],
  ])
})
