import { expect, test } from './fixtures.ts'

test('launching is told in order, and nothing can be made before the app is ready', async ({ launch }) => {
  const { app, notes } = await launch()
  await app.evaluate(({ app }) => app.whenReady())
  await expect.poll(notes).toEqual(expect.arrayContaining(['will-finish-launching', 'ready', 'whenReady']))
  expect(notes()[0]).toBe('will-finish-launching')
  expect(await app.evaluate(() => contract.atLoad)).toEqual({
    isReady: false, window: expect.stringContaining('before app is ready'), utility: expect.stringContaining('before app is ready'),
  })
  expect(await app.evaluate(({ app }) => app.isReady())).toBe(true)
})

test('quitting tells before-quit, will-quit, quit, and ends with 0', async ({ launch }) => {
  const { app, notes, exited } = await launch()
  await app.evaluate(({ app }) => app.quit()).catch(() => undefined)
  expect(await exited).toBe(0)
  expect(notes().slice(-3)).toEqual(['before-quit', 'will-quit', 'quit 0'])
})

test('quitting closes the windows between before-quit and will-quit, without window-all-closed', async ({ launch }) => {
  const { app, notes, exited } = await launch()
  await app.evaluate(({ app, BrowserWindow }) => {
    const window = new BrowserWindow({ show: false })
    window.on('close', () => contract.note('close'))
    window.on('closed', () => contract.note('closed'))
    app.quit()
  }).catch(() => undefined)
  expect(await exited).toBe(0)
  expect(notes().slice(-5)).toEqual(['before-quit', 'close', 'closed', 'will-quit', 'quit 0'])
})

test('before-quit prevented: nothing closes; the next quit is told again', async ({ launch }) => {
  const { app, notes, exited } = await launch()
  const windows = await app.evaluate(({ app, BrowserWindow }) => {
    new BrowserWindow({ show: false })
    app.once('before-quit', (event) => event.preventDefault())
    app.quit()
    return BrowserWindow.getAllWindows().length
  })
  expect(windows).toBe(1)
  await app.evaluate(({ app }) => app.quit()).catch(() => undefined)
  expect(await exited).toBe(0)
  expect(notes().filter((each) => each === 'before-quit')).toHaveLength(2)
})

test('will-quit prevented: the app drains, and quits again by itself', async ({ launch }) => {
  const { app, notes, exited } = await launch()
  await app.evaluate(({ app }) => {
    app.once('will-quit', (event) => {
      event.preventDefault()
      setImmediate(() => {
        contract.note('drained')
        app.quit()
      })
    })
    app.quit()
  }).catch(() => undefined)
  expect(await exited).toBe(0)
  expect(notes().slice(-6)).toEqual(['before-quit', 'will-quit', 'drained', 'before-quit', 'will-quit', 'quit 0'])
})

test('a window that does not close keeps the app', async ({ launch }) => {
  const { app, notes } = await launch()
  await app.evaluate(async ({ app, BrowserWindow }) => {
    const window = new BrowserWindow({ show: false })
    const kept = new Promise<void>((resolve) => window.once('close', (event) => {
      event.preventDefault()
      resolve()
    }))
    app.quit()
    await kept
  })
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isDestroyed())).toBe(false)
  expect(notes()).not.toContain('will-quit')
})

test('exit ends at once with its code, and tells neither before-quit nor will-quit', async ({ launch }) => {
  const { app, notes, exited } = await launch()
  await app.evaluate(({ app, BrowserWindow }) => {
    new BrowserWindow({ show: false }).on('close', (event) => event.preventDefault())
    app.exit(3)
  }).catch(() => undefined)
  expect(await exited).toBe(3)
  expect(notes()).not.toEqual(expect.arrayContaining(['before-quit']))
  expect(notes()).not.toEqual(expect.arrayContaining(['will-quit']))
})

test('the last window gone: an app that listens lives on, one that does not quits', async ({ launch }) => {
  const heard = await launch()
  await heard.app.evaluate(({ BrowserWindow }) => new BrowserWindow({ show: false }).close())
  await expect.poll(heard.notes).toContain('window-all-closed')
  expect(heard.notes()).not.toContain('before-quit')

  const unheard = await launch({ env: { CONTRACT_UNHEARD: '1' } })
  await unheard.app.evaluate(({ BrowserWindow }) => new BrowserWindow({ show: false }).close()).catch(() => undefined)
  expect(await unheard.exited).toBe(0)
  expect(unheard.notes().slice(-3)).toEqual(['before-quit', 'will-quit', 'quit 0'])
})
