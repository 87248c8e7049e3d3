import type { ElectronApplication } from '@playwright/test'
import { expect, test } from './fixtures.ts'

test('messages wait until a port is started, and keep their order', async ({ app }) => {
  expect(await app.evaluate(async ({ MessageChannelMain }) => {
    const { port1, port2 } = new MessageChannelMain()
    for (const each of [1, 2, 3]) port1.postMessage(each)
    const got: unknown[] = []
    const all = new Promise<void>((resolve) => port2.on('message', ({ data }) => { if (got.push(data) === 3) resolve() }))
    await new Promise((resolve) => setImmediate(resolve))
    const before = got.length
    port2.start()
    await all
    return [before, ...got]
  })).toEqual([0, 1, 2, 3])
})

test('a port that was sent away is no longer one\'s own', async ({ app }) => {
  expect(await app.evaluate(({ MessageChannelMain }) => {
    const one = new MessageChannelMain()
    const other = new MessageChannelMain()
    other.port1.postMessage('take', [one.port1])
    // Into nowhere, without a word.
    one.port1.postMessage('lost')
    const attempt = (run: () => void) => {
      try {
        run()
        return 'done'
      } catch (error) {
        return (error as Error).message
      }
    }
    return [attempt(() => other.port1.postMessage('again', [one.port1])), attempt(() => other.port1.postMessage('itself', [other.port1])), attempt(() => other.port1.postMessage('no port', [{} as unknown as Electron.MessagePortMain]))]
  })).toEqual([expect.stringMatching(/^Port at index 0 is already neutered/), expect.stringMatching(/^Port at index 0 contains the source port/), expect.stringMatching(/^Port at index 0 is not a valid port/)])
})

test('main and a page talk over a port', async ({ app, open }) => {
  const page = await open()
  const answered = app.evaluate(({ BrowserWindow, MessageChannelMain }) => {
    const { port1, port2 } = new MessageChannelMain()
    BrowserWindow.getAllWindows()[0]!.webContents.postMessage('port', null, [port2])
    port1.start()
    port1.postMessage({ bytes: new Uint8Array([7, 8]) })
    return new Promise((resolve) => port1.once('message', ({ data }) => resolve(data)))
  })
  expect(await page.evaluate(async () => Array.from((await bridge.next() as { bytes: Uint8Array }).bytes))).toEqual([7, 8])
  await page.evaluate(() => bridge.post({ from: 'page' }))
  expect(await answered).toEqual({ from: 'page' })
})

test('a page opens a port to main', async ({ app, open }) => {
  const page = await open()
  const heard = app.evaluate(({ ipcMain }) => new Promise((resolve) => {
    ipcMain.once('from page', (event, text) => {
      const [port] = event.ports
      port!.on('message', ({ data }) => {
        port!.postMessage({ echo: data as unknown })
        resolve([text, event.ports.length, data])
      })
      port!.start()
    })
  }))
  await page.evaluate(() => {
    bridge.openPort('from page')
    bridge.post('through it')
  })
  expect(await heard).toEqual(['mine', 1, 'through it'])
  expect(await page.evaluate(() => bridge.next())).toEqual({ echo: 'through it' })
})

test('a page and a utility process talk over a port that main made', async ({ app, open }) => {
  const page = await open()
  await app.evaluate(({ BrowserWindow, MessageChannelMain, utilityProcess }) => {
    const { port1, port2 } = new MessageChannelMain()
    const child = utilityProcess.fork(contract.child)
    child.postMessage('port', [port1])
    BrowserWindow.getAllWindows()[0]!.webContents.postMessage('port', null, [port2])
  })
  expect(await page.evaluate(async () => {
    bridge.post({ map: new Map([[1, 'one']]), bytes: new Uint8Array([1, 2, 3]) })
    const { echo } = await bridge.next() as { echo: { map: Map<number, string>, bytes: Uint8Array } }
    return [echo.map.get(1), Array.from(echo.bytes)]
  })).toEqual(['one', [1, 2, 3]])
  await app.evaluate(({ app }) => process.kill(app.getAppMetrics().find(({ type, name }) => type === 'Utility' && name === 'Node Utility Process')!.pid, 'SIGKILL'))
  expect(await page.evaluate(() => bridge.portClosed())).toBe('closed')
})

test('a port goes over a port', async ({ app, open }) => {
  const page = await open()
  const heard = app.evaluate(({ BrowserWindow, MessageChannelMain }) => {
    const carrier = new MessageChannelMain()
    const carried = new MessageChannelMain()
    BrowserWindow.getAllWindows()[0]!.webContents.postMessage('port', null, [carrier.port2])
    carrier.port1.postMessage('use this', [carried.port2])
    carried.port1.start()
    return new Promise((resolve) => carried.port1.once('message', ({ data }) => resolve(data)))
  })
  expect(await page.evaluate(() => bridge.next())).toBe('use this')
  await page.evaluate(() => bridge.post('over the other'))
  expect(await heard).toBe('over the other')
})

/** Sends the page a port; resolves when main's own end of it has closed. */
function whenPortCloses(app: ElectronApplication): Promise<unknown> {
  return app.evaluate(({ BrowserWindow, MessageChannelMain }) => {
    const { port1, port2 } = new MessageChannelMain()
    BrowserWindow.getAllWindows()[0]!.webContents.postMessage('port', null, [port2])
    port1.start()
    port1.postMessage('there')
    return new Promise((resolve) => port1.once('close', () => resolve('closed')))
  })
}

test('closing one side closes the other', async ({ app, open }) => {
  const page = await open()
  const closed = whenPortCloses(app)
  await page.evaluate(() => bridge.next())
  await page.evaluate(() => bridge.closePort())
  expect(await closed).toBe('closed')
})

test('a page that is loaded again lets go of its ports', async ({ app, open }) => {
  const page = await open()
  const closed = whenPortCloses(app)
  await page.evaluate(() => bridge.next())
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.reload())
  expect(await closed).toBe('closed')
})
