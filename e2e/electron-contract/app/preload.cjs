// Hands the page what specs need of a preload's world.
const { contextBridge, ipcRenderer } = require('electron')

const attempt = (run) => {
  try {
    return run()
  } catch (error) {
    return error.message
  }
}
globalThis.ofPreload = true

let port
const arrived = []
const waiting = []
const closed = Promise.withResolvers()
function take(given) {
  port = given
  port.onmessage = ({ data, ports }) => {
    if (ports.length > 0) take(ports[0])
    const next = waiting.shift()
    if (next === undefined) arrived.push(data)
    else next(data)
  }
  port.onclose = () => closed.resolve('closed')
}
ipcRenderer.on('port', (event) => take(event.ports[0]))

contextBridge.exposeInMainWorld('bridge', {
  invoke: (channel, ...args) => ipcRenderer.invoke(channel, ...args),
  send: (channel, ...args) => ipcRenderer.send(channel, ...args),
  on: (channel, listener) => {
    const wrapper = (_event, ...args) => listener(...args)
    ipcRenderer.on(channel, wrapper)
    return () => ipcRenderer.off(channel, wrapper)
  },
  echo: (value) => value,
  call: (fn, ...args) => fn(...args),
  fail: () => { throw new TypeError('boom') },
  later: (value) => Promise.resolve(value),
  never: () => Promise.reject(new Error('never')),
  nested: { list: [1, { deep: true }] },
  required: Object.fromEntries(['electron', 'events', 'timers', 'url', 'fs', 'node:child_process', './child.cjs'].map((id) => [id, attempt(() => typeof require(id))])),
  process: { type: process.type, sandboxed: process.sandboxed, contextIsolated: process.contextIsolated, argv: process.argv.slice(1), electron: process.versions.electron },
  seesPage: () => typeof globalThis.ofPage,
  sendFunction: () => attempt(() => ipcRenderer.send('contract', () => undefined)),
  exposeAgain: () => attempt(() => contextBridge.exposeInMainWorld('bridge', {})),
  post: (message) => port.postMessage(message),
  next: () => arrived.length > 0 ? Promise.resolve(arrived.shift()) : new Promise((resolve) => waiting.push(resolve)),
  openPort: (channel) => {
    const { port1, port2 } = new MessageChannel()
    take(port1)
    ipcRenderer.postMessage(channel, 'mine', [port2])
  },
  closePort: () => port.close(),
  portClosed: () => closed.promise,
})
