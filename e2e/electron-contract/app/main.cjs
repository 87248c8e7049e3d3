// The app of the contract suite: specs do everything else from outside. What happened is written to a file, which outlives the process.
const { appendFileSync } = require('node:fs')
const { join } = require('node:path')
const { app, BrowserWindow, protocol, utilityProcess } = require('electron')

const { CONTRACT_LOG: log, CONTRACT_SINGLE: single, CONTRACT_UNHEARD: unheard } = process.env
const note = (text) => { if (log !== undefined) appendFileSync(log, `${text}\n`) }

const attempt = (run) => {
  try {
    return run()
  } catch (error) {
    return error.message
  }
}
const pages = new Map([['/', '<!doctype html><title>Home</title><h1>Home</h1>']])
const contract = {
  note, pages, requests: [], folder: __dirname, require,
  preload: join(__dirname, 'preload.cjs'), child: join(__dirname, 'child.cjs'),
  atLoad: {
    isReady: app.isReady(),
    window: attempt(() => new BrowserWindow().id),
    utility: attempt(() => utilityProcess.fork(join(__dirname, 'child.cjs')).pid),
  },
}
globalThis.contract = contract

for (const name of ['will-finish-launching', 'ready', 'before-quit', 'will-quit']) app.on(name, () => note(name))
app.on('quit', (_event, exitCode) => note(`quit ${exitCode}`))
if (unheard === undefined) app.on('window-all-closed', () => note('window-all-closed'))

const privileges = { standard: true, secure: true, supportFetchAPI: true }
protocol.registerSchemesAsPrivileged([{ scheme: 'contract', privileges }, { scheme: 'spare', privileges }])
void app.whenReady().then(() => {
  note('whenReady')
  protocol.handle('contract', async (request) => {
    const { pathname } = new URL(request.url)
    contract.requests.push({ url: request.url, method: request.method, body: await request.text() })
    const page = pages.get(pathname)
    if (page === undefined) return new Response('Nothing here', { status: 404 })
    const { body = page, ...init } = typeof page === 'string' ? {} : page
    return new Response(body, { headers: { 'content-type': 'text/html' }, ...init })
  })
})

if (single !== undefined) {
  const isFirst = app.requestSingleInstanceLock({ greeting: 'from', number: Number(single) })
  note(`lock ${isFirst}`)
  if (!isFirst) app.quit()
  app.on('second-instance', (_event, argv, folder, data) => note(`second ${JSON.stringify({ argv, folder, data })}`))
}
